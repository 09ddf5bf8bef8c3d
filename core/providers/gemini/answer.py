"""What the model answered → a picture with its note, conversation and cost, or the error it amounts to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import ceil

from google.genai import types

from core.domain.format import Size
from core.domain.model import Capability, ModelSpec
from core.domain.record import Json
from core.prompting.data import clean
from core.providers import frame
from core.providers.base import Original, Painted, Usage
from core.providers.error import (
    CutShort,
    NoPicture,
    PictureRefused,
    PromptRefused,
    ProviderError,
    Recited,
    ThreadLost,
    Undecodable,
    WrongSize,
)
from core.providers.gemini import picture, thread
from core.providers.gemini.request import Ask
from core.providers.reader import ALT_LENGTH

FINISHES: Mapping[str, type[ProviderError]] = {
    "SAFETY": PictureRefused,
    "BLOCKLIST": PictureRefused,
    "PROHIBITED_CONTENT": PictureRefused,
    "SPII": PictureRefused,
    "MODEL_ARMOR": PictureRefused,
    "IMAGE_SAFETY": PictureRefused,
    "IMAGE_PROHIBITED_CONTENT": PictureRefused,
    "RECITATION": Recited,
    "IMAGE_RECITATION": Recited,
    "MAX_TOKENS": CutShort,
    "MISSING_THOUGHT_SIGNATURE": ThreadLost,
}
"""Finish reasons without a picture; every other one, also those of tomorrow, is NoPicture."""
UNDRAWN = frozenset(FINISHES) - {"MAX_TOKENS"}
"""With these a picture in the answer does not count."""

MOST_CUT, LEAST_SIDE = 0.25, 0.5
"""A picture that lost a quarter when cut to the ratio that was asked for, or has half the pixels a side, is another."""

SAID_AT_MOST = 4_000
"""Characters of an answer that are looked at for its one line."""
_MARKUP = (
    (re.compile(r"<[^<>]*>"), " "),
    (re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)"), r"\1"),
    (re.compile(r"(?:https?://|www\.)\S+"), " "),
    (re.compile(r"[<>*`~#|\\]+|\b__?|__?\b"), ""),
)
"""Tags, links and emphasis: whatever a model writes them for, a line of alt text has none."""
_SENTENCE = re.compile(r".*[.!?。！？।؟…](?=\s|$)")


def painted(response: types.GenerateContentResponse, ask: Ask, *, price: float = 1.0) -> Painted:
    """`price` is the factor of the batch API. Raises ProviderError with what the call cost all the same."""
    usage = used(response, ask.spec, ask.frame.size, price)
    try:
        original = _original(response)
        size = check(original, ask.frame.pixels)
    except ProviderError as error:
        error.cost_micro_usd = usage.cost_micro_usd
        raise
    turns = [*ask.turns, types.Content(role="model", parts=list(_parts(response)))]
    return Painted(
        original=original,
        conversation=thread.dump(turns, ask.spec.id) if ask.spec.can(Capability.MULTI_TURN) else None,
        usage=usage,
        facts=_facts(response) | {"painted_width": size.width, "painted_height": size.height},
    )


def check(original: Original, asked: Size | None) -> Size:
    """The picture's size. Raises Undecodable, and WrongSize for something else than what was asked for."""
    header = picture.read(original.data)
    size = Size(header.width, header.height)
    if asked and (frame.loss(size, asked) > MOST_CUT or size.width < LEAST_SIDE * asked.width):
        raise WrongSize(f"{size} instead of {asked}")
    return size


def text(response: types.GenerateContentResponse) -> str:
    """The words of the answer, thinking left out."""
    return "\n".join(part.text.strip() for part in _parts(response) if part.text and not part.thought).strip()


def aside(words: str, longest: int = ALT_LENGTH) -> str:
    """What a model said beside its picture as one plain line: no markup, no address, no character without a shape. A
    longer one ends with its last whole sentence, or else its last whole word."""
    line = words[:SAID_AT_MOST]
    for pattern, instead in _MARKUP:
        line = pattern.sub(instead, line)
    line = clean(line, SAID_AT_MOST).replace(" .", ".").replace(" ,", ",").strip('"“”„«» ')
    if len(line) <= longest:
        return line
    whole = _SENTENCE.match(line[:longest])
    return whole[0] if whole else f"{line[: longest - 1].rpartition(' ')[0] or line[: longest - 1]}…"


def last_picture(parts: Sequence[types.Part]) -> Original | None:
    """Models that think show drafts first, some without marking them: the last picture is the one."""
    for part in reversed(parts):
        if part.inline_data and part.inline_data.data and not part.thought:
            data = part.inline_data.data
            return Original(data=data, media_type=picture.read(data).media_type)
    return None


def refusal(response: types.GenerateContentResponse) -> ProviderError | None:
    """What the answer says instead of answering."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        return PromptRefused(feedback.block_reason.value)
    finish = _finish(response)
    return FINISHES[finish](finish) if finish in UNDRAWN else None


def used(response: types.GenerateContentResponse, spec: ModelSpec, size: str = "", price: float = 1.0) -> Usage:
    """Tokens by direction and modality, and their price by the model's rates.

    The price list counts where there are no rates, and for a picture whose tokens nobody said.
    """
    tokens = _tokens(response)
    rates = spec.rates
    if rates is None or (not tokens and _drew(response)):
        return Usage(cost_micro_usd=ceil(price * listed(spec, size)), tokens=tokens)
    asked = sum(count for name, count in tokens.items() if name.startswith("in_"))
    drawn = tokens.get("out_image", 0)
    said = sum(count for name, count in tokens.items() if name.startswith("out_")) - drawn + tokens.get("thoughts", 0)
    cost = asked * rates.text_in + drawn * rates.image_out + said * rates.text_out
    return Usage(cost_micro_usd=ceil(price * cost / 1_000_000), tokens=tokens)


def listed(spec: ModelSpec, size: str) -> float:
    """Micro-USD of a picture by the price list; a size that is not in it costs what the first one does."""
    return spec.prices.get(size) or next(iter(spec.prices.values()), 0)


def _original(response: types.GenerateContentResponse) -> Original:
    if error := refusal(response):
        raise error
    if original := last_picture(_parts(response)):
        return original
    finish = _finish(response)
    if any(part.inline_data and not part.thought for part in _parts(response)):
        raise Undecodable("an empty picture")
    raise FINISHES.get(finish, NoPicture)(f"{finish or 'no finish reason'}: {text(response)[:200]}")


def _parts(response: types.GenerateContentResponse) -> Sequence[types.Part]:
    content = response.candidates[0].content if response.candidates else None
    return (content.parts or ()) if content else ()


def _drew(response: types.GenerateContentResponse) -> bool:
    return any(part.inline_data for part in _parts(response))


def _finish(response: types.GenerateContentResponse) -> str:
    reason = response.candidates[0].finish_reason if response.candidates else None
    return reason.value if reason else ""


def _tokens(response: types.GenerateContentResponse) -> dict[str, int]:
    usage = response.usage_metadata
    if usage is None:
        return {}
    asked = _by_modality(usage.prompt_tokens_details, usage.prompt_token_count, "in", "text")
    # Without details the answer's tokens are a picture's if there is one: that is what they cost.
    rest = "image" if _drew(response) else "text"
    said = _by_modality(usage.candidates_tokens_details, usage.candidates_token_count, "out", rest)
    extra = {"in_tool": usage.tool_use_prompt_token_count, "thoughts": usage.thoughts_token_count}
    return asked | said | {name: count for name, count in extra.items() if count}


def _by_modality(
    details: Sequence[types.ModalityTokenCount] | None, total: int | None, direction: str, rest: str
) -> dict[str, int]:
    """The counts by modality; what the details leave out of the total counts as `rest`."""
    counts: dict[str, int] = {}
    for row in details or ():
        name = f"{direction}_{row.modality.value.lower() if row.modality else rest}"
        counts[name] = counts.get(name, 0) + (row.token_count or 0)
    if (left := (total or 0) - sum(counts.values())) > 0:
        counts[f"{direction}_{rest}"] = counts.get(f"{direction}_{rest}", 0) + left
    return counts


def _facts(response: types.GenerateContentResponse) -> dict[str, Json]:
    facts: dict[str, Json] = {
        "response_id": response.response_id,
        "model_version": response.model_version,
        "note": aside(text(response)),
    }
    grounding = response.candidates[0].grounding_metadata if response.candidates else None
    if grounding:
        # The terms of search want the provider's own chip shown with a grounded picture.
        chip = grounding.search_entry_point.rendered_content if grounding.search_entry_point else None
        facts["search_chip"] = chip
        facts["search_queries"] = [*(grounding.web_search_queries or ()), *(grounding.image_search_queries or ())]
        facts["sources"] = [
            {"title": row.web.title, "url": row.web.uri} for row in grounding.grounding_chunks or () if row.web
        ]
    return {name: value for name, value in facts.items() if value}
