"""Pictures about pictures: the numbered contact sheet, the feed preview, and the mark on a stand-in's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from core.compose import emoji
from core.compose.font import TEXT_FACE, FontChoice, choose_plain, load
from core.compose.raster import Picture
from core.domain import feed

_SHEET_WIDTH, _GAP = 1280, 12
_STRIP = 40
"""px over each picture of a contact sheet, for its number: on the picture it would lie on letters."""
_SMOOTH = 4
"""ImageDraw has no smooth edges; shapes are drawn this much larger and reduced."""


def contact_sheet(pictures: Sequence[Picture]) -> Picture:
    """2, 4 or 6 variants (any number works) with their numbers; 1280 px wide, more for a single column of tall ones."""
    columns = _columns(pictures)
    wide = (_SHEET_WIDTH - _GAP * (columns + 1)) // columns
    high = max(round(wide * picture.shape[0] / picture.shape[1]) for picture in pictures)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (_SHEET_WIDTH, rows * (_STRIP + high + _GAP)), (18, 18, 22))
    pen = ImageDraw.Draw(sheet)
    for index, picture in enumerate(pictures):
        small = _reduced(picture, wide)
        left = _GAP + index % columns * (wide + _GAP)
        top = index // columns * (_STRIP + high + _GAP) + _STRIP
        sheet.paste(small, (left, top))
        at = (left + wide / 2, top - _STRIP / 2)
        pen.text(at, str(index + 1), font=load(TEXT_FACE, 26), fill=(255, 255, 255), anchor="mm")
    return np.asarray(sheet)


def _columns(pictures: Sequence[Picture]) -> int:
    ratio = pictures[0].shape[1] / pictures[0].shape[0]
    if ratio > 2.31:
        return 1
    return 2 if ratio > 1.33 else min(len(pictures), 3 if len(pictures) != 4 else 4)


@dataclass(frozen=True, slots=True)
class FeedWords:
    """What stands beside the picture in a feed, in the reader's language."""

    title: str
    channel: str
    duration: str = "12:34"


def feed_preview(picture: Picture, words: FeedWords) -> Picture:
    """The picture at the sizes a feed shows it, dark and light, with badge, title and channel."""
    halves = [
        _feed(picture, words, *colours)
        for colours in (((15, 15, 15), (241, 241, 241), (170, 170, 170)), ((255, 255, 255), (15, 15, 15), (96, 96, 96)))
    ]
    return np.vstack(halves)


def _feed(
    picture: Picture,
    words: FeedWords,
    ground: tuple[int, int, int],
    ink: tuple[int, int, int],
    quiet: tuple[int, int, int],
) -> Picture:
    margin, ratio = 28, picture.shape[0] / picture.shape[1]
    width = sum(feed.WIDTHS) + margin * (len(feed.WIDTHS) + 1)
    tallest = round(feed.WIDTHS[-1] * ratio)
    canvas = Image.new("RGB", (width, tallest + 2 * margin + 74), ground)
    pen, left = ImageDraw.Draw(canvas), margin
    for wide in feed.WIDTHS:
        small = _reduced(picture, wide)
        canvas.paste(small, (left, margin))
        _badge(canvas, words.duration, left + wide, margin + small.height)
        below = margin + small.height + 10
        _line(pen, words.title, (left, below), 15 if wide < 300 else 18, wide, ink)
        _line(pen, words.channel, (left, below + 26), 13, wide, quiet)
        left += wide + margin
    return np.asarray(canvas)


def _badge(canvas: Image.Image, duration: str, right: int, bottom: int) -> None:
    wide, high, inset = feed.badge_width(duration), feed.BADGE_HEIGHT, feed.BADGE_INSET
    shape = Image.new("L", (wide * _SMOOTH, high * _SMOOTH), 0)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, wide * _SMOOTH - 1, high * _SMOOTH - 1), 4 * _SMOOTH, fill=215)
    corner = (right - inset - wide, bottom - inset - high)
    canvas.paste((0, 0, 0), corner, shape.resize((wide, high), Image.Resampling.BOX))
    centre = (corner[0] + wide / 2, corner[1] + high / 2)
    ImageDraw.Draw(canvas).text(centre, duration, font=load(TEXT_FACE, 12), fill=(255, 255, 255), anchor="mm")


def _line(
    pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], size: int, width: int, ink: tuple[int, int, int]
) -> None:
    """One line without its emoji, cut with an ellipsis; what no face here writes is left out: the feed has its own."""
    shown = " ".join(emoji.without(text).split())
    choice = choose_plain(shown)
    if not isinstance(choice, FontChoice):
        return
    font = load(choice.face, size)
    while shown and font.getlength(shown) > width:
        shown = shown[:-2].rstrip() + "…" if len(shown) > 2 else ""
    pen.text(at, shown, font=font, fill=ink)


def mark(picture: Picture, text: str, place: tuple[float, float] = (0.0, 0.0)) -> Picture:
    """A copy with a small label on a ground of its own, for pictures that are not what they stand for.

    `place`: where in the picture, (0, 0) the upper left corner, (1, 1) the lower right.
    """
    image = Image.fromarray(picture)
    unit = min(image.size) / 720
    font = load(TEXT_FACE, max(9.0, round(20 * unit)))
    pad = max(4, round(8 * unit))
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    size = (round(right - left) + 2 * pad, round(bottom - top) + 2 * pad)
    plate = Image.new("L", size, 200)
    inset = round(14 * unit)
    corner = (
        inset + round(place[0] * (image.width - size[0] - 2 * inset)),
        inset + round(place[1] * (image.height - size[1] - 2 * inset)),
    )
    image.paste((0, 0, 0), corner, plate)
    pen = ImageDraw.Draw(image)
    pen.text((corner[0] + pad - left, corner[1] + pad - top), text, font=font, fill=(255, 255, 255), anchor="ls")
    return np.asarray(image)


def _reduced(picture: Picture, width: int) -> Image.Image:
    height = max(1, round(width * picture.shape[0] / picture.shape[1]))
    return Image.fromarray(picture).resize((width, height), Image.Resampling.HAMMING, reducing_gap=3.0)
