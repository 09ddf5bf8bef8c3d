"""Orders: what a turn has made, and what is said instead when it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import ceil

from core.conversation import card, offer, prefill, team
from core.conversation.action import Back, Cancel, CancelJob, Generate, Preview, Run
from core.conversation.effect import Order
from core.conversation.offer import Offer
from core.conversation.session import Waiting
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.turn import Turn
from core.conversation.view import Button, NoticeView, ProgressView, Style, Tone, View
from core.conversation.world import Limit
from core.domain.brief import Brief
from core.domain.code import derive
from core.domain.door import Shut, shut
from core.domain.guild import Payer
from core.domain.identity import account
from core.domain.job import JobKind, Stage
from core.domain.price import Work

WAITS_S = 24 * 3600
"""How long an order waits for credits."""
LONG_S = 5400
"""Waits longer than this are told in hours."""


def status_slot(job: str) -> str:
    return f"status:{job}"


def set_code(draft: str, prompt: int = 0) -> str:
    """The code of a draft's set: known from the draft alone, so an old button finds what became of it."""
    return derive(draft, "set", prompt)


def queued(voice: Speaker, job: str, total: int, text: str = "") -> ProgressView:
    """The job's one status message, as it begins."""
    return ProgressView(
        text=text or voice.say(f"stage.{Stage.QUEUED}"),
        done=0,
        total=total,
        rows=rows(button(voice.say("button.cancel_job"), CancelJob(job))),
        slot=status_slot(job),
    )


def place(before: Talk, after: Talk, orders: tuple[Order, ...], *views: View) -> Turn:
    """Order, or say why the store did not take it and leave everything as it was."""
    if before.world.limit is not None:
        return Turn(before.session, (limited(before, before.world.limit),))
    if (waiting := after.session.waiting) and waiting.same(orders):
        after = after.having(waiting=None)
    return Turn(after.session, views, orders)


def limited(talk: Talk, limit: Limit) -> NoticeView:
    voice, gallery = talk.voice, button(talk.voice.say("button.gallery"), Run("gallery"))
    draft = talk.session.draft
    kept = button(voice.say("button.this_brief"), Preview(draft)) if draft else gallery
    way_on = {
        Limit.GUILD_JOBS: kept,
        Limit.GUILD_CREDITS: button(voice.say("button.balance"), Run("balance")),
        Limit.SUBMITS: button(voice.say("button.jobs"), Run("jobs")),
        Limit.FREE_SETS: gallery,
        Limit.READINGS: kept,
        Limit.SWITCHED_OFF: gallery,
        Limit.FROZEN: button(voice.say("button.paysupport"), Run("paysupport")),
        Limit.DISK: gallery,
        Limit.EVERYBODY: gallery,
    }[limit]
    return NoticeView(text=_worded(talk, limit), tone=Tone.WARNING, rows=rows(way_on))


def _worded(talk: Talk, limit: Limit) -> str:
    voice, seconds = talk.voice, talk.world.retry_after_s
    text = voice.say(f"limit.{limit}")
    if seconds > LONG_S:
        return f"{text} {voice.say('limit.retry_hours', n=ceil(seconds / 3600))}"
    return f"{text} {voice.say('limit.retry', n=seconds)}" if seconds > 0 else text


def preview(talk: Talk, *notes: View) -> Turn:
    """The free picture of the brief as it stands; the card comes with it."""
    wanted = prefill.brief(talk.session, talk.world)
    after = talk.having(previewed=prefill.look(wanted), asking="", trail=(), notes=())
    voice, draft, catalogue = talk.voice, talk.session.draft, talk.world.catalogue
    studio = offer.studio(catalogue)
    if talk.world.limit is not None or studio is None:
        shown = card.card(voice, draft, wanted, catalogue, means=talk.world.means)
        said = () if talk.world.limit is None else (limited(talk, talk.world.limit),)
        return Turn(after.having(previewed="").session, (*notes, *said, shown))
    order = Order(
        code=talk.code("preview"),
        kind=JobKind.PREVIEW,
        brief=wanted,
        quote=replace(offer.retype(wanted, studio.id), work=Work.SET),
        means=talk.world.means,
        options={"draft": draft},
    )
    waiting = ProgressView(text=voice.say("preview.drawing"), done=0, total=1, slot=card.card_slot(draft))
    return Turn(after.session, (*notes, waiting), (order,))


def generate(talk: Talk, token: str) -> Turn:
    """What a Generate button said, if that is still so; else what it is now."""
    wanted = offer.asked(token, prefill.brief(talk.session, talk.world))
    if wanted is None:
        return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
    brief, said, catalogue = wanted.brief, wanted.credits, talk.world.catalogue
    free = said == 0 and offer.studio(catalogue) is not None
    night = offer.overnight(brief, catalogue, wanted.payer) if wanted.overnight else None
    made = night or offer.offer(brief, catalogue, free=free, payer=wanted.payer)
    if made.credits != said:
        old, new = (offer.price(talk.voice, amount) for amount in (said, made.credits))
        return anew(talk, brief, talk.voice.say("price.changed", old=old, new=new))
    if door := closed(talk, _orders(talk, made)):
        return _behind(talk, brief, door)
    if made.by_guild and talk.world.payer is not Payer.GUILD:
        return anew(talk, brief, talk.voice.say("server.pays_no_more"))
    if made.by_guild and (why := unpaid_by_guild(talk, made.credits, len(made.briefs))):
        return unpaid(talk, brief, made, why)
    if not talk.world.affords(made.credits, made.payer):
        return insufficient(talk, brief, made)
    return place_set(talk, _orders(talk, made))


def closed(talk: Talk, orders: Iterable[Order]) -> Shut | None:
    """What of these orders needs another plan; every order that costs something is asked about here first."""
    world = talk.world
    for one in orders:
        model = world.catalogue.find(one.quote.model)
        if found := shut(world.entered(one.payer), world.sold, one.brief.quality, one.quote, model):
            return found
    return None


def behind(talk: Talk, door: Shut) -> NoticeView:
    """Which plan opens it, before anything is charged; bought credits do as well."""
    voice = talk.voice
    return NoticeView(
        text=voice.say(
            f"door.{door.door}",
            plan=voice.say(f"plan.{talk.world.plan.id}"),
            opened_by=voice.say(f"plan.{door.opened_by[0]}"),
        ),
        tone=Tone.WARNING,
        rows=rows(button(voice.say("button.plans"), Run("plans"), Style.PRIMARY)),
    )


def _behind(talk: Talk, brief: Brief, door: Shut) -> Turn:
    """The brief stays as it is, with what of it can be had now."""
    voice, draft, catalogue = talk.voice, talk.session.draft, talk.world.catalogue
    view = behind(talk, door)
    ways = rows(
        *(button for row in view.rows for button in row.buttons),
        *offer.studio_button(voice, draft, brief, catalogue),
        button(voice.say("button.buy"), Run("buy")),
        button(voice.say("button.back"), Back(draft)),
        button(voice.say("button.cancel"), Cancel(draft)),
        width=2,
    )
    return Turn(talk.session, (replace(view, rows=ways, slot=card.details_slot(draft)),))


def _orders(talk: Talk, made: Offer) -> tuple[Order, ...]:
    """One per prompt, by codes that are the same whenever this draft is ordered."""
    draft = talk.session.draft
    answers = prefill.lasting(talk.session.answers)
    return tuple(
        Order(
            code=set_code(draft, place),
            kind=JobKind.OVERNIGHT if made.work is Work.OVERNIGHT else JobKind.SET,
            brief=one,
            quote=quote,
            payer=made.payer,
            options={"draft": draft, "answers": answers},
        )
        for place, (one, quote) in enumerate(zip(made.briefs, made.quotes, strict=True))
    )


def place_set(talk: Talk, orders: tuple[Order, ...]) -> Turn:
    """The draft has become jobs: it lives on in their briefs."""
    return place(talk, talk.having(ordered=talk.session.draft).closed(), orders, *begun(talk.voice, orders))


def begun(voice: Speaker, orders: Iterable[Order]) -> Iterable[ProgressView]:
    """The status message of each; what is not a plain set says what it is."""
    for one in orders:
        text = "" if one.kind is JobKind.SET else voice.say(f"working.{one.kind}")
        yield queued(voice, one.code, one.quote.ordered, text)


def lacking(talk: Talk, orders: tuple[Order, ...]) -> Talk:
    """The orders wait for credits of the person's own; a server's are not theirs to buy."""
    if any(one.payer is Payer.GUILD for one in orders):
        return talk
    return talk.having(waiting=Waiting(orders, int(talk.world.now.timestamp()) + WAITS_S))


def anew(talk: Talk, brief: Brief, note: str) -> Turn:
    """The offer as it is now, and why it is not the one that was pressed."""
    voice, draft, catalogue, means = talk.voice, talk.session.draft, talk.world.catalogue, talk.world.means
    view = NoticeView(
        text=f"{note}\n\n{card.summary(voice, brief, catalogue, means)}",
        tone=Tone.WARNING,
        rows=card.card_rows(voice, draft, brief, catalogue, means),
        slot=card.details_slot(draft),
    )
    return Turn(talk.session, (view,))


def unpaid(talk: Talk, brief: Brief, made: Offer, why: str) -> Turn:
    """The server does not pay for this; whoever wants it can, if they have as much and may order it."""
    voice, draft, catalogue = talk.voice, talk.session.draft, talk.world.catalogue
    if talk.world.means.refused(0, len(made.briefs)):
        return Turn(talk.session, (limited(talk, Limit.GUILD_JOBS),))
    own = replace(made, payer=Payer.PERSON)
    if not talk.world.affords(own.credits):
        return insufficient(talk, brief, own, why)
    view = NoticeView(
        text=why,
        tone=Tone.WARNING,
        rows=rows(
            button(own_label(voice, made.credits), Generate(draft, own.token), Style.PRIMARY),
            *offer.studio_button(voice, draft, brief, catalogue),
            button(voice.say("button.back"), Back(draft)),
            button(voice.say("button.cancel"), Cancel(draft)),
            width=2,
        ),
        slot=card.details_slot(draft),
    )
    return Turn(talk.session, (view,))


def own_label(voice: Speaker, cost: int) -> str:
    return voice.say("server.pay_yourself", price=offer.price(voice, cost))


def unpaid_by_guild(talk: Talk, cost: int, orders: int = 1) -> str:
    """Why the server does not pay so much for this member now; empty: it does."""
    if talk.world.limit is Limit.GUILD_CREDITS:
        return _worded(talk, Limit.GUILD_CREDITS)
    why = talk.world.means.refused(cost, orders)
    return talk.voice.say(f"server.unpaid.{why}", n=talk.world.means.left) if why else ""


def insufficient(talk: Talk, brief: Brief, made: Offer, why: str = "") -> Turn:
    """`why`: nobody else pays for it either."""
    voice, draft = talk.voice, talk.session.draft
    view = replace(
        missing(talk, made.credits, why),
        rows=rows(
            *_affordable(talk, brief),
            *offer.studio_button(voice, draft, brief, talk.world.catalogue),
            button(voice.say("button.balance"), Run("balance")),
            button(voice.say("button.back"), Back(draft)),
            button(voice.say("button.cancel"), Cancel(draft)),
            width=2,
        ),
        slot=card.details_slot(draft),
    )
    return Turn(lacking(talk, _orders(talk, made)).session, (view,))


def _affordable(talk: Talk, brief: Brief) -> Iterable[Button]:
    """Tonight's half price, if that is within reach."""
    night = offer.overnight(brief, talk.world.catalogue)
    if night and talk.world.affords(night.credits):
        yield from offer.night_button(talk.voice, talk.session.draft, brief, talk.world.catalogue)


def missing(talk: Talk, cost: int, why: str = "") -> NoticeView:
    """How many credits are missing, what of them is owed, when the next come, and who gives or sells some. `why`:
    nobody else pays."""
    voice, wallet = talk.voice, talk.world.wallet
    text = voice.say("credits.missing", cost=cost, have=wallet.available, n=wallet.short_of(cost))
    if wallet.debt:
        text = f"{text} {voice.say('balance.debt', n=wallet.debt)}"
    if wallet.next_grant:
        text = f"{text} {voice.say('credits.next_grant', date=wallet.next_grant.date().isoformat())}"
    if talk.world.seat and (borne := team.bearing(voice, talk.world.seat)):
        text = f"{text} {borne}"
    text = f"{why}\n\n{text}" if why else text
    return NoticeView(
        text=f"{text} {voice.say('credits.ask', account=account(talk.world.person))}",
        tone=Tone.WARNING,
        lacking=wallet.short_of(cost),
        selling=f"{text} {voice.say('credits.kept')} {voice.say('credits.buy')}",
    )
