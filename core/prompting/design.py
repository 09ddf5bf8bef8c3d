"""The prompt of a new design: a plate for the studio's type, painted by a model."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import format as formats
from core.domain.brief import Brief, Change, ColourPriority, NoGo, People
from core.domain.prompt import Prompt, Reference, ReferenceRole, Staging, VideoLink
from core.prompting import stage
from core.prompting.canvas import canvas, differs, ratio_of
from core.prompting.data import of_brief
from core.prompting.family import assembled
from core.prompting.variation import variation
from core.prompting.vibe import LOOKS
from core.prompting.wording import CHANGES, COLOURS, EMOTIONS, FILTERS, NO_GOS, OUTFITS


def design(
    brief: Brief,
    family: str,
    staging: Staging,
    references: Sequence[Reference],
    position: int,
    *,
    painted: str = "",
    video: VideoLink | None = None,
) -> Prompt:
    """What to tell a model of `family` for the variant at `position` of a set, in the format `brief.format`.

    `painted`: the ratio asked of the model ("21:9"), where it has not the format's own. `video`: what the picture is
    about, for models that watch. Raises KeyError for an unknown family or format.
    """
    target = formats.find(brief.format)
    if differs(target, painted):
        staging = stage.fitted(staging, target.standard.ratio, ratio_of(painted))
    sections = (
        _subject(brief, video, references),
        canvas(target, painted),
        _style(brief, references),
        _person(brief, staging, references),
        stage.type_space(staging, LOOKS[brief.vibe].ground),
        stage.covered(staging),
        _variation(position, staging.head is not None),
        FILTERS[brief.content_filter],
        "Paint no text, letters, numbers, logos or watermarks anywhere.",
    )
    return assembled(family, references, "\n\n".join(filter(None, sections)), of_brief(brief), video)


def _subject(brief: Brief, video: VideoLink | None, references: Sequence[Reference]) -> str:
    source = (
        "The video is what the picture is about: choose its most telling moment. The data adds to it."
        if video
        else "The data says what the video is about: title, and headline and subtext as the promise made to the viewer."
    )
    exhibit = any(row.role is ReferenceRole.EXHIBIT for row in references)
    shown = (
        "the two people and at most one object"
        if brief.people is People.TWO
        else "the person and at most one object"
        if brief.selfies
        else "what the image marked EXHIBIT shows"
        if exhibit
        else "one object or place"
    )
    return (
        "Paint the picture under a thumbnail's type. "
        f"{source} Show what they mean through {shown}; never paint the words themselves."
    )


def _style(brief: Brief, references: Sequence[Reference]) -> str:
    look = LOOKS[brief.vibe]
    palette = "" if brief.colours is ColourPriority.BRAND else f"\n- Palette of the style: {look.palette}."
    liked = [str(number) for number, row in enumerate(references, 1) if row.role is ReferenceRole.STYLE]
    first = f"- As in image {', '.join(liked)}, before anything said here.\n" if liked else ""
    return (
        f"Style: {look.style}.\n"
        f"{first}"
        f"- Light: {look.light}.\n"
        f"- Colour, first of all: {COLOURS[brief.colours]}{palette}\n"
        f"- Lens: {look.lens}.\n"
        f"- Mood: {look.mood}.\n"
        "- Separation: the subject clearly lighter or darker than what is directly behind it, edged by light, the "
        "background softer than the subject; strong contrast overall."
    )


def _person(brief: Brief, staging: Staging, references: Sequence[Reference]) -> str:
    exhibits = [number for number, row in enumerate(references, 1) if row.role is ReferenceRole.EXHIBIT]
    if staging.head is None and exhibits:
        return (
            "There is no person in the picture, and no face, mannequin or statue. What carries it is exactly what "
            f"image {exhibits[0]} shows, unmistakably the same: form, proportions, colours, material and markings as "
            "they are there. A screenshot stands on a screen or a sheet, whole and upright, with its own content. It "
            "stands outside the space for type. What is said of a person or a face is meant for it."
        )
    if staging.head is None:
        return (
            "There is no person in the picture, and no face, mannequin or statue. One object or place carries it, "
            "outside the space for type or so quiet that type reads over it. What is said of a person or a face is "
            "meant for it."
        )
    numbers = [str(number) for number, row in enumerate(references, 1) if row.role is ReferenceRole.PERSON]
    if brief.people is People.TWO:
        return (
            f"People: {_two(numbers)}. Two people and nobody else, side by side, turned slightly towards each other, "
            f"neither of them given anything of the other's face. {stage.heads(staging)}\n"
            f"- Expression of both: {EMOTIONS[brief.emotion]}.\n"
            f"- Of each of them: {OUTFITS[brief.outfit]}\n"
            f"{permissions(brief)}"
        )
    shown = (
        f"exactly the person of image {', '.join(numbers)}, identical in every feature"
        if numbers
        else "one presenter, an ordinary adult"
    )
    return (
        f"Person: {shown}. One person only. {stage.head(staging)}\n"
        f"- Expression: {EMOTIONS[brief.emotion]}.\n"
        f"- {OUTFITS[brief.outfit]}\n"
        f"{permissions(brief)}"
    )


def _two(numbers: Sequence[str]) -> str:
    if len(numbers) > 1:
        return (
            f"on the left exactly the person of image {numbers[0]}, on the right exactly the person of image "
            f"{numbers[1]}, each identical in every feature"
        )
    if numbers:
        return f"exactly the two people of image {numbers[0]}, as they stand there from left to right"
    return "two presenters, ordinary adults"


def permissions(brief: Brief) -> str:
    """What may change about the person, and what never does."""
    allowed = [CHANGES[change] for change in Change if change in brief.allowed]
    kept = [CHANGES[change] for change in Change if change not in brief.allowed]
    may = f"- May change: {', '.join(allowed)}." if allowed else "- Nothing around the person may change."
    stays = f" Stays as in the reference: {', '.join(kept)}." if kept else ""
    never = "; ".join([*(NO_GOS[row] for row in NoGo if row in brief.no_gos), "whatever the data lists under no_gos"])
    return f"{may}{stays}\n- Never changed: {never}."


def _variation(position: int, person: bool) -> str:
    own = variation(position)
    return (
        "This is one of several proposals, different on purpose. This one:\n"
        f"- Composition: {own.composition if person else own.still}.\n"
        f"- Light: {own.light}.\n"
        f"- Backdrop: {own.backdrop}."
    )
