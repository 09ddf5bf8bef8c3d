"""Beginning again from a finished brief: the whole of it, or its look for another headline."""

from __future__ import annotations

from dataclasses import replace

from core.conversation.event import Photo
from core.conversation.script import PER_VIDEO
from core.conversation.step import next_step
from core.conversation.talk import Talk
from core.conversation.turn import Turn
from core.conversation.world import VariantFacts
from core.domain import series
from core.domain.brief import Brief
from core.domain.concern import Concern
from core.domain.record import Json, to_record


def again(talk: Talk, brief: Brief, *, worded: bool = False) -> Turn:
    """The same brief as a new draft: its card shows today's price before anything is ordered. `worded`: another
    headline is asked for before that."""
    after = (
        talk.closed()
        .drafting()
        .having(
            answers=_told(brief),
            photos=_sent(brief),
            without_person=not brief.selfies,
            accepted_concerns=True,
            asking="headline" if worded else "",
        )
    )
    return next_step(after)


def same_look(talk: Talk, facts: VariantFacts) -> Turn:
    """A brief with everything but the words; the headline is what is asked for."""
    brief = facts.recipe.brief
    told = {name: value for name, value in _told(brief).items() if name not in PER_VIDEO}
    code = series.encode(facts.recipe)
    found = series.decode(code)
    assert isinstance(found, series.Series)
    after = (
        talk.closed()
        .drafting()
        .having(
            answers={**told, **found.answers, "series": code},
            photos=_sent(brief),
            without_person=not brief.selfies,
            accepted_concerns=True,
            asking="headline",
        )
    )
    return next_step(after)


def _sent(brief: Brief) -> tuple[Photo, ...]:
    """The selfies in the order they were sent, which is what they are called by."""
    if brief.exhibit and not brief.selfies:
        return (Photo(brief.exhibit, concerns=(Concern.NO_FACE,), faces=0),)
    if not brief.selfie_places:
        return tuple(map(Photo, brief.selfies))
    placed = zip(brief.selfie_places, brief.selfies, strict=True)
    ranks = {place: Photo(asset, rank=rank) for rank, (place, asset) in enumerate(placed, 1)}
    return tuple(ranks[place] for place in sorted(ranks))


def _told(brief: Brief) -> dict[str, Json]:
    """What differs from a plain brief; the selfies are photos again, and the rules choose the word that stands out."""
    plain, record = to_record(Brief()), to_record(replace(brief, selfies=(), selfie_places=(), key_word=0, exhibit=""))
    return {name: value for name, value in record.items() if value != plain[name]}
