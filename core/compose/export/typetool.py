"""A line of type as Photoshop's text layers keep it (the block `TySh`): text, font, colours, and where it stands.

The layout of the block is Adobe's file format specification ("Type tool object setting"); names and defaults of the
engine's data are those Photoshop itself writes.
"""

from __future__ import annotations

import math
import struct

from core.compose.export import engine
from core.compose.export.design import Run, Text
from core.compose.export.engine import Value
from core.compose.palette import channels, mix

_LEFT, _RIGHT = 0, 1
_SMOOTH = 3
_INVISIBLE = "AdobeInvisFont"
"""Every font list begins with it."""

_KINSOKU = (
    (
        "Hard",
        "、。，．・：；？！ー―’”）〕］｝〉》」』】ヽヾゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜?!)]},.:;℃℉¢％‰",
        "‘“（〔［｛〈《「『【([{￥＄£＠§〒＃",
    ),
    ("Soft", "、。，．・：；？！’”）〕］｝〉》」』】ヽヾゝゞ々", "‘“（〔［｛〈《「『【"),
)
"""What may not begin and not end a line: every document carries both sets."""


def block(text: Text) -> bytes:
    """The data of a `TySh` block. Photoshop draws the layer anew from it as soon as the text is edited."""
    x, y = text.origin
    cos, sin = math.cos(math.radians(text.angle)), math.sin(math.radians(text.angle))
    return b"".join(
        (
            struct.pack(">H6d", 1, cos, -sin, sin, cos, x, y),
            struct.pack(">H", 50) + _descriptor(b"TxLr", _said(text)),
            struct.pack(">H", 1) + _descriptor(b"warp", _unwarped()),
            bytes(16),
        )
    )


def _said(text: Text) -> dict[str, bytes]:
    data = engine.dumps(_engine(text))
    return {
        "Txt ": b"TEXT" + _unicode(text.string),
        "textGridding": _enum("textGridding", "None"),
        "Ornt": _enum("Ornt", "Hrzn"),
        "AntA": _enum("Annt", "AnSm"),
        "TextIndex": b"long" + struct.pack(">i", 0),
        "EngineData": b"tdta" + struct.pack(">I", len(data)) + data,
    }


def _unwarped() -> dict[str, bytes]:
    nothing = b"doub" + struct.pack(">d", 0.0)
    return {
        "warpStyle": _enum("warpStyle", "warpNone"),
        "warpValue": nothing,
        "warpPerspective": nothing,
        "warpPerspectiveOther": nothing,
        "warpRotate": _enum("Ornt", "Hrzn"),
    }


def _descriptor(kind: bytes, items: dict[str, bytes]) -> bytes:
    # `warp` has four letters and is spelt out all the same, as Photoshop does.
    name = struct.pack(">I", len(kind)) + kind if kind == b"warp" else bytes(4) + kind
    rows = b"".join(_key(key) + value for key, value in items.items())
    return struct.pack(">I", 16) + _unicode("") + name + struct.pack(">I", len(items)) + rows


def _key(name: str) -> bytes:
    """Four letters are a code, anything else is spelt out."""
    return struct.pack(">I", 0 if len(name) == 4 else len(name)) + name.encode()


def _enum(kind: str, value: str) -> bytes:
    return b"enum" + _key(kind) + _key(value)


def _unicode(text: str) -> bytes:
    units = (text + "\0").encode("utf-16-be")
    return struct.pack(">I", len(units) // 2) + units


def _engine(text: Text) -> dict[str, Value]:
    whole = text.string + "\r"
    paragraph, style = _paragraph(text), _style(text, text.runs[0])
    lengths = [_units(run.text) for run in text.runs]
    lengths[-1] += 1  # the paragraph's end belongs to the last run
    resources: dict[str, Value] = {
        "KinsokuSet": [
            {"Name": f"PhotoshopKinsoku{name}", "NoStart": start, "NoEnd": end, "Keep": "―‥", "Hanging": "、。.,"}
            for name, start, end in _KINSOKU
        ],
        "MojiKumiSet": [{"InternalName": f"Photoshop6MojiKumiSet{number}"} for number in range(1, 5)],
        "TheNormalStyleSheet": 0,
        "TheNormalParagraphSheet": 0,
        "ParagraphSheetSet": [{"Name": "Normal RGB", "DefaultStyleSheet": 0, "Properties": paragraph}],
        "StyleSheetSet": [{"Name": "Normal RGB", "StyleSheetData": style}],
        "FontSet": [
            {"Name": name, "Script": 0, "FontType": 0, "Synthetic": 0} for name in (text.postscript, _INVISIBLE)
        ],
        "SuperscriptSize": 0.583,
        "SuperscriptPosition": 0.333,
        "SubscriptSize": 0.583,
        "SubscriptPosition": 0.333,
        "SmallCapSize": 0.7,
    }
    adjustments: Value = {"Axis": [1.0, 0.0, 1.0], "XY": [0.0, 0.0]}
    return {
        "EngineDict": {
            "Editor": {"Text": whole},
            "ParagraphRun": {
                "DefaultRunData": {
                    "ParagraphSheet": {"DefaultStyleSheet": 0, "Properties": {}},
                    "Adjustments": adjustments,
                },
                "RunArray": [
                    {"ParagraphSheet": {"DefaultStyleSheet": 0, "Properties": paragraph}, "Adjustments": adjustments}
                ],
                "RunLengthArray": [_units(whole)],
                "IsJoinable": 1,
            },
            "StyleRun": {
                "DefaultRunData": {"StyleSheet": {"StyleSheetData": {}}},
                "RunArray": [{"StyleSheet": {"StyleSheetData": _style(text, run)}} for run in text.runs],
                "RunLengthArray": lengths,
                "IsJoinable": 2,
            },
            "GridInfo": {
                "GridIsOn": False,
                "ShowGrid": False,
                "GridSize": 18.0,
                "GridLeading": 22.0,
                "GridColor": _colour("#0000ff"),
                "GridLeadingFillColor": _colour("#0000ff"),
                "AlignLineHeightToGridFlags": False,
            },
            "AntiAlias": _SMOOTH,
            "UseFractionalGlyphWidths": True,
            "Rendered": {"Version": 1, "Shapes": {"WritingDirection": 0, "Children": [_point()]}},
        },
        "ResourceDict": resources,
        "DocumentResources": resources,
    }


def _point() -> dict[str, Value]:
    """Type from a point on, not in a box."""
    base: Value = {
        "ShapeType": 0,
        "TransformPoint0": [1.0, 0.0],
        "TransformPoint1": [0.0, 1.0],
        "TransformPoint2": [0.0, 0.0],
    }
    return {
        "ShapeType": 0,
        "Procession": 0,
        "Lines": {"WritingDirection": 0, "Children": []},
        "Cookie": {"Photoshop": {"ShapeType": 0, "PointBase": [0.0, 0.0], "Base": base}},
    }


def _paragraph(text: Text) -> dict[str, Value]:
    return {
        "Justification": _RIGHT if text.right_to_left else _LEFT,
        "FirstLineIndent": 0.0,
        "StartIndent": 0.0,
        "EndIndent": 0.0,
        "SpaceBefore": 0.0,
        "SpaceAfter": 0.0,
        "AutoHyphenate": False,
        "HyphenatedWordSize": 6,
        "PreHyphen": 2,
        "PostHyphen": 2,
        "ConsecutiveHyphens": 8,
        "Zone": 36.0,
        "WordSpacing": [0.8, 1.0, 1.33],
        "LetterSpacing": [0.0, 0.0, 0.0],
        "GlyphSpacing": [1.0, 1.0, 1.0],
        "AutoLeading": 1.2,
        "LeadingType": 0,
        "Hanging": False,
        "Burasagari": False,
        "KinsokuOrder": 0,
        "EveryLineComposer": False,
    }


def _style(text: Text, run: Run) -> dict[str, Value]:
    return {
        "Font": 0,
        "FontSize": float(text.size),
        "FauxBold": False,
        "FauxItalic": False,
        "AutoLeading": True,
        "Leading": 0.0,
        "HorizontalScale": 1.0,
        "VerticalScale": 1.0,
        "Tracking": round(1000 * text.tracking / text.size),
        "AutoKerning": True,
        "Kerning": 0,
        "BaselineShift": 0.0,
        "FontCaps": 0,
        "FontBaseline": 0,
        "Underline": False,
        "Strikethrough": False,
        "Ligatures": True,
        "DLigatures": False,
        "BaselineDirection": 2,
        "Tsume": 0.0,
        "StyleRunAlignment": 2,
        "Language": 0,
        "NoBreak": False,
        "FillColor": _colour(mix(*run.colours, 0.5)),
        "FillFlag": True,
        "StrokeFlag": False,
    }


def _colour(colour: str) -> dict[str, Value]:
    return {"Type": 1, "Values": [1.0, *(channel / 255 for channel in channels(colour))]}


def _units(text: str) -> int:
    """UTF-16 code units: what the engine counts in."""
    return len(text.encode("utf-16-be")) // 2
