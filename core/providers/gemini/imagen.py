"""The Imagen family: generate, edit and upscale. Enterprise only; by key the SDK refuses before anything is sent."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable
from dataclasses import replace
from math import ceil
from typing import Any, TypeVar

from google import genai
from google.genai import types

from core.domain.format import Size
from core.domain.model import Capability, ModelSpec
from core.domain.prompt import Prompt, Reference, ReferenceRole, VideoLink
from core.providers import frame
from core.providers.base import Original, Painted, PaintRequest, Usage
from core.providers.error import BadRequest, NoPicture, PictureRefused, ProviderError
from core.providers.frame import Frame
from core.providers.gemini import answer, picture
from core.providers.gemini.client import within
from core.providers.gemini.fault import translated
from core.providers.gemini.request import SEEDS, addressed

FAMILY = "imagen"
FACTORS = ("x2", "x4")
T = TypeVar("T")

_NAMES = {
    ReferenceRole.CANVAS: "the picture to change",
    ReferenceRole.LAYOUT: "the layout to follow",
    ReferenceRole.PERSON: "the person",
    ReferenceRole.STYLE: "the style",
    ReferenceRole.BRAND: "the brand's colours",
}

_ROLES: dict[ReferenceRole, Callable[[int, types.Image], Any]] = {
    ReferenceRole.CANVAS: lambda number, image: types.RawReferenceImage(reference_id=number, reference_image=image),
    ReferenceRole.LAYOUT: lambda number, image: types.RawReferenceImage(reference_id=number, reference_image=image),
    ReferenceRole.PERSON: lambda number, image: types.SubjectReferenceImage(
        reference_id=number,
        reference_image=image,
        config=types.SubjectReferenceConfig(subject_type=types.SubjectReferenceType.SUBJECT_TYPE_PERSON),
    ),
    ReferenceRole.STYLE: lambda number, image: types.StyleReferenceImage(reference_id=number, reference_image=image),
    ReferenceRole.BRAND: lambda number, image: types.StyleReferenceImage(reference_id=number, reference_image=image),
}


async def paint(client: genai.Client, request: PaintRequest) -> Painted:
    """Generate, or edit when references go in. Raises ProviderError."""
    spec, prompt = addressed(request)
    if prompt.references and not spec.can(Capability.EDIT):
        raise BadRequest(f"{spec.id} takes no references")
    if len(prompt.references) > spec.max_references:
        raise BadRequest(f"{spec.id} takes no {len(prompt.references)} references")
    # Editing has no size field: 1K comes back.
    sized = replace(spec, sizes=()) if prompt.references else spec
    wanted = frame.choose(sized, request.size, request.recipe.brief.quality)
    options = _options(request, spec, wanted)
    asked: dict[str, Any] = {"model": spec.id, "prompt": _words(prompt)}
    if prompt.references:
        call: Callable[..., Any] = client.aio.models.edit_image
        asked["reference_images"] = _references(prompt)
        asked["config"] = types.EditImageConfig(edit_mode=types.EditMode.EDIT_MODE_DEFAULT, **options)
    else:
        call = client.aio.models.generate_images
        asked["config"] = types.GenerateImagesConfig(image_size=wanted.size or None, **options)
    with translated():
        found = await _quietly(call, **asked)
    return _painted(found.generated_images, spec, wanted.size, wanted.pixels)


async def upscale(
    client: genai.Client, spec: ModelSpec, original: Original, factor: str, *, timeout_s: float = 120.0
) -> Painted:
    """The picture with its sides times `factor` ("x2" or "x4"). Raises ProviderError."""
    if not spec.can(Capability.UPSCALE) or factor not in FACTORS:
        raise BadRequest(f"{spec.id} does not enlarge {factor}")
    header = picture.read(original.data)
    times = int(factor[1:])
    with translated():
        found = await _quietly(
            client.aio.models.upscale_image,
            model=spec.id,
            image=types.Image(image_bytes=original.data, mime_type=original.media_type),
            upscale_factor=factor,
            config=types.UpscaleImageConfig(
                http_options=within(timeout_s), include_rai_reason=True, output_mime_type="image/png"
            ),
        )
    return _painted(found.generated_images, spec, factor, Size(header.width * times, header.height * times))


def _options(request: PaintRequest, spec: ModelSpec, wanted: Frame) -> dict[str, Any]:
    level = types.SafetyFilterLevel.BLOCK_LOW_AND_ABOVE if request.strict else None
    options: dict[str, Any] = {
        "http_options": within(request.timeout_s),
        "number_of_images": 1,
        "aspect_ratio": wanted.ratio or None,
        "safety_filter_level": level or types.SafetyFilterLevel.BLOCK_MEDIUM_AND_ABOVE,
        "person_generation": types.PersonGeneration.ALLOW_ADULT,
        "include_rai_reason": True,
        "output_mime_type": "image/png",
    }
    if spec.can(Capability.SEED):
        # A watermark and a seed exclude each other here.
        options |= {"seed": request.recipe.seed % SEEDS, "add_watermark": False}
    return options


def _words(prompt: Prompt) -> str:
    """One text: this family has no system instruction, and wants its references named as [1], [2] ..."""
    words, number = [prompt.system] if prompt.system else [], 0
    for part in prompt.parts:
        match part:
            case str():
                words.append(part)
            case Reference(role=role):
                number += 1
                words.append(f"Image [{number}] is {_NAMES[role]}.")
            case VideoLink():
                raise BadRequest("this family takes no video")
    return "\n".join(words)


def _references(prompt: Prompt) -> list[Any]:
    return [
        _ROLES[reference.role](number, types.Image(image_bytes=reference.data, mime_type=reference.media_type))
        for number, reference in enumerate(prompt.references, 1)
    ]


async def _quietly(call: Callable[..., Awaitable[T]], **arguments: Any) -> T:
    """The SDK announces at the first call that the method goes away in 2027; the catalogue knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pending = call(**arguments)
    return await pending


def _painted(images: list[types.GeneratedImage] | None, spec: ModelSpec, size: str, asked: Size | None) -> Painted:
    for generated in images or ():
        if generated.image and generated.image.image_bytes:
            data = generated.image.image_bytes
            usage = Usage(cost_micro_usd=ceil(answer.listed(spec, size)))
            try:
                original = Original(data=data, media_type=picture.read(data).media_type)
                seen = answer.check(original, asked)
            except ProviderError as error:
                error.cost_micro_usd = usage.cost_micro_usd
                raise
            return Painted(
                original=original,
                usage=usage,
                facts={"painted_width": seen.width, "painted_height": seen.height},
            )
        if generated.rai_filtered_reason:
            raise PictureRefused(generated.rai_filtered_reason)
    raise NoPicture("no image in the answer")
