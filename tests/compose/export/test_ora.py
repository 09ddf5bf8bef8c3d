"""OpenRaster, read as its specification says a reader does."""

import io
import zipfile
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from core.compose.export import ora
from core.compose.export.design import Design
from tests.compose.export.picture import error


def test_a_reader_of_the_specification_finds_the_layers_and_the_picture(full: Design) -> None:
    with zipfile.ZipFile(io.BytesIO(ora.write(full))) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == (
            "mimetype", zipfile.ZIP_STORED, b"image/openraster",
        )  # fmt: skip
        root = ElementTree.fromstring(archive.read("stack.xml"))
        assert (root.get("w"), root.get("h")) == ("1280", "720")
        canvas = Image.new("RGBA", (1280, 720))
        names = []
        for layer in reversed(root.findall("stack/layer")):
            pixels = Image.open(archive.open(layer.attrib["src"])).convert("RGBA")
            canvas.alpha_composite(pixels, (int(layer.attrib["x"]), int(layer.attrib["y"])))
            names.append(layer.attrib["name"])
        merged = np.asarray(Image.open(archive.open("mergedimage.png")).convert("RGB"))
        small = Image.open(archive.open("Thumbnails/thumbnail.png"))
    assert names == [sheet.name for sheet in full.sheets]
    assert (merged == full.picture).all()
    assert error(np.asarray(canvas.convert("RGB")), merged) < 0.01
    assert max(small.size) == 256
