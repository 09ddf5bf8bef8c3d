"""The till: invoices in Stars beside what lacks credits, and what Telegram asks and tells about their payment."""

from __future__ import annotations

from dataclasses import replace

import structlog
import telegram
from telegram import LabeledPrice
from telegram.error import BadRequest, TelegramError

from bots.telegram.incoming import PLATFORM
from bots.telegram.message import Message, Text
from bots.telegram.place import Place
from bots.telegram.render import render
from core.conversation import texts
from core.conversation.action import Run
from core.conversation.plan import NOW
from core.conversation.talk import button, rows
from core.conversation.texts import Speaker
from core.conversation.view import Link, NoticeView, Shelf, Style, TextView
from core.domain.payment import Money
from core.domain.star import MONTH_S
from core.services.desk import Delivery, Envelope, Unavailable
from core.services.stars import PROVIDER, Denial, Invoice, Stars

log = structlog.get_logger(__name__)

_CURRENCY = "XTR"
_WORDS = {Denial.ENDED: "stars.ended", Denial.FOREIGN: "expired.foreign"}


class Till:
    def __init__(self, bot: telegram.Bot, stars: Stars) -> None:
        self._bot = bot
        self._stars = stars

    async def offered(self, delivery: Delivery, place: Place) -> tuple[Message, ...]:
        """The messages of a view, with packs where credits are missing. A group is nobody's: nothing is offered there.
        Raises the library's errors, and Unavailable."""
        view = delivery.view
        if isinstance(view, TextView) and view.shelf and view.shelf.provider == PROVIDER and view.shelf.ending:
            return await self._leaving(view, view.shelf, place, texts.speaker(delivery.language))
        lacking = view.lacking if isinstance(view, NoticeView | TextView) else 0
        plans = view.shelf.offered if isinstance(view, TextView) and view.shelf else ()
        if not (lacking or plans) or place.chat < 0:
            return render(view)
        person, voice = str(place.chat), texts.speaker(delivery.language)
        buyer = Envelope(
            id=f"{delivery.key}:invoices",
            platform=PLATFORM,
            person=person,
            place=delivery.place,
            language=delivery.language,
        )
        invoices = await self._stars.invoices(delivery.key, buyer, lacking) if lacking else ()
        if plans:
            invoices = (*invoices, *await self._stars.months(delivery.key, buyer, plans))
        if not invoices:
            return render(view)
        if isinstance(view, NoticeView) and view.selling:
            view = replace(view, text=view.selling)
        offers = tuple([(await self._button(one, voice),) for one in invoices])
        *first, last = render(view)
        assert isinstance(last, Text)
        return (*first, replace(last, keyboard=(*offers, *last.keyboard)))

    async def _leaving(self, view: TextView, shelf: Shelf, place: Place, voice: Speaker) -> tuple[Message, ...]:
        """The way out of a plan in Stars, or that it was taken: the bot may end what Telegram collects for it."""
        if place.chat < 0:
            return render(view)
        if shelf.ended and await self._ended(shelf.order, place.chat):
            return render(replace(view, text=shelf.ended))
        way = button(voice.say("button.end_plan_now"), Run("cancel_subscription", NOW), Style.DANGER)
        return render(replace(view, rows=(*rows(way), *view.rows)))

    async def _ended(self, order: str, person: int) -> bool:
        """Whether Telegram collects no more."""
        charges = await self._stars.collected(order)
        for charge in charges:
            try:
                await self._bot.edit_user_star_subscription(person, charge, is_canceled=True)
            except BadRequest as refusal:
                log.warning("plan.not_ended", order=order, reason=refusal.message)
            else:
                await self._stars.ended(order)
                return True
        return not charges

    async def _button(self, invoice: Invoice, voice: Speaker) -> Link:
        if invoice.plan:
            return await self._month(invoice, voice.say(f"plan.{invoice.plan}"), voice)
        label = voice.say("pack.title", n=invoice.credits)
        url = await self._bot.create_invoice_link(
            label, voice.say("stars.about"), invoice.order, _CURRENCY, [LabeledPrice(label, invoice.stars)]
        )
        return Link(voice.say("stars.pack", n=invoice.credits, stars=invoice.stars), url)

    async def _month(self, invoice: Invoice, plan: str, voice: Speaker) -> Link:
        url = await self._bot.create_invoice_link(
            plan,
            voice.say("stars.month_about", n=invoice.credits),
            invoice.order,
            _CURRENCY,
            [LabeledPrice(plan, invoice.stars)],
            subscription_period=MONTH_S,
        )
        return Link(voice.say("stars.month", plan=plan, stars=invoice.stars), url)

    async def take(self, update: telegram.Update) -> bool:
        """Whether the update was about a payment; it is safe then. Raises Unavailable: offer it again."""
        if update.pre_checkout_query:
            await self._asked(update.pre_checkout_query)
            return True
        message = update.message
        if message and (paid := message.successful_payment):
            money = Money(paid.total_amount, paid.currency.lower())
            charge, order, until = (
                paid.telegram_payment_charge_id, paid.invoice_payload, paid.subscription_expiration_date
            )  # fmt: skip
            if until:
                await self._stars.month_paid(charge, order, money, starts_at=message.date, until=until)
            else:
                await self._stars.paid(charge, order, money)
            return True
        if message and (back := message.refunded_payment):
            money = Money(back.total_amount, back.currency.lower())
            await self._stars.refunded(back.telegram_payment_charge_id, money)
            return True
        return False

    async def _asked(self, query: telegram.PreCheckoutQuery) -> None:
        """Answered at once and once: ten seconds is all Telegram waits, and without an answer nobody is charged."""
        voice = texts.speaker(query.from_user.language_code or "en")
        money = Money(query.total_amount, query.currency.lower())
        try:
            denial = await self._stars.denied(query.invoice_payload, str(query.from_user.id), money)
            why = voice.say(_WORDS[denial]) if denial else None
        except Unavailable:
            why = voice.say("stars.busy")
        try:
            await self._bot.answer_pre_checkout_query(query.id, why is None, why)
        except TelegramError as error:
            log.warning("payment.left_unanswered", reason=error.message)
