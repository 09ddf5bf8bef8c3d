"""The bold design of one layout drawn the naive way in Pillow alone: the yardstick of the bench.

LANCZOS resizes, full-size blurs, FreeType strokes, shapes at three times the size: what one writes before measuring.
The same code at every size.
"""

import io
import math

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from core.compose.arrangement import arrange
from core.compose.font import load
from core.compose.layout import Layout, Role
from core.compose.palette import channels
from core.compose.stance import Stance, stand
from core.compose.studio import draw_plate, typeset
from core.compose.style import style_of
from core.compose.subject import Subject
from core.compose.zone import hard_zones
from core.domain.format import FORMATS, Size
from core.domain.job import Recipe

YOUTUBE = FORMATS["youtube"]
Given = tuple[Layout, float, Image.Image, Stance]


def draw(layout: Layout, stroke: float, person: Image.Image, stance: Stance) -> bytes:
    """Ground, person and type of a bold layout, as a JPEG of quality 90."""
    width, height, colours, unit = layout.width, layout.height, layout.palette, layout.height / 720
    canvas = _ground(layout, stance)
    size = (round(person.width * stance.scale), round(person.height * stance.scale))
    corner = (round(stance.left), round(stance.top))
    figure = ImageEnhance.Color(person.resize(size, Image.Resampling.LANCZOS)).enhance(1.22)
    figure = figure.filter(ImageFilter.UnsharpMask(3, 80, 0))
    alpha = Image.new("L", (width, height), 0)
    alpha.paste(figure.getchannel("A"), corner)
    border = alpha.filter(ImageFilter.GaussianBlur(6 * unit)).point(lambda value: min(255, max(0, value - 14) * 12))
    shadow = border.filter(ImageFilter.GaussianBlur(20 * unit)).point(lambda value: int(value * 0.62))
    canvas.paste((0, 0, 0), (0, round(12 * unit)), shadow)
    light = Image.new("RGB", (width, height), channels(colours.rims[0]))
    canvas.paste(ImageChops.screen(canvas, light), (0, 0), border.filter(ImageFilter.GaussianBlur(26 * unit)))
    canvas.paste((255, 255, 255), (0, 0), border)
    canvas.paste(figure, corner, figure)
    _type(canvas, layout, stroke)
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=90)
    return file.getvalue()


def _ground(layout: Layout, stance: Stance) -> Image.Image:
    width, height, colours, unit = layout.width, layout.height, layout.palette, layout.height / 720
    cx, cy = stance.head.centre
    glow = Image.radial_gradient("L").resize((2 * width, 2 * width), Image.Resampling.LANCZOS)
    field = glow.crop((round(width - cx), round(width - cy), round(2 * width - cx), round(width - cy) + height))
    canvas = Image.composite(
        Image.new("RGB", (width, height), channels(colours.edge)),
        Image.new("RGB", (width, height), channels(colours.light)),
        field,
    )
    rays = Image.new("L", (3 * width, 3 * height), 0)
    pen = ImageDraw.Draw(rays)
    for ray in range(26):
        ends = [
            (3 * (cx + 2 * width * math.cos(a)), 3 * (cy + 2 * width * math.sin(a)))
            for a in (ray * math.pi / 13, (ray + 0.5) * math.pi / 13)
        ]
        pen.polygon([(3 * cx, 3 * cy), *ends], fill=60)
    canvas.paste((255, 240, 180), (0, 0), rays.resize((width, height), Image.Resampling.LANCZOS))
    dots = Image.new("L", (3 * width, 3 * height), 0)
    pen = ImageDraw.Draw(dots)
    pitch = round(42 * unit)
    for row, y in enumerate(range(0, 3 * height, pitch)):
        for x in range(row % 2 * pitch // 2, 3 * width * 2 // 3, pitch):
            radius = 18 * unit * (1 - x / (2 * width))
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=100)
    canvas.paste(channels(colours.shade), (0, 0), dots.resize((width, height), Image.Resampling.LANCZOS))
    side = Image.linear_gradient("L").rotate(90).resize((width, height), Image.Resampling.LANCZOS)
    canvas.paste(channels(colours.shade), (0, 0), side.point(lambda value: int(value * 0.5)))
    noise = Image.effect_noise((width, height), 12)
    vignette = Image.radial_gradient("L").resize((width, height), Image.Resampling.LANCZOS)
    canvas = ImageChops.multiply(canvas, Image.merge("RGB", [vignette.point(lambda value: 255 - value // 5)] * 3))
    return Image.blend(canvas, Image.merge("RGB", [noise] * 3), 0.03)


def _type(canvas: Image.Image, layout: Layout, stroke: float) -> None:
    colours, unit = layout.palette, layout.height / 720
    layer = Image.new("RGBA", canvas.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for line in layout.lines:
        font, width = load(layout.font, line.size), round(stroke * line.cap)
        for span in line.spans:
            at, ink = (span.x, line.baseline), (255, 255, 255)
            if span.role is Role.EMPHASIS:
                margin = 0.17 * line.cap
                box = (
                    span.x - margin,
                    line.baseline - line.cap - margin,
                    span.x + span.width + margin,
                    line.baseline + margin,
                )
                pen.rounded_rectangle(box, 8 * unit, fill=channels(colours.pop))
                pen.text(at, span.text, font=font, fill=ink, anchor="ls")
                continue
            for step in range(round(6 * unit)):
                pen.text(
                    (at[0], at[1] + step),
                    span.text,
                    font=font,
                    fill=channels(colours.stroke),
                    anchor="ls",
                    stroke_width=width,
                    stroke_fill=channels(colours.stroke),
                )
            pen.text(at, span.text, font=font, fill=ink, anchor="ls")
    layer = layer.rotate(layout.angle, Image.Resampling.BICUBIC, center=(layout.pivot[0], layout.pivot[1]))
    shadow = layer.getchannel("A").filter(ImageFilter.GaussianBlur(10 * unit)).point(lambda value: int(value * 0.55))
    canvas.paste((0, 0, 0), (0, round(7 * unit)), shadow)
    canvas.paste(layer, (0, 0), layer)


def inputs(wanted: Recipe, person: Subject, size: Size = YOUTUBE.standard) -> Given:
    """What the naive drawing needs, taken from the real one so that both draw the same design."""
    family = YOUTUBE.family
    layout = typeset(wanted, YOUTUBE, size, draw_plate(wanted, YOUTUBE, size, person)).layout
    cut = (person.rgba.shape[1], person.rgba.shape[0])
    zones, row = hard_zones(YOUTUBE, size, wanted.brief), arrange(wanted.brief, family, wanted.position, True)
    stance = stand(cut, person.target, person.crown, person.touches, row, size, zones)
    return layout, style_of(wanted.brief, family).stroke, Image.fromarray(person.rgba), stance
