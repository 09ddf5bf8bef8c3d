"""A design as OpenRaster, which GIMP, Krita and others open: pixel layers with their names, no editable text."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import cv2

from core.compose import encode
from core.compose.export.design import Design

_THUMBNAIL = 256
"""px of the longer side, at most."""


def write(design: Design) -> bytes:
    """https://www.openraster.org, version 0.0.5: the media type first and stored, then the stack, then the pictures."""
    root = ElementTree.Element(
        "image", version="0.0.5", w=str(design.width), h=str(design.height), xres="72", yres="72"
    )
    stack = ElementTree.SubElement(root, "stack")
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "image/openraster")
        for number, sheet in reversed([*enumerate(design.sheets)]):  # the stack is listed from above
            path = f"data/layer{number:02}.png"
            archive.writestr(path, encode.png(sheet.layer.straight()))
            place = {"x": str(sheet.layer.left), "y": str(sheet.layer.top)}
            look = {"opacity": "1.0", "visibility": "visible", "composite-op": "svg:src-over"}
            ElementTree.SubElement(stack, "layer", {"name": sheet.name, "src": path, **place, **look})
        archive.writestr("stack.xml", ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))
        archive.writestr("mergedimage.png", encode.png(design.picture))
        scale = min(1.0, _THUMBNAIL / max(design.width, design.height))
        small = cv2.resize(design.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        archive.writestr("Thumbnails/thumbnail.png", encode.png(small))
    return file.getvalue()
