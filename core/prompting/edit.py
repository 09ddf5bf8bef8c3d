"""The prompt that changes a picture: in words of the person, or by a button."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.brief import Brief, People
from core.domain.prompt import Prompt, Reference, Staging, Touch
from core.prompting import stage
from core.prompting.data import block
from core.prompting.design import permissions
from core.prompting.family import assembled
from core.prompting.vibe import LOOKS
from core.prompting.wording import EMOTIONS, FILTERS

_TOUCHES: dict[Touch, str] = {
    Touch.DARKER_BACKGROUND: "Make the background clearly darker and calmer; the light on the person stays.",
    Touch.BRIGHTER_BACKGROUND: "Make the background clearly lighter; the person keeps standing out against it.",
    Touch.BLUR_BACKGROUND: "Throw the background far out of focus; nothing in it moves.",
    Touch.BIGGER_SMILE: "Give the person a wider, natural smile that reaches the eyes.",
    Touch.STRONGER_EMOTION: "Make the expression of the person stronger and still believable.",
    Touch.MORE_LIGHT_ON_FACE: "Put more light on the face, from the side it already comes from.",
    Touch.SIMPLER: "Remove every object that is not the person and continue the backdrop where they were.",
    Touch.FIX_FACE: (
        "Repaint the face so that it is exactly the person of the images marked PERSON, at the same size, place, angle "
        "and light."
    ),
}


def edit(
    change: Touch | str,
    brief: Brief,
    family: str,
    staging: Staging,
    references: Sequence[Reference] = (),
) -> Prompt:
    """The next turn of a picture's conversation; outside of one, `references` starts with the CANVAS.

    A `str` is what a person typed and goes in as data. Raises KeyError for an unknown family.
    """
    asked = "What the data says under change." if not isinstance(change, Touch) else _wording(change, brief)
    words = "" if isinstance(change, Touch) else change
    sections = (
        f"Change the picture before you. The change: {asked}",
        "If the change asks for lettering, a logo or another person's face, leave that part of it out.",
        "Everything else stays exactly as it is: canvas and framing, place and size of the person, identity, pose, "
        f"clothing, light and colours, unless the change is about it.\n{permissions(brief)}",
        _shown(brief),
        stage.type_space(staging, LOOKS[brief.vibe].ground),
        stage.covered(staging),
        FILTERS[brief.content_filter],
        "Paint no text, letters, numbers, logos or watermarks anywhere.",
    )
    data = block({"change": words, "no_gos": brief.no_go_note})
    return assembled(family, references, "\n\n".join(filter(None, sections)), data)


def _shown(brief: Brief) -> str:
    """Who or what stands in for the one person that is spoken of."""
    if brief.people is People.TWO:
        return "There are two people. What is said of the person is meant for each, in the order of the images."
    if brief.exhibit:
        return "There is no person. What is said of one is meant for the thing, screen or place that the picture shows."
    return ""


def _wording(touch: Touch, brief: Brief) -> str:
    if touch is Touch.STRONGER_EMOTION:
        return f"{_TOUCHES[touch]} It shows {EMOTIONS[brief.emotion]}."
    return _TOUCHES[touch]
