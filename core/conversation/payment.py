"""Payment: what is said when credits were bought, or taken back because their money was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.conversation import card, offer, order, prefill
from core.conversation.action import Run
from core.conversation.effect import Order
from core.conversation.session import Waiting
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.turn import Turn
from core.conversation.view import Link, NoticeView, Row, TextView, Tone
from core.domain.model import Catalogue
from core.domain.pack import Ware
from core.domain.payment import STARS, Cause, Money, Receipt
from core.domain.price import Quote, quote

SIGNED = frozenset({"eur", "gbp", "jpy", "usd"})
"""Currencies with a sign that everybody reads the same."""


def selling(voice: Speaker, view: NoticeView | TextView, wares: Sequence[Ware]) -> NoticeView | TextView:
    """With what is sold by card for what it lacks."""
    if not wares:
        return view
    links = tuple(offered(voice, one) for one in wares)
    if isinstance(view, NoticeView) and view.selling:
        view = replace(view, text=view.selling)
    return replace(view, links=links)


def offered(voice: Speaker, ware: Ware) -> Link:
    price = money(voice, ware.price)
    if ware.plan:
        return Link(voice.say("plans.subscribe", plan=voice.say(f"plan.{ware.plan}"), price=price), ware.url)
    return Link(voice.say("pack.by_card", n=ware.credits, price=price), ware.url)


def money(voice: Speaker, amount: Money) -> str:
    """As the language writes it; what has no sign of its own with its code behind."""
    if amount.currency == STARS:
        return voice.say("money.stars", n=amount.minor)
    if amount.currency in SIGNED:
        return voice.say(f"money.{amount.currency}", amount=amount.amount)
    return voice.say("money.other", amount=amount.amount, currency=amount.currency.upper())


def moved(talk: Talk, amount: int, receipt: Receipt | None = None) -> Turn:
    """Below zero they are gone. What was ordered and lacked them begins; a brief in the making is shown again, to be
    ordered where this is said. A claim begins nothing, also where credits come back."""
    voice, session = talk.voice, talk.session
    balance = rows(button(voice.say("button.balance"), Run("balance")))
    if amount < 0 or (receipt and receipt.cause is not Cause.PAID):
        tone = Tone.INFO if amount > 0 else Tone.WARNING
        return Turn(
            session, (NoticeView(text=f"{_claimed(voice, amount, receipt)} {_now(talk)}", tone=tone, rows=balance),)
        )
    text = f"{_bought(voice, amount, receipt)} {_now(talk)}"
    if session.waiting:
        return _resumed(talk, session.waiting, NoticeView(text=text, rows=balance))
    return _shown(talk, text, balance)


def _bought(voice: Speaker, amount: int, receipt: Receipt | None) -> str:
    added = voice.say("credits.added", n=amount)
    if receipt is None:
        return added
    known = {"date": receipt.date, "reference": receipt.reference}
    if receipt.money is None:
        return f"{added} {voice.say('credits.receipt', **known)}"
    return f"{added} {voice.say('credits.paid', money=money(voice, receipt.money), **known)}"


def _claimed(voice: Speaker, amount: int, receipt: Receipt | None) -> str:
    """A dispute is no refund, whatever it moves. Where no amount is told it was one, by the platform that sold, and
    what was paid and is taken back by somebody here is one as well."""
    if receipt and receipt.cause is Cause.CHANGED:
        return voice.say("claim.changed", n=receipt.credits)
    if receipt is None or receipt.money is None or receipt.cause is Cause.PAID:
        return voice.say("credits.taken_back", n=-amount)
    return voice.say(
        f"claim.{receipt.cause}",
        n=receipt.credits,
        money=money(voice, receipt.money),
        date=receipt.date,
        reference=receipt.reference,
    )


def _resumed(talk: Talk, waiting: Waiting, receipt: NoticeView) -> Turn:
    """The very orders that lacked credits, unless too long ago, at another price, or of a brief that was changed since:
    then nothing is begun, and that is said."""
    voice, world = talk.voice, talk.world
    credits_now = sum(_quoted(world.catalogue, one).credits for one in waiting.orders)
    ended = talk.having(waiting=None)
    if world.now.timestamp() > waiting.until:
        return _shown(ended, f"{receipt.text} {voice.say('waiting.over')}", receipt.rows)
    if _changed(talk, waiting.orders[0]):
        return _shown(ended, receipt.text, receipt.rows)
    if credits_now != waiting.credits:
        old, new = (offer.price(voice, amount) for amount in (waiting.credits, credits_now))
        return _shown(ended, f"{receipt.text} {voice.say('price.changed', old=old, new=new)}", receipt.rows)
    if door := order.closed(talk, waiting.orders):
        return Turn(talk.session, (receipt, order.behind(talk, door)))
    if not world.affords(credits_now):
        return Turn(talk.session, (receipt, order.missing(talk, credits_now)))
    if world.limit is not None:
        return Turn(ended.session, (receipt, order.limited(ended, world.limit)))
    draft = waiting.orders[0].options.get("draft")
    after = ended.having(ordered=draft).closed() if draft and draft == talk.session.draft else ended
    begun = replace(receipt, text=f"{receipt.text} {voice.say('waiting.begun')}")
    return Turn(after.session, (begun, *order.begun(voice, waiting.orders)), waiting.orders)


def _quoted(catalogue: Catalogue, made: Order) -> Quote:
    """Its price today, by its model or what succeeded that."""
    heir = catalogue.resolve(made.quote.model)
    return quote(made.brief, heir.model if heir else offer.drawer(made.brief, catalogue), made.quote.work)


def _changed(talk: Talk, made: Order) -> bool:
    """Whether the brief in the making is the one that was ordered, and no longer says the same."""
    if made.options.get("draft") != talk.session.draft:
        return False
    brief = prefill.brief(talk.session, talk.world)
    return replace(brief, variants=made.brief.variants, quality=made.brief.quality, prompts=()) != made.brief


def _shown(talk: Talk, text: str, balance: tuple[Row, ...]) -> Turn:
    voice, session, catalogue = talk.voice, talk.session, talk.world.catalogue
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
