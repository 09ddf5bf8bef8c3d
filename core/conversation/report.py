"""The quality report: every figure beside what is aimed at, in words, and what to do about each that is weak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.conversation import card, offer, prefill, scoring, variant
from core.conversation.action import Action, ChangeVibe, EditText, FeedPreview, GetFile, OpenVariant, Reroll, Run
from core.conversation.order import status_slot
from core.conversation.talk import button, rows
from core.conversation.texts import Speaker
from core.conversation.view import Button, Fact, GalleryView, TextView
from core.conversation.world import JobFacts, VariantFacts
from core.domain.format import MEGABYTE, Format
from core.domain.model import Catalogue
from core.domain.score import Appraisal, Check, Grade, Measure, Remedy, overall, remedy, small_width

_DONE_BY: dict[Measure, type[Action]] = {
    Measure.CONTRAST: ChangeVibe,
    Measure.CAP_HEIGHT: EditText,
    Measure.RECALL: EditText,
    Measure.WORDS: EditText,
    Measure.OVERLAYS: Reroll,
    Measure.BYTES: GetFile,
}
"""What of ours mends a row; a small or a soft face wants another selfie."""


def own(
    voice: Speaker,
    job: JobFacts,
    facts: VariantFacts,
    checks: tuple[Check, ...],
    *,
    catalogue: Catalogue,
    unread: bool = False,
) -> GalleryView:
    """Of a variant. `unread`: whoever reads things back here does not know the headline's script."""
    shape = prefill.target(facts.recipe.brief.format)
    width = small_width(shape.family, shape.size(facts.recipe.brief.quality).width)
    shown = [_row(voice, check, width, _own_fix(voice, check, checks, shape)) for check in checks]
    said = [_verdict(voice, checks), *([voice.say("score.unread")] if unread else [])]
    return GalleryView(
        title=voice.say("score.title"),
        text=" ".join(said),
        pictures=(replace(variant.bare(voice, facts, catalogue), caption=""),),
        facts=tuple(shown),
        rows=rows(*_buttons(voice, facts, checks, catalogue)),
        slot=status_slot(job.code),
    )


def elsewhere(voice: Speaker, job: JobFacts, found: Appraisal) -> TextView:
    """Of a picture that somebody else made."""
    shape = prefill.target(found.format)
    width = next((int(one.figure) for one in found.checks if one.measure is Measure.WIDTH), shape.standard.width)
    small = small_width(shape.family, width)
    shown = [
        _row(voice, check, small, _fix(voice, remedy(check, _words(found.checks), width))) for check in found.checks
    ]
    return TextView(
        title=voice.say("score.title"),
        text="\n".join((_verdict(voice, found.checks), *_seen(voice, found))),
        facts=tuple(shown),
        rows=rows(
            button(voice.say("button.score_another"), Run("score", scoring.ANOTHER)),
            button(voice.say("button.new"), Run("new")),
        ),
        slot=status_slot(job.code),
    )


def _seen(voice: Speaker, found: Appraisal) -> Iterator[str]:
    """As what it was judged, and what of its words was taken in."""
    yield voice.say("score.judged_as", format=card.label(voice, "format", found.format))
    if not found.read:
        yield voice.say("score.not_read")
    elif not found.headline:
        yield voice.say("score.no_words")
    else:
        yield voice.say("score.headline", headline=found.headline)


def _verdict(voice: Speaker, checks: tuple[Check, ...]) -> str:
    grade = overall(checks)
    weak = ", ".join(voice.say(f"score.{check.measure}.name").lower() for check in checks if check.grade is grade)
    return voice.say(f"score.{grade}", what=weak)


def _row(voice: Speaker, check: Check, width: int, fix: str) -> Fact:
    """`width`: px at which it was measured."""
    figure, target = (_figure(check.measure, value) for value in (check.figure, check.target))
    note = voice.say(f"score.{check.measure}.{check.grade}", width=width)
    return Fact(
        name=voice.say(f"score.{check.measure}.name"),
        value=voice.say(f"score.{check.measure}.value", figure=figure, target=target),
        note=f"{note} {fix}".rstrip(),
        grade=check.grade,
    )


def _words(checks: tuple[Check, ...]) -> int:
    return next((int(check.figure) for check in checks if check.measure is Measure.WORDS), 0)


def _fix(voice: Speaker, wanted: Remedy | None) -> str:
    if wanted is None:
        return ""
    place = voice.say(f"score.place.{wanted.place}") if wanted.place else ""
    return voice.say(f"score.fix.{wanted.key}", n=wanted.n, percent=wanted.percent, place=place)


def _own_fix(voice: Speaker, check: Check, checks: tuple[Check, ...], shape: Format) -> str:
    """Fewer words mend the headline as they would anybody's; for the rest there are buttons, or another selfie."""
    if check.grade is Grade.GOOD:
        return ""
    if _DONE_BY.get(check.measure) is EditText:
        return _fix(voice, remedy(check, _words(checks), shape.standard.width))
    return voice.say(f"score.own.{check.measure}")


def _buttons(voice: Speaker, facts: VariantFacts, checks: tuple[Check, ...], catalogue: Catalogue) -> Iterator[Button]:
    """What mends the weak rows first, then what is always there."""
    code, free = facts.code, offer.tag(voice, 0, catalogue)
    redraw = offer.redraw(facts.recipe.brief, facts.recipe.model, catalogue).credits
    price = offer.tag(voice, redraw, catalogue)
    known: dict[type[Action], Button] = {
        EditText: button(voice.say("button.edit_text", price=free), EditText(code)),
        ChangeVibe: button(voice.say("button.change_vibe", price=price), ChangeVibe(code)),
        Reroll: button(voice.say("button.reroll", price=price), Reroll(code, str(redraw))),
        GetFile: button(voice.say("button.file"), GetFile(code)),
    }
    mending = (_DONE_BY[one.measure] for one in checks if one.grade is not Grade.GOOD and one.measure in _DONE_BY)
    yield from (known[kind] for kind in dict.fromkeys((*mending, EditText)))
    yield button(voice.say("button.feed_preview", price=free), FeedPreview(facts.code))
    yield button(voice.say("button.show"), OpenVariant(facts.code))
    yield button(voice.say("button.score_another"), Run("score", scoring.ANOTHER))


def _figure(measure: Measure, value: float) -> str:
    match measure:
        case Measure.CONTRAST | Measure.CAP_HEIGHT:
            return f"{value:.1f}"
        case Measure.WORDS | Measure.SHARPNESS | Measure.WIDTH:
            return f"{value:.0f}"
        case Measure.FACE | Measure.OVERLAYS | Measure.ON_FACE | Measure.CLUTTER:
            return f"{100 * value:.1f}"
        case Measure.RECALL:
            return f"{100 * value:.0f}"
        case Measure.BYTES:
            return f"{value / MEGABYTE:.2f}"
