"""Talk: what every part of the engine is handed, one session in one world, with a voice in the person's language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core.conversation.action import Action
from core.conversation.session import Session
from core.conversation.texts import Speaker, speaker
from core.conversation.turn import Turn
from core.conversation.view import Button, NoticeView, Row, Style, Tone
from core.conversation.world import World
from core.domain.code import derive

BUTTONS_PER_ROW = 3
SIGN_LENGTH = 4
"""Letters of a draft's id that say whose it is: enough to answer a stranger rightly; what may be done is up to the
store."""


@dataclass(frozen=True, slots=True)
class Talk:
    session: Session
    world: World
    voice: Speaker

    @classmethod
    def begin(cls, session: Session, world: World) -> Talk:
        """The language set in /settings wins over the client's."""
        return cls(session, world, speaker(str(world.settings.get("language") or session.language)))

    def code(self, *parts: object) -> str:
        """A code of this event's own, the same when the event is handled again."""
        return derive(self.world.event_id, *parts)

    def having(self, **changes: Any) -> Talk:
        """The same talk over a changed session."""
        return replace(self, session=replace(self.session, **changes))

    def drafting(self) -> Talk:
        """With a brief in the making: the one there is, or a new one."""
        return self if self.session.draft else self.having(draft=self.code("draft") + self._sign())

    def owns(self, draft: str) -> bool:
        """Whether a draft is this person's, by the sign it carries; in a group everybody sees everybody's buttons."""
        return not draft or draft.endswith(self._sign())

    def _sign(self) -> str:
        return derive(self.world.person)[:SIGN_LENGTH]

    def answering(self, question: str, record: object) -> Talk:
        return self.having(answers={**self.session.answers, question: record})

    def closed(self) -> Talk:
        """Nothing in the making and nothing being asked; what was ordered last, what waits for credits and the language
        stay."""
        session = self.session
        fresh = Session(language=session.language, ordered=session.ordered, waiting=session.waiting)
        return replace(self, session=fresh)

    def unasked(self) -> Talk:
        """The brief stays, whatever was being typed is given up."""
        return self.briefing().having(asking="")

    def briefing(self) -> Talk:
        """Back at the brief and what it asks: nothing is being typed for a variant or a setting."""
        return self.having(
            typing_for="",
            edited_for="",
            edited_by="",
            changing_for="",
            changing_at=0,
            setting="",
            judging=False,
            quoted="",
            quoted_for="",
        )

    def credited(self) -> bool:
        """Whether credits mean anything to this person: something here costs some, or they have, hold or owe any."""
        wallet = self.world.wallet
        return bool(self.world.catalogue.paid() or wallet.available or wallet.held or wallet.debt)

    def toast(self, text: str, tone: Tone = Tone.INFO) -> Turn:
        """Only answer the press; nothing changed."""
        return Turn(self.session, toast=NoticeView(text=text, tone=tone, toast=True))


def button(label: str, action: Action, style: Style = Style.PLAIN) -> Button:
    return Button(label, action.pack(), style)


def rows(*buttons: Button, width: int = BUTTONS_PER_ROW) -> tuple[Row, ...]:
    return tuple(Row(buttons[start : start + width]) for start in range(0, len(buttons), width))
