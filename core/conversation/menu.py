"""Menus: the command table in words, for platforms that register commands and complete what is typed into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.conversation import card, listing
from core.conversation.command import Command, Parameter, Takes
from core.conversation.script import QUESTIONS
from core.conversation.texts import Speaker
from core.conversation.view import Option
from core.conversation.world import JobFacts, VariantFacts
from core.domain.model import Catalogue
from core.domain.preset import PRESETS

Completion = tuple[str, str]
"""Label and value."""


def entry(voice: Speaker, command: Command) -> str:
    """Its name in the menu of a message."""
    return voice.say(f"menu.{command.name}")


def hint(voice: Speaker, parameter: Parameter) -> str:
    return voice.say(f"parameter.{parameter.name}")


def asked(voice: Speaker, question: str) -> tuple[str, str]:
    """A question's name, and its sentence."""
    return voice.say(f"question.{question}.name"), voice.say(f"question.{question}.ask")


def choices(voice: Speaker, question: str, catalogue: Catalogue) -> tuple[Option, ...]:
    """What a form offers for a question of a brief that is yet to be made."""
    offered = QUESTIONS[question].offers(catalogue)
    return tuple(Option(card.named(voice, question, value, catalogue), value, "") for value in offered)


def completions(
    voice: Speaker,
    parameter: Parameter,
    typed: str,
    catalogue: Catalogue,
    variants: Sequence[VariantFacts] = (),
    jobs: Sequence[JobFacts] = (),
) -> tuple[Completion, ...]:
    """What a parameter may be completed to: whatever has the typed words in it. `variants` and `jobs`: the person's
    own."""
    match parameter.takes:
        case Takes.PRESET:
            found: Iterable[Completion] = ((voice.say(f"preset.{name}"), name) for name in PRESETS)
        case Takes.ANSWER:
            found = ((one.label, one.value) for one in choices(voice, parameter.answers, catalogue))
        case Takes.VARIANT:
            found = _named(voice, variants)
        case Takes.JOB:
            found = ((listing.job_line(voice, n, job, costs=False), job.code) for n, job in enumerate(jobs, 1))
        case Takes.WORDS | Takes.PICTURE:
            found = ()
    wanted = typed.casefold().strip()
    return tuple(one for one in found if any(wanted in words.casefold() for words in one))


def _named(voice: Speaker, variants: Sequence[VariantFacts]) -> Iterator[Completion]:
    for one in variants:
        brief = one.recipe.brief
        vibe = card.label(voice, "vibe", brief.vibe)
        yield voice.say("variant.alt", number=one.position, headline=brief.headline, vibe=vibe), one.code
