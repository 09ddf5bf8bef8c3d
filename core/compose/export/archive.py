"""Everything of a design in one archive: the picture, each layer, the numbers, the Photoshop document and its fonts."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

from core.compose import encode
from core.compose.export import psd, typeface
from core.compose.export.design import Design, Sheet
from core.domain.record import Json, to_record

SPEC, DOCUMENT, LAYERS, FONTS = "spec.json", "thumbnail.psd", "layers", "fonts"
_LEVEL = 1
"""Of what is not packed already: higher ones take twice as long for a twentieth less."""


def write(design: Design) -> bytes:
    """A ZIP. Layers are as large as the picture, so that whoever stacks them finds each in its place."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("picture.png", encode.png(design.picture))
        for number, sheet in enumerate(design.sheets, 1):
            pixels = sheet.layer.rgba(design.width, design.height)
            archive.writestr(f"{LAYERS}/{_name(number, sheet)}", encode.png(pixels))
        for face in sorted({text.face for text in design.texts}):
            for name, data in typeface.files(face).items():
                archive.writestr(f"{FONTS}/{name}", data, zipfile.ZIP_DEFLATED, _LEVEL)
        archive.writestr(DOCUMENT, psd.write(design), zipfile.ZIP_DEFLATED, _LEVEL)
        spec = json.dumps(_spec(design), indent=1, ensure_ascii=False)
        archive.writestr(SPEC, spec, zipfile.ZIP_DEFLATED, _LEVEL)
    return file.getvalue()


def _name(number: int, sheet: Sheet) -> str:
    return f"{number:02}-{sheet.kind.lower().replace(' ', '-')}.png"


def _spec(design: Design) -> Json:
    """The layers from below, what lines say and how they are set, and the layout as it is stored."""
    layers = []
    for number, sheet in enumerate(design.sheets, 1):
        high, wide = sheet.layer.alpha.shape
        place = {"left": sheet.layer.left, "top": sheet.layer.top, "width": wide, "height": high}
        row = {"name": sheet.name, "file": f"{LAYERS}/{_name(number, sheet)}", **place}
        layers.append({**row, "text": to_record(sheet.text)} if sheet.text else row)
    return {"width": design.width, "height": design.height, "layers": layers, "layout": to_record(design.layout)}
