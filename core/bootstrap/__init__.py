"""The composition root: the only place that names concrete adapters. Nothing connects before `open_factory`.

One object, in layers: each makes what it holds on first use, from itself and the layers below it.
"""
