"""Photos without a person, drawn: a thing on a table, a screenshot, a scene. For the gallery and for tests."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_GRAIN = 2.2


def thing(width: int = 1200, height: int = 900) -> Image.Image:
    """A camera on a wooden table before a wall, with its shadow, as a phone takes it."""
    picture = _photographed(_room(width, height))
    shadow = Image.new("L", (width, height), 0)
    body = (0.25 * width, 0.36 * height, 0.75 * width, 0.72 * height)
    ImageDraw.Draw(shadow).ellipse((body[0] - 20, body[3] - 34, body[2] + 20, body[3] + 34), fill=130)
    picture.paste((40, 24, 14), (0, 0), shadow.filter(ImageFilter.GaussianBlur(18)))
    unit = width / 1200
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = body
    pen.rounded_rectangle(
        (left + 180 * unit, top - 70 * unit, right - 200 * unit, top + 60 * unit), 30 * unit, (38, 40, 46)
    )
    pen.rounded_rectangle(
        (left + 40 * unit, top - 26 * unit, left + 120 * unit, top + 30 * unit), 12 * unit, (150, 30, 34)
    )
    pen.rounded_rectangle(body, 46 * unit, (30, 31, 36))
    pen.rounded_rectangle((left, top + 70 * unit, right, bottom - 50 * unit), 10 * unit, (58, 36, 30))
    pen.rectangle((left + 6, top + 8 * unit, right - 6, top + 16 * unit), fill=(96, 100, 110))
    middle, high = (left + right) / 2, (top + bottom) / 2 + 6 * unit
    rings = ((170, (16, 17, 20)), (150, (64, 66, 74)), (140, (22, 23, 27)), (112, (40, 42, 50)), (92, (12, 14, 24)))
    for radius, colour in (*rings, (70, (34, 46, 92)), (44, (16, 20, 44))):
        reach = radius * unit
        pen.ellipse((middle - reach, high - reach, middle + reach, high + reach), fill=colour)
    for x, y, radius, colour in ((-34, -38, 20, (190, 205, 245)), (30, 34, 10, (120, 90, 200))):
        at, across, r = (middle + x * unit), (high + y * unit), radius * unit
        pen.ellipse((at - r, across - r, at + r, across + r), fill=colour)
    pen.rounded_rectangle(
        (right - 130 * unit, top + 20 * unit, right - 40 * unit, top + 60 * unit), 8 * unit, (210, 214, 220)
    )
    return _grained(picture.filter(ImageFilter.GaussianBlur(1.1)))


def screenshot(width: int = 1280, height: int = 800) -> Image.Image:
    """A dashboard: side bar, figures, a chart that rises. Upright it is an app on a phone."""
    upright = height > width
    unit = (width if upright else height) / 800 * (1.7 if upright else 1.0)
    picture = Image.new("RGB", (width, height), (246, 247, 250))
    pen = ImageDraw.Draw(picture)
    side = 0 if upright else 210 * unit
    if side:
        pen.rectangle((0, 0, side, height), fill=(24, 28, 44))
        for row in range(7):
            y = 120 * unit + row * 62 * unit
            colour = (92, 108, 255) if row == 1 else (58, 64, 90)
            pen.rounded_rectangle((28 * unit, y, side - 28 * unit, y + 22 * unit), 8 * unit, colour)
        pen.ellipse((28 * unit, 30 * unit, 72 * unit, 74 * unit), fill=(255, 183, 77))
    _write(pen, (side + 40 * unit, 34 * unit), "Revenue", 40 * unit, (22, 24, 34))
    gap, cards = 24 * unit, 2 if upright else 3
    wide = (width - side - (cards + 1) * gap - 16 * unit) / cards
    for card, (figure, colour) in enumerate(
        (("$84,120", (34, 160, 107)), ("+312 %", (92, 108, 255)), ("9.7k", (230, 90, 90)))[:cards]
    ):
        left = side + 32 * unit + card * (wide + gap)
        pen.rounded_rectangle(
            (left, 110 * unit, left + wide, 230 * unit), 16 * unit, (255, 255, 255), (226, 228, 236), 2
        )
        _write(pen, (left + 24 * unit, 128 * unit), figure, 44 * unit, colour)
        pen.rounded_rectangle((left + 24 * unit, 196 * unit, left + 0.6 * wide, 208 * unit), 6 * unit, (206, 210, 222))
    left, top, right, bottom = side + 32 * unit, 256 * unit, width - 32 * unit, height - 36 * unit
    pen.rounded_rectangle((left, top, right, bottom), 16 * unit, (255, 255, 255), (226, 228, 236), 2)
    count = 9 if upright else 14
    step = (right - left - 48 * unit) / count
    for bar in range(count):
        share = 0.16 + 0.72 * (bar / (count - 1)) ** 1.6
        x = left + 24 * unit + bar * step
        pen.rounded_rectangle(
            (x, bottom - 30 * unit - share * (bottom - top - 90 * unit), x + 0.62 * step, bottom - 30 * unit),
            6 * unit,
            (92, 108, 255) if bar < count - 1 else (34, 160, 107),
        )
    return picture


def scene(width: int = 1400, height: int = 900) -> Image.Image:
    """Mountains behind each other before sunset, a lake in front."""
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    sky = np.array((66, 84, 146), np.float32) * (1 - y) + np.array((255, 176, 112), np.float32) * y
    picture = Image.fromarray(np.broadcast_to(sky, (height, width, 3)).astype(np.uint8), "RGB")
    pen = ImageDraw.Draw(picture)
    sun = (0.68 * width, 0.46 * height)
    pen.ellipse((sun[0] - 60, sun[1] - 60, sun[0] + 60, sun[1] + 60), fill=(255, 240, 200))
    rng = np.random.default_rng(3)
    for base, rough, shade in (
        (0.50, 0.16, (120, 104, 148)),
        (0.60, 0.13, (80, 74, 118)),
        (0.70, 0.10, (40, 44, 80)),
    ):
        x = np.arange(0, width + 8, 8)
        height_at = np.zeros(len(x))
        for octave in range(1, 7):
            phase = rng.uniform(0, 2 * math.pi)
            height_at += np.sin(x / width * math.pi * 2 * octave * 1.7 + phase) * rough / octave * 0.6
        line = [(float(a), float((base - b * 0.6) * height)) for a, b in zip(x, height_at, strict=True)]
        pen.polygon([*line, (width + 8, height), (0, height)], fill=shade)
    pen.rectangle((0, 0.78 * height, width, height), fill=(70, 74, 112))
    for _ in range(160):
        start, level = float(rng.uniform(0, width)), float(rng.uniform(0.79, 1.0)) * height
        colour = (214, 158, 128) if abs(start - sun[0]) < 160 else (92, 92, 132)
        pen.line((start, level, start + float(rng.uniform(20, 120)), level), colour, 2)
    return _grained(picture.filter(ImageFilter.GaussianBlur(1.4)))


def _room(width: int, height: int) -> Image.Image:
    """Wall and table, lit from the left."""
    x, y = np.linspace(0, 1, width, dtype=np.float32)[None, :], np.linspace(0, 1, height, dtype=np.float32)[:, None]
    wall = np.array((206, 204, 196), np.float32) * (1.06 - 0.28 * x - 0.1 * y)[..., None]
    boards = np.sin(y * 46 + 2.2 * np.sin(x * 5.0)) * 0.035 + 1.0 - 0.22 * x
    table = np.array((176, 128, 88), np.float32) * boards[..., None]
    return Image.fromarray(np.where((y > 0.60)[..., None], table, wall).clip(0, 255).astype(np.uint8), "RGB")


def _photographed(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(2.0))


def _grained(picture: Image.Image) -> Image.Image:
    noise = np.random.default_rng(5).normal(0, _GRAIN, (picture.height, picture.width, 1))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8), "RGB")


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, colour: tuple[int, int, int]
) -> None:
    pen.text(at, text, font=ImageFont.load_default(size), fill=colour)
