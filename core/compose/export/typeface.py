"""The fonts of a design as files: whole for a person to install, cut to what is written for a file to carry."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from core.compose import pack
from core.compose.font import FOLDER

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
"""Carried beside what is written, so that a typo can be mended."""


@cache
def postscript(face: str) -> str:
    """The name programs ask for a font by."""
    if face in pack.cuts():
        return face  # one weight of a variable font is called like it
    with TTFont(FOLDER / f"{face}.ttf", lazy=True) as font:
        return str(font["name"].getDebugName(6))


@cache
def family(face: str) -> str:
    with TTFont(_path(face), lazy=True) as font:
        return str(font["name"].getDebugName(1))


def weight(face: str) -> int:
    """As CSS counts. Faces that are files of their own are families of one weight."""
    return pack.cuts()[face].weight if face in pack.cuts() else 400


def files(face: str) -> dict[str, bytes]:
    """Name in an archive -> font and licence."""
    path = _path(face)
    licence = path.with_name("OFL.txt") if face in pack.cuts() else FOLDER / f"{face}.LICENSE.txt"
    return {path.name: path.read_bytes(), f"{path.stem}.LICENSE.txt": licence.read_bytes()}


def subset(face: str, text: str) -> bytes:
    """A WOFF with the glyphs of `text` and of plain Latin."""
    options = Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    with TTFont(_path(face), lazy=True) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=text + _PRINTABLE)
        subsetter.subset(font)
        if face in pack.cuts():
            instantiateVariableFont(font, {"wght": pack.cuts()[face].weight}, inplace=True)
        font.flavor = "woff"
        file = BytesIO()
        font.save(file)
    return file.getvalue()


def _path(face: str) -> Path:
    return pack.cuts()[face].path if face in pack.cuts() else FOLDER / f"{face}.ttf"
