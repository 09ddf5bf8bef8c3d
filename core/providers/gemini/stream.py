"""Chunks of a streamed answer → drafts as they come, and at the end the answer as one."""

from __future__ import annotations

from collections.abc import Sequence

from google.genai import types

from core.providers.base import Original
from core.providers.error import Undecodable
from core.providers.gemini import picture


def drafts(chunk: types.GenerateContentResponse) -> list[Original]:
    """The pictures of a chunk that are marked as thought; one that is not may be the final one."""
    found = []
    for part in _parts(chunk):
        if part.thought and part.inline_data and part.inline_data.data:
            try:
                header = picture.read(part.inline_data.data)
            except Undecodable:
                continue  # the final answer is judged as a whole; a broken draft is only not shown
            found.append(Original(data=part.inline_data.data, media_type=header.media_type))
    return found


def joined(chunks: Sequence[types.GenerateContentResponse]) -> types.GenerateContentResponse:
    """One answer: all parts in order, and of everything else what was said last."""
    if not chunks:
        return types.GenerateContentResponse()
    parts = [part for chunk in chunks for part in _parts(chunk)]
    candidates = [chunk.candidates[0] for chunk in chunks if chunk.candidates]
    answer = chunks[-1].model_copy()
    for chunk in chunks:
        answer.prompt_feedback = chunk.prompt_feedback or answer.prompt_feedback
        answer.usage_metadata = chunk.usage_metadata or answer.usage_metadata
    if candidates:
        last = candidates[-1].model_copy(update={"content": types.Content(role="model", parts=parts)})
        for candidate in candidates:
            last.finish_reason = candidate.finish_reason or last.finish_reason
            last.grounding_metadata = candidate.grounding_metadata or last.grounding_metadata
        answer.candidates = [last]
    return answer


def _parts(chunk: types.GenerateContentResponse) -> Sequence[types.Part]:
    content = chunk.candidates[0].content if chunk.candidates else None
    return (content.parts or ()) if content else ()
