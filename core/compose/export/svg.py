"""A design as SVG: type is text in fonts the file carries; what SVG draws differently comes as pictures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from core.compose import encode
from core.compose.export import typeface
from core.compose.export.design import Design, Kind, Sheet, Text
from core.compose.font import features_of

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_QUALITY = 95
"""Of the ground, the one sheet without transparency: as PNG it would be two thirds of the file."""


def write(design: Design) -> bytes:
    wide, high = str(design.width), str(design.height)
    spaces = {"xmlns": _SVG, "xmlns:xlink": _LINK}
    root = Element("svg", {**spaces, "width": wide, "height": high, "viewBox": f"0 0 {wide} {high}"})
    SubElement(root, "style").text = "".join(_faces(design))
    tones = SubElement(root, "defs")
    for number, sheet in enumerate(design.sheets, 1):
        group = SubElement(root, "g", {"id": f"layer-{number}"})
        SubElement(group, "title").text = sheet.name
        if sheet.text is None:
            group.append(_image(sheet))
        else:
            group.append(_line(sheet.text, tones))
    data: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


def _image(sheet: Sheet) -> Element:
    layer = sheet.layer
    high, wide = layer.alpha.shape
    opaque = sheet.kind is Kind.BACKGROUND
    data = encode.jpeg(layer.rgb, best=_QUALITY) if opaque else encode.png(layer.straight())
    address = f"data:image/{'jpeg' if opaque else 'png'};base64,{b64encode(data).decode()}"
    place = {"x": layer.left, "y": layer.top, "width": wide, "height": high}
    # Programs older than SVG 2 know the link by its old name alone.
    return Element("image", {**{name: str(value) for name, value in place.items()}, "xlink:href": address})


def _faces(design: Design) -> Iterator[str]:
    texts = [*design.texts]
    for face in dict.fromkeys(text.face for text in texts):
        data = typeface.subset(face, "".join(text.string for text in texts if text.face == face))
        yield (
            f'@font-face{{font-family:"{typeface.family(face)}";font-weight:{typeface.weight(face)};'
            f"src:url(data:font/woff;base64,{b64encode(data).decode()})}}"
        )


def _line(text: Text, tones: Element) -> Element:
    """A run begins where the layout has it, so that another program's spaces change nothing."""
    line = Element(
        "text",
        {
            "font-family": typeface.family(text.face),
            "font-weight": str(typeface.weight(text.face)),
            "font-size": f"{text.size:.2f}",
            "xml:space": "preserve",
        },
    )
    if text.angle:
        line.set("transform", f"rotate({-text.angle:.3f} {text.pivot[0]:.2f} {text.pivot[1]:.2f})")
    if text.tracking:
        line.set("letter-spacing", f"{text.tracking:.3f}")
    if features := features_of(text.face):
        line.set("style", "font-feature-settings:" + ",".join(f'"{one}"' for one in features))
    for run in text.runs:
        place = {"x": f"{run.x:.2f}", "y": f"{text.baseline:.2f}", "fill": _paint(text, run.colours, tones)}
        SubElement(line, "tspan", place).text = run.text.rstrip()
    return line


def _paint(text: Text, colours: tuple[str, str], tones: Element) -> str:
    """A colour, or a gradient over the height of the capitals."""
    top, low = colours
    if top == low:
        return top
    name = f"tone-{len(tones) + 1}"
    ends = {"y1": f"{text.baseline - text.cap:.2f}", "y2": f"{text.baseline:.2f}", "x1": "0", "x2": "0"}
    gradient = SubElement(tones, "linearGradient", {"id": name, "gradientUnits": "userSpaceOnUse", **ends})
    SubElement(gradient, "stop", {"offset": "0", "stop-color": top})
    SubElement(gradient, "stop", {"offset": "1", "stop-color": low})
    return f"url(#{name})"
