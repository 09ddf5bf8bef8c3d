"""The picture for a request: right size, its references in place, different for every seed and prompt, and marked."""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps, ImageStat
from PIL.PngImagePlugin import PngInfo

from app.demo.gemini import figure
from core.compose.font import TEXT_FACE, load
from core.compose.geometry import Box
from core.compose.palette import Palette, channels, mix, palette
from core.compose.sheet import mark
from core.domain.brief import ColourPriority, Vibe
from core.providers import provenance

Pixels = tuple[int, int]

MARK, TILE = "STAND-IN, NOT GOOGLE'S MODEL", "STAND-IN"
MARK_PLACE = (0.5, 0.8)
"""In the middle, below most faces: there no window of a fair size leaves it out."""
TILE_STRENGTH = 22
"""Of 255: read at full size, no harm to type."""
PERSON_HEIGHT = 0.86
INSET_WIDTH = 0.16
_HEAD = re.compile(
    r"fills (?P<left>\d+) % to (?P<right>\d+) % of the width and (?P<top>\d+) % to (?P<bottom>\d+) % of the height"
)
"""Where a prompt says the head goes."""
ELSE = Box(0.6, 0.08, 0.85, 0.7)
"""Where it goes otherwise."""
DARKER, BRIGHTER = 0.75, 1.3
_CHANGE = re.compile(r"The change: ([^\n]+)")
_TYPED = re.compile(r'"change": ?"((?:[^"\\]|\\.)*)"')
"""Where a prompt says the change, and a person's own words for it."""
_BRIGHTER = re.compile(r"bright|lighter|more light")
LOOKS = (Vibe.CINEMATIC, Vibe.CLEAN, Vibe.CINEMATIC)
COLOURS = (ColourPriority.WARM, ColourPriority.COOL, ColourPriority.HIGH_CONTRAST)


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

    @property
    def stage(self) -> Hashable:
        """What the picture must show, whatever it looks like."""
        head = _HEAD.search(self.words)
        return self.size, head and head.groups(), self.base, self.person, self.others


def paint(scene: Scene) -> bytes:
    """JPEG."""
    chance = random.Random(hashlib.sha256(f"{scene.seed}\n{scene.words}".encode()).digest())
    if scene.base is not None:
        picture = _changed(_opened(scene.base), scene.words, chance)
        picture = ImageOps.fit(picture, scene.size, Image.Resampling.LANCZOS)
    else:
        picture = _new(scene, chance)
    _insets(picture, scene.others)
    return encode(Image.fromarray(mark(np.asarray(picture), MARK, MARK_PLACE)))


def told(scene: Scene) -> str:
    """The picture in a sentence, for those who do not see it."""
    if scene.base is not None:
        said = f"A stand-in's picture: the one before, {_turn(scene.words)}"
    elif scene.person is None:
        said = "A stand-in's picture of a plain, softly lit backdrop with pale discs, nobody in it"
    elif figure.figure(scene.person) is None:
        said = "A stand-in's picture of the photo that was sent, standing before a plain, softly lit backdrop"
    else:
        said = "A stand-in's picture of the person in the photo, cut out before a plain, softly lit backdrop"
    return f"{said}; further photos are small, along the top." if scene.others else f"{said}."


def encode(picture: Image.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, comment=provenance.STAND_IN)
    return file.getvalue()


def png(picture: bytes) -> bytes:
    file, says = io.BytesIO(), PngInfo()
    says.add_text("Comment", provenance.STAND_IN.decode())
    _opened(picture).save(file, "PNG", compress_level=1, pnginfo=says)
    return file.getvalue()


def reduced(picture: bytes, size: Pixels) -> bytes:
    """A draft of a picture."""
    return encode(ImageOps.fit(_opened(picture), size), quality=60)


def enlarged(picture: bytes, factor: int) -> bytes:
    image = _opened(picture)
    return encode(image.resize((image.width * factor, image.height * factor), Image.Resampling.LANCZOS))


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _new(scene: Scene, chance: random.Random) -> Image.Image:
    width, height = scene.size
    look = chance.choice(LOOKS)
    colours = palette(look, chance.choice(COLOURS), (), chance.randrange(3))
    head = _head(scene.words).scaled(width, height)
    who = figure.figure(scene.person) if scene.person is not None else None
    if who is None:
        picture = _ground(scene.size, head.centre if scene.person else _somewhere(scene.size, chance), colours, chance)
        if scene.person is not None:
            _thing(picture, _opened(scene.person))
        return picture
    where = figure.stance(who, head, scene.size)
    ground = np.array(_ground(scene.size, where.head.centre, colours, chance))
    figure.draw(ground, who, where, look, colours)
    return Image.fromarray(ground)


def _head(words: str) -> Box:
    """Of the canvas, in fractions."""
    if (found := _HEAD.search(words)) is None:
        return ELSE
    return Box(*(int(found[name]) / 100 for name in ("left", "top", "right", "bottom")))


def _somewhere(size: Pixels, chance: random.Random) -> tuple[float, float]:
    return chance.uniform(0.2, 0.8) * size[0], chance.uniform(0.2, 0.6) * size[1]


def _ground(size: Pixels, light: tuple[float, float], colours: Palette, chance: random.Random) -> Image.Image:
    """A light in the dark with soft discs around it, tiled with what it is."""
    reach = round(chance.uniform(0.7, 1.0) * max(size))
    ramp = Image.new("L", size, 255)
    # Pillow's gradient ends in the corners; this one is to end at the sides, where it is pasted.
    glow = Image.radial_gradient("L").point([min(255, round(1.45 * v)) for v in range(256)])
    glow = glow.resize((2 * reach, 2 * reach), Image.Resampling.BILINEAR)
    ramp.paste(glow, (round(light[0]) - reach, round(light[1]) - reach))
    dark = mix(colours.shade, colours.edge, 0.35)
    picture = ImageOps.colorize(
        ramp, channels(mix(colours.light, colours.mid, 0.5)), channels(dark), channels(colours.mid), midpoint=70
    )
    picture = ImageChops.add(picture, _discs(size, chance))
    tiles = _tiles(size)
    for colour, shift in (("black", 2), ("white", 0)):  # to be read on light and on dark
        picture = Image.composite(Image.new("RGB", size, colour), picture, ImageChops.offset(tiles, shift, shift))
    return picture


def _discs(size: Pixels, chance: random.Random) -> Image.Image:
    small = Image.new("L", (size[0] // 4 or 1, size[1] // 4 or 1))
    for _ in range(chance.randint(5, 11)):
        x, y = chance.randint(0, small.width), chance.randint(0, small.height)
        radius = chance.randint(3, max(4, small.height // 9))
        disc = Image.new("L", small.size)
        ImageDraw.Draw(disc).ellipse((x - radius, y - radius, x + radius, y + radius), fill=chance.randint(8, 26))
        small = ImageChops.add(small, disc)
    soft = small.filter(ImageFilter.GaussianBlur(2)).resize(size, Image.Resampling.BICUBIC)
    return Image.merge("RGB", (soft,) * 3)


def _tiles(size: Pixels) -> Image.Image:
    """No window of a fair size leaves all of them out."""
    unit = min(size) / 18
    long = round(1.5 * max(size))
    sheet = Image.new("L", (long, long))
    pen, font = ImageDraw.Draw(sheet), load(TEXT_FACE, max(9.0, round(unit)))
    step = 1.6 * font.getlength(TILE)
    for row in range(round(long / (3.2 * unit))):
        for column in range(-1, round(long / step)):
            pen.text(((column + row % 2 / 2) * step, 3.2 * unit * row), TILE, font=font, fill=TILE_STRENGTH)
    turned = sheet.rotate(18, Image.Resampling.BICUBIC)
    left, top = (long - size[0]) // 2, (long - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _thing(picture: Image.Image, thing: Image.Image) -> None:
    """A reference without a face, whole and with soft edges, standing on the right."""
    width, height = picture.size
    thing = ImageOps.contain(thing, (round(0.6 * width), round(PERSON_HEIGHT * height)), Image.Resampling.LANCZOS)
    edge = max(2, min(thing.size) // 24)
    mask = Image.new("L", thing.size)
    ImageDraw.Draw(mask).rounded_rectangle((edge, edge, thing.width - edge, thing.height + edge), 3 * edge, fill=255)
    place = (width - thing.width - width // 20, height - thing.height)
    picture.paste(thing, place, mask.filter(ImageFilter.GaussianBlur(edge / 2)))


def _insets(picture: Image.Image, references: Sequence[bytes]) -> None:
    """Further references, small, in a row along the top."""
    side = round(INSET_WIDTH * picture.width / max(1, len(references) / 4))
    for number, data in enumerate(references):
        inset = ImageOps.fit(_opened(data), (side, side))
        picture.paste(inset, (number * (side + 4), 0))


def _turn(words: str) -> str:
    """What a change asks for, as far as Pillow can: light, or else a turn of the colours."""
    asked = _asked(words).lower()
    if "dark" in asked:
        return "made darker"
    return "made brighter" if _BRIGHTER.search(asked) else "in other colours"


def _asked(words: str) -> str:
    """The change itself: what stands around it, rules and the ground that type needs, speaks of light and dark too."""
    said = _CHANGE.search(words)
    typed = _TYPED.search(words)
    return " ".join(found[1] for found in (said, typed) if found) or words


def _changed(picture: Image.Image, words: str, chance: random.Random) -> Image.Image:
    match _turn(words):
        case "made darker":
            return ImageEnhance.Brightness(picture).enhance(DARKER)
        case "made brighter":
            return ImageEnhance.Brightness(picture).enhance(BRIGHTER)
    gains = [chance.uniform(0.8, 1.2) for _ in range(3)]
    turned = Image.merge(
        "RGB",
        [
            channel.point([min(255, round(gain * v)) for v in range(256)])
            for channel, gain in zip(picture.split(), gains, strict=True)
        ],
    )
    # As light as before: one change after the other would else end in the dark.
    return ImageEnhance.Brightness(turned).enhance(_lightness(picture) / max(1.0, _lightness(turned)))


def _lightness(picture: Image.Image) -> float:
    return float(ImageStat.Stat(picture.convert("L")).mean[0])
