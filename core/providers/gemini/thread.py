"""A conversation as bytes: every turn with its thought signatures, so that any replica can go on from it.

Form: a magic word, the length of a JSON header (big endian, 4 bytes), the header, and the pictures one after the other.
Each picture is kept once, however often it is spoken of. Drafts of the model's thinking are left out unless signed:
signatures must go back unchanged, drafts need not go back at all and weigh a megabyte each.

A conversation belongs to its model: another one does not know the signatures. Who wants to go on elsewhere begins
anew, with the picture as the CANVAS.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Sequence
from typing import Any

from google.genai import types

from core.providers.error import ThreadLost

MAGIC = b"TFG1"


def dump(turns: Sequence[types.Content], model: str) -> bytes:
    blobs: dict[bytes, int] = {}
    said = [
        {"role": turn.role, "parts": [_record(part, blobs) for part in turn.parts or () if _kept(part)]}
        for turn in turns
    ]
    header = {"model": model, "turns": said, "blobs": [len(blob) for blob in blobs]}
    packed = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((MAGIC, struct.pack(">I", len(packed)), packed, *blobs))


def load(data: bytes, model: str) -> list[types.Content]:
    """Raises ThreadLost for bytes that `dump` did not make, and for the conversation of another model."""
    try:
        if not data.startswith(MAGIC):
            raise ThreadLost("not a conversation of this provider")
        (length,) = struct.unpack(">I", data[4:8])
        header = json.loads(data[8 : 8 + length])
        if header["model"] != model:
            raise ThreadLost(f"a conversation with {header['model']}")
        blobs, at = [], 8 + length
        for size in header["blobs"]:
            blobs.append(data[at : at + size])
            at += size
        if at != len(data):
            raise ThreadLost("the conversation is cut off")
        return [
            types.Content(role=turn["role"], parts=[_part(part, blobs) for part in turn["parts"]])
            for turn in header["turns"]
        ]
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise ThreadLost("the conversation cannot be read") from error


def _kept(part: types.Part) -> bool:
    return not part.thought or part.thought_signature is not None


def _record(part: types.Part, blobs: dict[bytes, int]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    if part.text is not None:
        record["text"] = part.text
    if part.inline_data is not None:
        record["blob"] = blobs.setdefault(part.inline_data.data or b"", len(blobs))
        record["type"] = part.inline_data.mime_type
    if part.file_data is not None:
        record["uri"], record["uri_type"] = part.file_data.file_uri, part.file_data.mime_type
    if part.thought:
        record["thought"] = True
    if part.thought_signature is not None:
        record["signature"] = base64.b64encode(part.thought_signature).decode()
    return record


def _part(record: dict[str, Any], blobs: Sequence[bytes]) -> types.Part:
    part = types.Part(text=record.get("text"), thought=record.get("thought"))
    if "blob" in record:
        part.inline_data = types.Blob(data=blobs[record["blob"]], mime_type=record["type"])
    if "uri" in record:
        part.file_data = types.FileData(file_uri=record["uri"], mime_type=record["uri_type"])
    if "signature" in record:
        part.thought_signature = base64.b64decode(record["signature"])
    return part
