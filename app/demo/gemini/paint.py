"""The picture for a request: right size, its references in place, different for every seed and prompt."""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Pixels = tuple[int, int]

PERSON_HEIGHT = 0.86
INSET_WIDTH = 0.16
_HEAD = re.compile(
    r"fills (?P<left>\d+) % to (?P<right>\d+) % of the width and (?P<top>\d+) % to (?P<bottom>\d+) % of the height"
)
"""Where a prompt says the head goes."""
HEAD_SHARE, HEAD_MIDDLE = 0.55, 0.42
"""Of a portrait: how high the head is, and where its middle lies; there is no detector here."""


@dataclass(frozen=True, slots=True)
class Scene:
    words: str
    seed: int
    size: Pixels
    base: bytes | None = None
    """The picture that is changed; None: a new one."""
    person: bytes | None = None
    others: tuple[bytes, ...] = ()
    """Further references."""


def paint(scene: Scene) -> bytes:
    """JPEG."""
    chance = random.Random(hashlib.sha256(f"{scene.seed}\n{scene.words}".encode()).digest())
    if scene.base is not None:
        picture = _changed(_opened(scene.base), scene.words, chance)
        picture = ImageOps.fit(picture, scene.size, Image.Resampling.LANCZOS)
    else:
        picture = _ground(scene.size, chance)
        if scene.person is not None:
            _person(picture, _opened(scene.person), scene.words)
    _insets(picture, scene.others)
    return encode(picture)


def encode(picture: Image.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def png(picture: bytes) -> bytes:
    file = io.BytesIO()
    _opened(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def reduced(picture: bytes, size: Pixels) -> bytes:
    """A draft of a picture."""
    return encode(ImageOps.fit(_opened(picture), size), quality=60)


def enlarged(picture: bytes, factor: int) -> bytes:
    image = _opened(picture)
    return encode(image.resize((image.width * factor, image.height * factor), Image.Resampling.LANCZOS))


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _ground(size: Pixels, chance: random.Random) -> Image.Image:
    """A slanted gradient between two colours with soft discs of light."""
    dark, light = (tuple(chance.randint(low, low + 110) for _ in range(3)) for low in (10, 120))
    ramp = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(size, Image.Resampling.BILINEAR)
    picture = ImageOps.colorize(ramp, dark, light)
    small = Image.new("L", (size[0] // 8 or 1, size[1] // 8 or 1))
    for _ in range(chance.randint(3, 7)):
        x, y = chance.randint(0, small.width), chance.randint(0, small.height)
        radius = chance.randint(4, max(5, small.height // 3))
        ImageDraw.Draw(small).ellipse((x - radius, y - radius, x + radius, y + radius), fill=chance.randint(40, 120))
    glow = small.filter(ImageFilter.GaussianBlur(6)).resize(size, Image.Resampling.BICUBIC)
    return ImageChops.add(picture, Image.merge("RGB", (glow,) * 3))


def _person(picture: Image.Image, person: Image.Image, words: str) -> None:
    """The whole reference with soft edges, its head where the words want it, else standing on the right."""
    width, height = picture.size
    if (found := _HEAD.search(words)) is not None:
        left, right, top, bottom = (int(found[name]) / 100 for name in ("left", "right", "top", "bottom"))
        tall = round((bottom - top) * height / HEAD_SHARE)
        person = person.resize((max(1, round(person.width * tall / person.height)), tall), Image.Resampling.LANCZOS)
        place = (
            round((left + right) / 2 * width - person.width / 2),
            round((top + bottom) / 2 * height - HEAD_MIDDLE * tall),
        )
    else:
        person = ImageOps.contain(person, (round(0.6 * width), round(PERSON_HEIGHT * height)), Image.Resampling.LANCZOS)
        place = (width - person.width - width // 20, height - person.height)
    edge = max(2, min(person.size) // 24)
    mask = Image.new("L", person.size)
    ImageDraw.Draw(mask).rounded_rectangle((edge, edge, person.width - edge, person.height + edge), 3 * edge, fill=255)
    picture.paste(person, place, mask.filter(ImageFilter.GaussianBlur(edge / 2)))


def _insets(picture: Image.Image, references: Sequence[bytes]) -> None:
    """Further references, small, in a row along the top."""
    side = round(INSET_WIDTH * picture.width / max(1, len(references) / 4))
    for number, data in enumerate(references):
        inset = ImageOps.fit(_opened(data), (side, side))
        picture.paste(inset, (number * (side + 4), 0))


def _changed(picture: Image.Image, words: str, chance: random.Random) -> Image.Image:
    """What an instruction asks for, as far as Pillow can: light, or else a turn of the colours."""
    said = words.lower()
    if "dark" in said:
        return ImageEnhance.Brightness(picture).enhance(0.55)
    if "bright" in said or "light" in said:
        return ImageEnhance.Brightness(picture).enhance(1.4)
    red, green, blue = picture.split()
    gains = [chance.uniform(0.75, 1.2) for _ in range(3)]
    channels = zip((red, green, blue), gains, strict=True)
    return Image.merge(
        "RGB", [channel.point([min(255, round(gain * v)) for v in range(256)]) for channel, gain in channels]
    )
