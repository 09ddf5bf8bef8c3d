"""Listings: gallery, jobs and balance, a page at a time."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import card, offer, team, variant
from core.conversation.action import Again, CancelJob, Run
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.view import Button, Fact, GalleryView, Row, Style, TextView, View
from core.conversation.world import JobFacts, VariantFacts, World
from core.domain.guild import Payer
from core.domain.identity import account
from core.domain.job import SETS, JobKind, Stage
from core.domain.plan import PlanId
from core.domain.wallet import Movement

MOVEMENTS_SHOWN = 10
REPEATED_LENGTH = 24
"""Letters of a headline that a button names."""


def pages(talk: Talk, command: str) -> tuple[Row, ...]:
    """Pages are counted from 0."""
    world, voice = talk.world, talk.voice
    buttons: list[Button] = []
    if world.page > 0:
        buttons.append(button(voice.say("button.newer"), Run(command, str(world.page - 1))))
    if world.page + 1 < world.pages:
        buttons.append(button(voice.say("button.older"), Run(command, str(world.page + 1))))
    return rows(*buttons)


def gallery(talk: Talk) -> View:
    voice, world = talk.voice, talk.world
    shown = tuple(facts for facts in world.gallery if not facts.deleted)
    if not shown:
        new = rows(button(voice.say("button.new"), Run("new"), Style.PRIMARY))
        return TextView(text=voice.say("gallery.empty"), rows=(*new, *pages(talk, "gallery")), slot="gallery")
    return GalleryView(
        title=voice.say("gallery.title"),
        text=voice.say("gallery.page", page=world.page + 1, pages=world.pages),
        pictures=tuple(
            replace(variant.picture(voice, facts, world.catalogue), caption=_caption(voice, place, facts))
            for place, facts in enumerate(shown, 1)
        ),
        rows=(*rows(*variant.open_buttons(voice, shown), width=5), *pages(talk, "gallery")),
        slot="gallery",
    )


def _caption(voice: Speaker, place: int, facts: VariantFacts) -> str:
    """What tells one picture of many from another, beginning with the number of its button."""
    brief = facts.recipe.brief
    return voice.say(
        "gallery.caption",
        place=place,
        name=variant.name(voice, facts),
        vibe=card.label(voice, "vibe", brief.vibe),
        headline=card.cut(brief.headline),
        format=card.label(voice, "format", brief.format),
        date=facts.made_at.date().isoformat() if facts.made_at else "",
    ).strip(" ·")


def jobs(talk: Talk) -> TextView:
    voice, world = talk.voice, talk.world
    if not world.jobs:
        new = rows(button(voice.say("button.new"), Run("new"), Style.PRIMARY))
        return TextView(text=voice.say("jobs.empty"), rows=new, slot="jobs")
    lines, buttons = [], []
    for number, job in enumerate(world.jobs, 1):
        lines.append(job_line(voice, number, job, costs=bool(world.catalogue.paid())))
        if not job.status.ended:
            buttons.append(button(voice.say("button.cancel_number", number=number), CancelJob(job.code)))
        elif job.kind in SETS and job.recipe is not None:
            buttons.append(
                button(
                    voice.say("button.repeat", number=number, headline=card.cut(job.headline, REPEATED_LENGTH)),
                    Again(job.code),
                )
            )
    return TextView(
        title=voice.say("jobs.title"),
        text="\n".join(lines),
        rows=(*rows(*buttons), *pages(talk, "jobs")),
        slot="jobs",
    )


def job_line(voice: Speaker, number: int, job: JobFacts, *, costs: bool) -> str:
    """`costs`: whether anything here does; where everything is free no line says so."""
    cost = 0 if job.payer is Payer.HOUSE else job.captured if job.status.ended else job.price
    line = voice.say(
        "jobs.line",
        number=number,
        kind=_kind(voice, job),
        headline=card.cut(job.headline),
        state=_state(voice, job),
    )
    return voice.say("jobs.priced", line=line, price=offer.price(voice, cost)) if costs or cost else line


def _state(voice: Speaker, job: JobFacts) -> str:
    if job.status.ended:
        return voice.say(f"status.{job.status}")
    return voice.say("jobs.overnight") if job.stage is Stage.OVERNIGHT else waiting(voice, job)


def _kind(voice: Speaker, job: JobFacts) -> str:
    """What was made; of what was drawn in a vibe of its own, which."""
    kind = voice.say(f"kind.{job.kind}")
    if job.kind not in (JobKind.CHANGE_VIBE, *SETS) or job.recipe is None:
        return kind
    return voice.say("jobs.of_vibe", kind=kind, vibe=card.label(voice, "vibe", job.recipe.brief.vibe))


def waiting(voice: Speaker, job: JobFacts) -> str:
    """The place in the queue and the time left, or the stage the job is at."""
    if job.queue_position:
        text = voice.say("queue.position", position=job.queue_position)
    else:
        text = voice.say(f"stage.{job.stage}")
    return voice.say("queue.about", what=text, n=job.seconds_left) if job.seconds_left > 0 else text


def balance(talk: Talk) -> TextView:
    voice, world = talk.voice, talk.world
    wallet = world.wallet
    lines = [voice.say("balance.available", n=wallet.available)]
    if world.plan.id is not PlanId.FREE and not world.through_team:
        lines.append(voice.say("balance.plan", plan=voice.say(f"plan.{world.plan.id}"), n=world.plan.monthly_credits))
    if wallet.monthly:
        lines.append(voice.say("balance.split", monthly=wallet.monthly, lasting=wallet.purchased))
    if wallet.granted:
        lines.append(voice.say("balance.granted", n=wallet.granted))
    if wallet.held:
        lines.append(voice.say("balance.held", n=wallet.held))
    if wallet.debt:
        lines.append(voice.say("balance.debt", n=wallet.debt))
    if world.seat and (borne := team.bearing(voice, world.seat)):
        lines.append(borne)
    if server := _server(voice, world):
        lines.append(server)
    if wallet.next_grant:
        lines.append(voice.say("credits.next_grant", date=wallet.next_grant.date().isoformat()))
    lines += movements(voice, world)
    if not world.catalogue.paid():
        lines.append(voice.say("balance.all_free"))
    new = rows(
        button(voice.say("button.new"), Run("new")),
        button(voice.say("button.jobs"), Run("jobs")),
    )
    lacking = 0 if world.affords(1) else wallet.short_of(1)
    return TextView(
        title=voice.say("balance.title"),
        text="\n".join(lines),
        facts=(Fact(name=voice.say("balance.account"), value=account(world.person)),),
        lacking=lacking,
        rows=new,
        slot="balance",
    )


def _server(voice: Speaker, world: World) -> str:
    """What the server one is in has, and what of it, and of its orders, is left for today; empty: it bears and bounds
    nothing."""
    means = world.means
    said = [voice.say("server.has", n=means.has)] if means.pays else []
    if means.pays and means.share is not None:
        said.append(voice.say("server.left", n=means.left))
    if means.orders is not None:
        said.append(voice.say("server.orders_left", n=means.orders))
    return " ".join(said)


def movements(voice: Speaker, world: World) -> list[str]:
    return [_movement(voice, one) for one in world.movements[:MOVEMENTS_SHOWN]]


def _movement(voice: Speaker, movement: Movement) -> str:
    """What moved in words: an order by its headline, a gift with why it was given."""
    day = movement.at.date().isoformat()
    if movement.kind == "capture":
        paid = voice.say("movement.capture", n=-movement.credits, what=_ordered(voice, movement))
        back = voice.say("movement.returned", n=movement.returned) if movement.returned else ""
        return voice.say("balance.no_change", date=day, kind=f"{paid}{back}{_spender(voice, movement)}")
    if movement.kind in ("gift", "deduct"):
        said = voice.say(f"movement.{movement.kind}", why=movement.reference or "")
    elif movement.kind == "hold":
        said = voice.say("movement.hold", what=_ordered(voice, movement)) + _spender(voice, movement)
    else:
        said = voice.say(f"movement.{movement.kind}" if movement.kind in MOVEMENTS else "movement.other")
    if not movement.credits:
        return voice.say("balance.no_change", date=day, kind=said)
    return voice.say("balance.movement", date=day, kind=said, credits=f"{movement.credits:+d}")


def _spender(voice: Speaker, movement: Movement) -> str:
    """Whose wallet paid, or who spent it, where that is somebody else."""
    if movement.team:
        return voice.say("movement.by_team")
    return voice.say("movement.by_mate", mate=account(movement.mate)) if movement.mate else ""


def _ordered(voice: Speaker, movement: Movement) -> str:
    if not movement.headline:
        return voice.say("movement.order")
    return voice.say("movement.headline", headline=card.cut(movement.headline))


MOVEMENTS = frozenset(
    {
        "starter",
        "grant",
        "gift",
        "deduct",
        "topup",
        "hold",
        "capture",
        "expire",
        "clawback",
        "close",
        "join_in",
        "give_out",
    }
)
"""Kinds of ledger movements that have a word of their own."""
