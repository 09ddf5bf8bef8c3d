"""Saying it again, more carefully: the one second try after a soft refusal."""

from __future__ import annotations

from dataclasses import replace

from core.domain.prompt import Prompt

_CAREFUL = (
    "Take the subject in its most harmless meaning, as a metaphor: an original everyday scene suited to all ages. "
    "Everybody is an adult, fully clothed, unharmed and at ease; nothing dangerous, medical, political or intimate is "
    "shown or hinted at. The picture resembles no existing photograph, film, artwork, character, product or brand."
)
_MILDER = {
    "high-impact": "expressive",
    "urgent, loud, impossible to scroll past": "lively, clear, inviting",
    "dramatic, charged, a story about to turn": "quiet, thoughtful, full of expectation",
    "honest shock: eyes wide, brows raised, mouth open; a real person surprised, not a grimace": (
        "friendly surprise: eyes and mouth a little open"
    ),
    "concern: brows drawn together, eyes serious, mouth closed": "a thoughtful look, mouth closed",
    "absurd, cheeky, instantly readable": "cheerful, good-natured, instantly readable",
}
"""Our own strong words and what they are softened to; a person's words stay theirs."""


def reword(prompt: Prompt) -> Prompt:
    """The same request in safer words; a prompt that was reworded already comes back as it is."""
    *before, request, data = prompt.parts
    assert isinstance(request, str)
    if _CAREFUL in request:
        return prompt
    for strong, mild in _MILDER.items():
        request = request.replace(strong, mild)
    return replace(prompt, parts=(*before, f"{request}\n\n{_CAREFUL}", data))
