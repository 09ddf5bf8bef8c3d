"""Voucher: `/redeem CODE`, or a link with the code in it, turns a code of an operator's into credits, once."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import payment
from core.conversation.action import Run
from core.conversation.effect import RedeemVoucher
from core.conversation.event import CommandSent, Event, Pressed, Started
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, TextView, Tone

LINKED = "redeem_"
"""What the payload of a link to us begins with, where a code follows."""


def entered(event: Event) -> str:
    """The code somebody typed, or followed a link with; empty: none."""
    match event:
        case CommandSent(name="redeem", argument=argument) | Pressed(action=Run(command="redeem", argument=argument)):
            return plain(argument)
        case Started(payload=payload) if payload.startswith(LINKED):
            return plain(payload.removeprefix(LINKED))
        case _:
            return ""


def plain(code: str) -> str:
    """As it is stored: however it was typed."""
    return "".join(filter(str.isalnum, code)).upper()


def redeem(talk: Talk, argument: str) -> Turn:
    """The credits come in the turn that says so, and what waited for them begins in it."""
    voice, world, found = talk.voice, talk.world, talk.world.voucher
    if world.overheard:
        return _notice(talk, voice.say("voucher.private"))
    if found is None:
        return Turn(talk.session, (TextView(title=voice.say("voucher.title"), text=voice.say("voucher.how")),))
    if found.bar:
        return _notice(talk, voice.say(f"voucher.bar.{found.bar}", minutes=-(-found.retry_after_s // 60)))
    richer = replace(talk, world=replace(world, wallet=world.wallet.with_bought(found.credits)))
    turn = payment.moved(richer, found.credits)
    return replace(turn, effects=(RedeemVoucher(voucher=found.id), *turn.effects))


def _notice(talk: Talk, text: str) -> Turn:
    balance = rows(button(talk.voice.say("button.balance"), Run("balance")))
    return Turn(talk.session, (NoticeView(text=text, tone=Tone.WARNING, rows=balance),))
