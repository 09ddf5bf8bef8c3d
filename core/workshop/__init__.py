"""CPU work in child processes: the only place where pictures meet a processor.

The parent side (`crew`, `workshop`) imports neither NumPy nor OpenCV, so front ends stay small; the child side
(`bench`) imports all of it once per child.
"""
