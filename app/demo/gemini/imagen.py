"""The Imagen family's predict: generate, edit, upscale."""

from __future__ import annotations

import asyncio
import base64

from app.demo.gemini import paint
from app.demo.gemini.answer import scaled
from app.demo.gemini.model import IMAGEN
from app.demo.gemini.paint import Scene
from app.demo.gemini.wire import Call, Json, bad, decode


async def predict(call: Call) -> Json:
    """Raises Refusal."""
    instance, parameters = call.body["instances"][0], call.body.get("parameters") or {}
    if parameters.get("mode") == "upscale":
        factor = int(parameters["upscaleConfig"]["upscaleFactor"][1:])
        drawn = await asyncio.to_thread(paint.enlarged, decode(instance["image"]["bytesBase64Encoded"]), factor)
    else:
        drawn = await asyncio.to_thread(paint.paint, _scene(instance, parameters))
    drawn = await asyncio.to_thread(paint.png, drawn)
    return {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": base64.b64encode(drawn).decode()}]}


def _scene(instance: Json, parameters: Json) -> Scene:
    if "seed" in parameters and parameters.get("addWatermark", True):
        raise bad("seed is not supported when addWatermark is enabled")
    ratio, size = parameters.get("aspectRatio", "1:1"), parameters.get("sampleImageSize", "1K")
    if ratio not in IMAGEN or size not in ("1K", "2K"):
        raise bad(f"{ratio} {size}")
    base, person = None, None
    for row in instance.get("referenceImages", ()):
        data = decode(row["referenceImage"]["bytesBase64Encoded"])
        if row["referenceType"] == "REFERENCE_TYPE_SUBJECT":
            person = data
        else:
            base = data
    return Scene(instance["prompt"], parameters.get("seed", 0), scaled(IMAGEN[ratio], size), base, person)
