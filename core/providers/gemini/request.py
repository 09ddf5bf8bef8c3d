"""PaintRequest → what the SDK sends, strictly by what the model takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from google.genai import types

from core.domain.model import Capability, ModelSpec, Thinking
from core.domain.prompt import Part, Prompt, Reference, VideoLink
from core.providers import frame
from core.providers.base import PaintRequest
from core.providers.error import BadRequest
from core.providers.frame import Frame
from core.providers.gemini import thread
from core.providers.gemini.client import within

SEEDS = 2**31
"""The field is a signed 32-bit number."""
AROUND_S = 10
"""Seconds of a video before and after its moment."""
CLASSIC = (
    types.HarmCategory.HARM_CATEGORY_HARASSMENT,
    types.HarmCategory.HARM_CATEGORY_HATE_SPEECH,
    types.HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT,
    types.HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT,
)
"""The categories whose thresholds image models take."""
TIERS = {tier.value: tier for tier in types.ServiceTier}

Place = Callable[[bytes, str], types.Part]
"""A reference's bytes and type → the part that brings it: inline, or the uploaded file."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of generateContent."""

    spec: ModelSpec
    contents: list[types.Content]
    """As sent; the files of the shelf by address."""
    turns: list[types.Content]
    """As kept: the same with every picture inline, because uploaded files do not outlive the job."""
    config: types.GenerateContentConfig
    frame: Frame


def inline(data: bytes, media_type: str) -> types.Part:
    return types.Part(inline_data=types.Blob(data=data, mime_type=media_type))


def build(request: PaintRequest, place: Place = inline, *, service_tier: str = "", enterprise: bool = False) -> Ask:
    """Raises BadRequest for what this model cannot do, before anything is sent."""
    spec, prompt = addressed(request)
    turns = thread.load(request.conversation, spec.id) if request.conversation is not None else []
    turns.append(types.Content(role="user", parts=[part(row, enterprise) for row in prompt.parts]))
    _check(spec, request, prompt, turns)
    wanted = frame.choose(spec, request.size, request.recipe.brief.quality)
    config = _config(request, spec, prompt, wanted, service_tier=service_tier)
    return Ask(spec, [_placed(turn, place) for turn in turns], turns, config, wanted)


def addressed(request: PaintRequest) -> tuple[ModelSpec, Prompt]:
    if request.model is None or request.prompt is None:
        raise ValueError("a model is asked with its spec and a prompt")
    return request.model, request.prompt


def safety(strict: bool) -> list[types.SafetySetting]:
    threshold = (
        types.HarmBlockThreshold.BLOCK_LOW_AND_ABOVE if strict else types.HarmBlockThreshold.BLOCK_MEDIUM_AND_ABOVE
    )
    return [types.SafetySetting(category=category, threshold=threshold) for category in CLASSIC]


def part(said: Part, enterprise: bool) -> types.Part:
    match said:
        case str():
            return types.Part(text=said)
        case Reference(data=data, media_type=media_type):
            return inline(data, media_type)
        case VideoLink(url=url, moment_s=moment):
            # Enterprise wants a type with every address; by key a YouTube link goes without.
            file = types.FileData(file_uri=url, mime_type="video/*" if enterprise else None)
            return types.Part(file_data=file, video_metadata=None if moment is None else _around(moment))


def _around(moment_s: int) -> types.VideoMetadata:
    """Every second watched is billed, in each variant: a moment is enough for a picture of it."""
    start = max(0, moment_s - AROUND_S)
    return types.VideoMetadata(start_offset=f"{start}s", end_offset=f"{moment_s + AROUND_S}s")


def _placed(turn: types.Content, place: Place) -> types.Content:
    """The turn with the person's pictures where the shelf has them; the model's own go back as they came."""
    if turn.role != "user":
        return turn
    parts = [
        place(row.inline_data.data or b"", row.inline_data.mime_type or "") if row.inline_data else row
        for row in turn.parts or ()
    ]
    return types.Content(role=turn.role, parts=parts)


def _check(spec: ModelSpec, request: PaintRequest, prompt: Prompt, turns: Sequence[types.Content]) -> None:
    pictures = sum(bool(row.inline_data) for turn in turns if turn.role == "user" for row in turn.parts or ())
    able = {
        "references": not prompt.references or spec.can(Capability.EDIT) or spec.can(Capability.COMPOSE),
        "several references": len(prompt.references) < 2 or spec.can(Capability.COMPOSE),
        f"{pictures} references": pictures <= spec.max_references,
        "conversations": request.conversation is None or spec.can(Capability.MULTI_TURN),
        "video": not any(isinstance(row, VideoLink) for row in prompt.parts) or spec.can(Capability.VIDEO_CONTEXT),
    }
    if missing := [name for name, fits in able.items() if not fits]:
        raise BadRequest(f"{spec.id} takes no {', no '.join(missing)}")


def _config(
    request: PaintRequest, spec: ModelSpec, prompt: Prompt, wanted: Frame, *, service_tier: str
) -> types.GenerateContentConfig:
    config = types.GenerateContentConfig(
        http_options=within(request.timeout_s),
        # The line for those who cannot see the picture; a grounded answer has its sources beside it.
        response_modalities=["TEXT", "IMAGE"],
        system_instruction=prompt.system or None,
    )
    if wanted.ratio or wanted.size:
        config.image_config = types.ImageConfig(aspect_ratio=wanted.ratio or None, image_size=wanted.size or None)
    if spec.can(Capability.SEED):
        config.seed = request.recipe.seed % SEEDS
    if spec.can(Capability.SAFETY):
        config.safety_settings = safety(request.strict)
    if level := _thinking(spec, request.thinking):
        config.thinking_config = types.ThinkingConfig(thinking_level=types.ThinkingLevel(level.value.upper()))
    if request.search and spec.can(Capability.SEARCH_WEB):
        config.tools = [types.Tool(google_search=_search(spec))]
    if service_tier and spec.can(Capability.SERVICE_TIER):
        config.service_tier = TIERS[service_tier]
    return config


def _thinking(spec: ModelSpec, wanted: Thinking | None) -> Thinking | None:
    """The wanted level, or the next stronger one the model has, or its strongest."""
    if wanted is None or not spec.thinking:
        return None
    order = list(Thinking)
    return next(
        (level for level in spec.thinking if order.index(level) >= order.index(wanted)),
        spec.thinking[-1],
    )


def _search(spec: ModelSpec) -> types.GoogleSearch:
    if not spec.can(Capability.SEARCH_IMAGE):
        return types.GoogleSearch()
    return types.GoogleSearch(
        search_types=types.SearchTypes(web_search=types.WebSearch(), image_search=types.ImageSearch())
    )
