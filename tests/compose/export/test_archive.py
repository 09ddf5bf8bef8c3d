import io
import json
import zipfile

import numpy as np
from PIL import Image, ImageFont

from core.compose.export import archive
from core.compose.export.design import Design
from tests.compose.export.picture import error


def test_the_archive_holds_every_layer_in_its_place_the_numbers_the_document_and_the_fonts(full: Design) -> None:
    with zipfile.ZipFile(io.BytesIO(archive.write(full))) as packed:
        spec = json.loads(packed.read(archive.SPEC))
        canvas = Image.new("RGBA", (spec["width"], spec["height"]))
        for layer in spec["layers"]:
            canvas.alpha_composite(Image.open(packed.open(layer["file"])).convert("RGBA"))
        written = [layer["text"] for layer in spec["layers"] if "text" in layer]
        fonts = {name: packed.read(name) for name in packed.namelist() if name.startswith(archive.FONTS)}
        assert packed.read(archive.DOCUMENT)[:4] == b"8BPS"
    assert error(np.asarray(canvas.convert("RGB")), full.picture) < 0.01
    assert ["".join(run["text"] for run in text["runs"]) for text in written] == [text.string for text in full.texts]
    for text in written:
        assert ImageFont.truetype(io.BytesIO(fonts[f"{archive.FONTS}/{text['face']}.ttf"]), 20)
        assert b"Licen" in fonts[f"{archive.FONTS}/{text['face']}.LICENSE.txt"]
