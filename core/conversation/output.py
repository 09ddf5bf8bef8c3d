"""What is made of a finished variant as it is: larger, in another size, as another file."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import rework, variant
from core.conversation.action import GetFile, OtherSize, Upscale
from core.conversation.talk import Talk
from core.conversation.turn import Turn
from core.conversation.world import VariantFacts
from core.domain.brief import FileType
from core.domain.format import FORMATS, Quality
from core.domain.job import JobKind


def pressed(talk: Talk, facts: VariantFacts, action: Upscale | OtherSize | GetFile) -> Turn:
    match action:
        case Upscale():
            return _upscale(talk, facts)
        case OtherSize():
            return _other_size(talk, facts, action.format)
        case GetFile():
            return _get_file(talk, facts, action.type)


def _upscale(talk: Talk, facts: VariantFacts) -> Turn:
    brief = replace(facts.recipe.brief, quality=Quality.FOUR_K)
    if not variant.larger(facts):
        return talk.toast(talk.voice.say("variant.largest"))
    return rework.place_free(talk, facts, JobKind.UPSCALE, brief)


def _other_size(talk: Talk, facts: VariantFacts, name: str) -> Turn:
    if name == variant.ALL_SIZES:
        return rework.place_free(talk, facts, JobKind.ALL_SIZES)
    if name not in FORMATS:
        return rework.choose(
            talk,
            facts,
            talk.voice.say("variant.which_size"),
            variant.size_rows(talk.voice, facts, talk.world.catalogue),
        )
    return rework.place_free(talk, facts, JobKind.RESIZE, replace(facts.recipe.brief, format=name), format=name)


def _get_file(talk: Talk, facts: VariantFacts, kind: str) -> Turn:
    if kind not in list(FileType):
        uses = (talk.voice.say(f"file_use.{one}") for one in FileType)
        text = "\n".join((talk.voice.say("variant.which_file"), *uses))
        return rework.choose(talk, facts, text, variant.file_rows(talk.voice, facts))
    return rework.place_free(talk, facts, JobKind.FILE, type=kind)
