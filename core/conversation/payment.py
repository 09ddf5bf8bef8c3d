"""Payment: what is said when credits were bought, or taken back because their money was."""

from __future__ import annotations

from core.conversation import card, prefill
from core.conversation.action import Run
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, Tone


def moved(talk: Talk, amount: int) -> Turn:
    """Below zero they are gone. A brief that may have waited for them is shown again, to be ordered where this is
    said."""
    voice, session, catalogue = talk.voice, talk.session, talk.world.catalogue
    balance = rows(button(voice.say("button.balance"), Run("balance")))
    if amount < 0:
        text = f"{voice.say('credits.taken_back', n=-amount)} {_now(talk)}"
        return Turn(session, (NoticeView(text=text, tone=Tone.WARNING, rows=balance),))
    text = f"{voice.say('credits.added', n=amount)} {_now(talk)}"
    if not session.previewed:
        return Turn(session, (NoticeView(text=text, rows=balance),))
    brief = prefill.brief(session, talk.world)
    view = NoticeView(
        text=f"{text}\n\n{card.summary(voice, brief, catalogue)}",
        rows=card.card_rows(voice, session.draft, brief, catalogue),
        slot=card.details_slot(session.draft),
    )
    return Turn(session, (view,))


def _now(talk: Talk) -> str:
    wallet = talk.world.wallet
    if wallet.debt:
        return talk.voice.say("balance.debt", n=wallet.debt)
    return talk.voice.say("balance.available", n=wallet.available)
