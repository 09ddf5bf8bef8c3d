"""Looking at a finished variant: large, told in words, beside its earlier self, measured, shared."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import receipt, rework, scoring, variant
from core.conversation.action import (
    AltText,
    BeforeAfter,
    FeedPreview,
    Info,
    OpenVariant,
    Run,
    SameLook,
    Score,
    Share,
    Undo,
)
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import GalleryView, TextView, Tone, Topic
from core.conversation.world import VariantFacts
from core.domain import series
from core.domain.job import JobKind

_WHICH: dict[str, type[Info | OpenVariant | Score]] = {"info": Info, "refine": OpenVariant, "score": Score}


def pressed(
    talk: Talk, facts: VariantFacts, action: OpenVariant | Info | BeforeAfter | FeedPreview | Score | Share
) -> Turn:
    voice, catalogue = talk.voice, talk.world.catalogue
    match action:
        case OpenVariant():
            return Turn(talk.session, (variant.alone(voice, facts, catalogue),))
        case Info():
            return Turn(talk.session, (info_view(talk, facts),))
        case Share():
            return _shared(talk, facts)
        case FeedPreview():
            return rework.place_free(talk, facts, JobKind.FEED_PREVIEW)
        case Score():
            return scored(talk, facts)
        case BeforeAfter():
            earlier = variant.earlier(facts)
            if earlier is None:
                return talk.toast(voice.say("variant.first_version"))
            before, now = (
                replace(variant.bare(voice, earlier, catalogue), variant="", caption=voice.say("variant.before")),
                replace(variant.bare(voice, facts, catalogue), caption=voice.say("variant.after")),
            )
            undo = rows(button(voice.say("button.undo"), Undo(facts.code)))
            return Turn(talk.session, (GalleryView(pictures=(before, now), rows=undo),))


def _shared(talk: Talk, facts: VariantFacts) -> Turn:
    member = talk.world.member
    if member and not member.posts:
        return talk.toast(talk.voice.say("server.no_posting"), Tone.WARNING)
    topic = None
    if member and len(member.channels) == 1:  # within a thread nothing begins another one
        topic = Topic(facts.job, facts.recipe.brief.headline, closed=not member.threads)
    return Turn(talk.session, (variant.shared(talk.voice, facts, talk.world.catalogue, topic),))


def scored(talk: Talk, facts: VariantFacts) -> Turn:
    """Measured by the worker, on the picture as it is now; which one it shall be is asked no more."""
    return rework.place_free(talk.having(judging=False), facts, JobKind.SCORE)


def info_view(talk: Talk, facts: VariantFacts) -> TextView:
    """A message of its own: no question about the variant takes its place."""
    voice = talk.voice
    return TextView(
        title=voice.say("info.title"),
        text=variant.info(voice, facts, talk.world.catalogue),
        copy=series.encode(facts.recipe),
        facts=receipt.searches(voice, (facts,)),
        chips=receipt.chips((facts,)),
        rows=rows(
            button(voice.say("button.show"), OpenVariant(facts.code)),
            button(voice.say("button.alt"), AltText(facts.code)),
            button(voice.say("button.same_look"), SameLook(facts.code)),
        ),
    )


def which(talk: Talk, command: str, codes: tuple[str, ...]) -> Turn:
    """Several pictures may be meant by `/info`, `/refine` or `/score`: one button each. One that is sent to be scored
    instead of pressing is an answer as well."""
    action = _WHICH[command]
    buttons = [
        button(talk.voice.say("button.number", number=number), action(code)) for number, code in enumerate(codes, 1)
    ]
    if command == "score":
        buttons.append(button(talk.voice.say("button.score_another"), Run("score", scoring.ANOTHER)))
    text = talk.voice.say("score.which" if command == "score" else "info.which")
    return Turn(talk.having(judging=command == "score").session, (TextView(text=text, rows=rows(*buttons, width=6)),))
