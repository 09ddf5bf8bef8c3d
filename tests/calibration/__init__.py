"""Where the limits of scores and gates come from: pictures that are good, and pictures that are bad on purpose.

`python -m tests.calibration` draws, measures and prints; `docs/gates.md` keeps what it printed last.
"""
