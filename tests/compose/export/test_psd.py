"""Photoshop documents, read back by programs that share nothing with the writer: ImageMagick, and ag-psd for text."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.compose.export import psd
from core.compose.export.design import Design
from core.compose.palette import channels, mix
from tests import tool
from tests.compose.export.picture import error, stacked

READER = """
const {readPsd} = require(process.argv[1])
const file = require('fs').readFileSync(process.argv[2])
const read = readPsd(file, {skipLayerImageData: true, skipCompositeImageData: true, skipThumbnail: true})
console.log(JSON.stringify(read.children.map(({name, left, top, text}) => ({name, left, top, text}))))
"""


@pytest.fixture(scope="module")
def document(full: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("psd") / "full.psd"
    path.write_bytes(psd.write(full))
    return path


def test_the_layers_stacked_are_the_delivered_picture(full: Design) -> None:
    names = [sheet.name for sheet in full.sheets]
    assert len(set(names)) == len(names)
    assert error(stacked(full), full.picture) < 0.01


def test_imagemagick_finds_the_picture_and_every_layer_where_it_was(full: Design, document: Path) -> None:
    convert = tool.program("magick", "convert")
    subprocess.run([convert, document, document.with_name("page-%02d.png")], check=True, capture_output=True)
    merged, *pages = sorted(document.parent.glob("page-*.png"))
    assert (np.asarray(Image.open(merged).convert("RGB")) == full.picture).all()
    assert len(pages) == len(full.sheets)
    for sheet, page in zip(full.sheets, pages, strict=True):
        assert (np.asarray(Image.open(page).convert("RGBA")) == sheet.layer.straight()).all(), sheet.name


def test_a_line_of_type_is_read_back_with_its_words_font_size_and_colours(full: Design, document: Path) -> None:
    reader = tool.package("ag-psd", "31.0.2", "dist/index.js")
    done = subprocess.run([tool.program("node"), "-e", READER, reader, document], check=True, capture_output=True)
    layers = json.loads(done.stdout)
    assert [layer["name"] for layer in layers] == [sheet.name for sheet in full.sheets]
    for sheet, layer in zip(full.sheets, layers, strict=True):
        assert (layer["left"], layer["top"]) == (sheet.layer.left, sheet.layer.top)
        if sheet.text is None:
            assert "text" not in layer
            continue
        text, wanted = layer["text"], sheet.text
        style = text["style"]
        assert (text["text"], style["font"]["name"]) == (wanted.string, wanted.postscript)
        assert style["fontSize"] == pytest.approx(wanted.size, abs=1e-4)
        assert text["transform"][4:] == pytest.approx(wanted.origin)
        runs = text.get("styleRuns", [{"length": len(wanted.string), "style": style}])
        assert [round(run["style"]["fillColor"]["r"]) for run in runs for _ in range(run["length"])] == [
            round(channels(mix(*run.colours, 0.5))[0]) for run in wanted.runs for _ in run.text
        ]
    assert any(len({run.colours for run in text.runs}) > 1 for text in full.texts), "or nothing is told of colours"
    assert {"@orbit", "Grüße & more"} < {text.string for text in full.texts}
