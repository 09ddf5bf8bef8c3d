"""A turn: what one event made of a session."""

from __future__ import annotations

from dataclasses import dataclass

from core.conversation.effect import Effect
from core.conversation.session import Session
from core.conversation.view import NoticeView, View


@dataclass(frozen=True, slots=True)
class Turn:
    session: Session
    views: tuple[View, ...] = ()
    effects: tuple[Effect, ...] = ()
    toast: NoticeView | None = None
    """Answers the press itself; never part of the chat's record."""
