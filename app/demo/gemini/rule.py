"""What the service refuses before it draws."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from app.demo.gemini.model import Model
from app.demo.gemini.wire import Call, Json, Refusal, bad, decode

INLINE_BYTES = 100_000_000
TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"})
SECRET = b"stand-in"
YOUTUBE = ("https://www.youtube.com/watch?v=", "https://youtu.be/", "https://www.youtube.com/shorts/")
MODALITIES = frozenset({"TEXT", "IMAGE"})


class SignatureMissing(Exception):
    """Not an error but a finish reason."""


def sign(part: Json) -> str:
    """The signature of a part this service made: whoever sends the part back sends it too, unchanged."""
    payload = decode(part["inlineData"]["data"]) if "inlineData" in part else part.get("text", "").encode()
    return base64.b64encode(hmac.digest(SECRET, payload, hashlib.sha256)).decode()


def check(call: Call, model: Model, files: Mapping[str, bytes]) -> None:
    """Raises Refusal or SignatureMissing. `files` are the uploads by id."""
    turns = call.body.get("contents")
    if not turns:
        raise bad("contents is not specified")
    if turns[-1].get("role", "user") != "user":
        raise bad("Please ensure that the last turn is the user's")
    _image_config(call, model)
    _generation(call, model)
    _tools(call, model)
    _references(call, model, files)
    if model.thinks:
        _signatures(call)


def _image_config(call: Call, model: Model) -> None:
    config = call.config.get("imageConfig") or {}
    ratio, size = config.get("aspectRatio"), config.get("imageSize")
    if ratio is not None and ratio not in model.ratios:
        raise bad(f"Invalid value at generation_config.image_config.aspect_ratio: {ratio}")
    if size is not None and not model.sizes:
        raise bad("image_size is not supported by this model")
    if size is not None and size not in model.sizes:
        raise bad(f"Invalid value at generation_config.image_config.image_size: {size}")
    enterprise_only = {"personGeneration", "prominentPeople", "imageOutputOptions"} & set(config)
    if enterprise_only and not call.enterprise:
        raise bad(f"Unknown name {min(enterprise_only)}")


def _generation(call: Call, model: Model) -> None:
    config = call.config
    thinking = config.get("thinkingConfig")
    if thinking is not None:
        level = thinking.get("thinkingLevel")
        if not model.levels and (level is not None or not model.thinks):
            raise bad("Thinking level is not supported for this model")
        if level is not None and level not in model.levels:
            raise bad(f"Thinking level {level} is not supported for this model")
    if not set(config.get("responseModalities") or MODALITIES) <= MODALITIES:
        raise bad("response_modalities")
    if config.get("candidateCount", 1) != 1:
        raise bad("Multiple candidates is not enabled for this model")
    if {"responseSchema", "responseJsonSchema", "responseMimeType"} & set(config):
        raise bad("JSON mode is not enabled for this model")


def _tools(call: Call, model: Model) -> None:
    for tool in call.body.get("tools") or ():
        if set(tool) != {"googleSearch"} or not model.searches:
            raise bad("Search as tool is not enabled for this model")
        for kind in tool["googleSearch"].get("searchTypes") or {"webSearch": {}}:
            if kind not in model.searches:
                raise bad(f"{kind} is not enabled for this model")


def _references(call: Call, model: Model, files: Mapping[str, bytes]) -> None:
    weight, count = 0, 0
    for part in call.parts():
        if blob := part.get("inlineData"):
            weight += len(blob["data"])
            if blob.get("mimeType") not in TYPES:
                raise bad(f"Unsupported MIME type: {blob.get('mimeType')}")
    for part in call.parts("user"):
        count += "inlineData" in part or ("fileData" in part and not _video(part, model))
        if "fileData" in part and not _video(part, model):
            _file(part["fileData"], files)
    if weight > INLINE_BYTES:
        raise bad("Request payload size exceeds the limit: 104857600 bytes.")
    if count > model.references:
        raise bad(f"Too many images: {count}, the limit is {model.references}")


def _video(part: Json, model: Model) -> bool:
    if not part["fileData"].get("fileUri", "").startswith(YOUTUBE):
        return False
    if not model.video:
        raise bad("Video input is not enabled for this model")
    return True


def _file(data: Json, files: Mapping[str, bytes]) -> None:
    if data.get("fileUri", "").rpartition("/")[2] not in files:
        raise Refusal(403, "PERMISSION_DENIED", "You do not have permission to access the File or it may not exist.")


def _signatures(call: Call) -> None:
    for part in call.parts("model"):
        signature = part.get("thoughtSignature")
        if signature is None and "inlineData" in part and not part.get("thought"):
            raise SignatureMissing
        if signature is not None and decode(signature) != decode(sign(part)):
            raise bad("Thought signature is not valid.")
