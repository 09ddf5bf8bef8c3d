"""The colour emoji beside the fonts, from Noto Color Emoji: `python -m scripts.emoji NotoColorEmoji.ttf`.

Debian's package fonts-noto-color-emoji holds the font: 11 MB, a bitmap for each emoji. Half of them are skin tones of
one drawing, so a drawing and its tones become one map of indices and a palette for each of them (`core.compose.emoji`
reads the file). The artwork stays under the font's licence, the OFL. Takes some minutes.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image

from core.compose.emoji import FILE, JOINER, TONES, VARIATION

COLOURS, FAMILY_COLOURS = 64, 88
"""Of a palette; one that serves several tones has to tell more apart."""
_ALIKE = 6.0
"""Mean difference of two outlines, of 255, up to which they are one drawing."""

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


def sequences(font: TTFont) -> dict[str, str]:
    """Text of every emoji (without variation selectors) -> its glyph, from the character map and the ligatures."""
    characters = font.getBestCmap()
    texts = {glyph: chr(code) for code, glyph in characters.items()}
    found = {text: glyph for glyph, text in texts.items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            for first, ligatures in getattr(subtable, "ligatures", {}).items():
                for row in ligatures:
                    found["".join(texts[name] for name in (first, *row.Component))] = row.LigGlyph
    return {text.replace(VARIATION, ""): glyph for text, glyph in found.items() if text not in (VARIATION, JOINER)}


def families(pictures: dict[str, Pixels]) -> Iterator[list[str]]:
    """Emoji that are one drawing in several tones."""
    kin: dict[str, list[list[str]]] = defaultdict(list)
    for text in sorted(pictures, key=len):
        plain = "".join(letter for letter in text if letter not in TONES) or text
        alike = next((group for group in kin[plain] if _alike(pictures[group[0]], pictures[text])), None)
        if alike is None:
            kin[plain].append([text])
        else:
            alike.append(text)
    for groups in kin.values():
        yield from groups


def _alike(one: Pixels, other: Pixels) -> bool:
    return one.shape == other.shape and float(cv2.absdiff(one[..., 3], other[..., 3]).mean()) < _ALIKE


def indexed(pictures: Sequence[Pixels]) -> tuple[Pixels, Pixels]:
    """Indices (rows, columns) and palettes (picture, colour, RGBA) for pictures of one drawing; 0 is transparent."""
    layers = np.stack(pictures, axis=2).astype(np.float32)
    layers[..., :3] *= layers[..., 3:] / 255
    seen = layers[..., 3].max(axis=2) > 0
    rows: Floats = np.ascontiguousarray(layers[seen].reshape(int(seen.sum()), -1))
    most = COLOURS if len(pictures) == 1 else FAMILY_COLOURS
    count = min(most, len(np.unique(rows, axis=0)))
    cv2.setRNGSeed(1)
    unset = np.zeros((len(rows), 1), np.int32)
    _, labels, centres = cv2.kmeans(rows, count, unset, (3, 16, 0.5), 1, cv2.KMEANS_PP_CENTERS)
    colours = centres.reshape(count, len(pictures), 4)
    colours = np.concatenate((colours[..., :3] * 255 / np.maximum(colours[..., 3:], 1), colours[..., 3:]), axis=2)
    # Neighbours in the palette are neighbours in colour: that is what the lossless coder predicts by.
    order = np.lexsort((colours[:, 0, :3].sum(axis=1), colours[:, 0, 3] > 250))
    rank = np.argsort(order)
    indices = np.zeros(seen.shape, np.uint8)
    indices[seen] = rank[labels[:, 0]] + 1
    palettes = np.concatenate((np.zeros((1, len(pictures), 4)), colours[order])).round().clip(0, 255).astype(np.uint8)
    return indices, np.ascontiguousarray(palettes.transpose(1, 0, 2))


def main(source: Path) -> None:
    with TTFont(source) as font:
        strike = font["CBDT"].strikeData[0]
        glyphs = {text: glyph for text, glyph in sequences(font).items() if glyph in strike}
        texts_of = defaultdict(list)
        for text in sorted(glyphs, key=lambda text: (len(text), text)):
            texts_of[strike[glyphs[text]].imageData].append(text)
        pictures = {texts[0]: _opened(data) for data, texts in texts_of.items()}
    same = {texts[0]: " ".join(texts) for texts in texts_of.values()}
    body, table = io.BytesIO(), []
    for texts in families(pictures):
        indices, palettes = indexed([pictures[text] for text in texts])
        start = body.tell()
        Image.fromarray(indices).save(body, "WEBP", lossless=True, quality=100, method=6)
        table.append([start, body.tell() - start, palettes.shape[1], [same[text] for text in texts]])
        body.write(palettes.tobytes())
    head = zlib.compress(json.dumps(table, separators=(",", ":")).encode(), 9)
    FILE.write_bytes(struct.pack("<L", len(head)) + head + body.getvalue())
    print(f"{len(glyphs)} emoji, {len(table)} drawings, {FILE.stat().st_size / 1e6:.2f} MB")


def _opened(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
