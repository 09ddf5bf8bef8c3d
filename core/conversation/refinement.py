"""Refinements: which module answers a press on a finished variant."""

from __future__ import annotations

from core.conversation import errand, inspection, mark, output, redraw, repeat, retouch, rewording, rework
from core.conversation.action import (
    AltText,
    BeforeAfter,
    ChangeVibe,
    Delete,
    EditText,
    FeedPreview,
    GetFile,
    Info,
    OpenVariant,
    OtherSize,
    Pin,
    Reroll,
    Restyle,
    Retouch,
    SameLook,
    Score,
    Share,
    Undo,
    Upscale,
)
from core.conversation.talk import Talk
from core.conversation.turn import Turn

VariantAction = (
    OpenVariant
    | EditText
    | ChangeVibe
    | Reroll
    | Retouch
    | Restyle
    | Upscale
    | OtherSize
    | GetFile
    | FeedPreview
    | Score
    | Info
    | Share
    | AltText
    | Pin
    | SameLook
    | Undo
    | BeforeAfter
    | Delete
)


def pressed(talk: Talk, action: VariantAction) -> Turn:
    facts = talk.world.variant
    if facts is None or facts.deleted:
        return rework.gone(talk)
    match action:
        case OpenVariant() | Info() | BeforeAfter() | FeedPreview() | Score() | Share():
            return inspection.pressed(talk, facts, action)
        case AltText():
            return errand.look(talk, facts)
        case Pin() | Undo() | Delete():
            return mark.pressed(talk, facts, action)
        case EditText() | Restyle():
            return rewording.pressed(talk, facts, action)
        case SameLook():
            return repeat.same_look(talk, facts)
        case ChangeVibe() | Reroll():
            return redraw.pressed(talk, facts, action)
        case Retouch():
            return retouch.pressed(talk, facts, action.change)
        case Upscale() | OtherSize() | GetFile():
            return output.pressed(talk, facts, action)
