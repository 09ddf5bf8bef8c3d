"""Home: the commands, and what is said to somebody who arrives or is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.conversation import (
    card,
    draft,
    guild,
    inspection,
    intake,
    job,
    join,
    listing,
    order,
    plan,
    rework,
    scoring,
    setting,
    step,
    team,
    variant,
    voucher,
)
from core.conversation.action import Cancel, CancelJob, OpenDetails, Run
from core.conversation.answer import clean
from core.conversation.command import ADMIN, COMMANDS, ON_VARIANTS, Group, known, nearest
from core.conversation.effect import DeletePerson, ForgetSelfies, Order
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import Button, GalleryView, NoticeView, Picture, Row, Style, TextView, Tone
from core.domain import series
from core.domain.brief import Brief
from core.domain.identity import account
from core.domain.job import JobKind
from core.domain.price import Quote, Work

SURE, KEEP, FORGET = "yes", "keep", "forget"
CANCELLED_LENGTH = 20
"""Letters of a headline on the button that cancels its job."""


def command(talk: Talk, name: str, argument: str = "", variants: tuple[str, ...] = ()) -> Turn:
    """Whatever was being typed for a variant or a setting is given up, the brief stays."""
    if name == ADMIN and talk.world.admin_link:
        return Turn(talk.session, (TextView(text=talk.voice.say("admin.link", link=talk.world.admin_link)),))
    handler = _COMMANDS.get(known(name))
    if handler is None:
        return unknown(talk, name)
    if name != "cancel":
        talk = talk.briefing()
    if name in ON_VARIANTS and len(variants) > 1 and not argument:
        return inspection.which(talk, name, variants)
    return handler(talk, argument)


def started(talk: Talk) -> Turn:
    """By a link with a code: what it brought, and for who is new, what this is."""
    redeemed = command(talk, "redeem")
    if not talk.world.new_person:
        return redeemed
    begun = command(replace(talk, session=redeemed.session), "start")
    return replace(redeemed, session=begun.session, views=(*redeemed.views, *begun.views))


def unknown(talk: Talk, name: str) -> Turn:
    if talk.world.overheard:
        return Turn(talk.session)  # in a group it may well be another bot's
    voice = talk.voice
    typed, meant = clean(name)[: card.SHOWN_LENGTH], nearest(name)
    text = voice.say("help.unknown", name=typed)
    buttons = [button(voice.say("button.new"), Run("new")), button(voice.say("button.help"), Run("help"))]
    if meant:
        text = voice.say("help.meant", name=typed, meant=meant)
        buttons = [button(voice.say("button.command", name=meant), Run(meant), Style.PRIMARY), buttons[-1]]
    return Turn(talk.session, (NoticeView(text=text, tone=Tone.WARNING, rows=rows(*buttons)),))


def expired(talk: Talk) -> Turn:
    """A button of another release, or none at all."""
    voice = talk.voice
    view = NoticeView(
        text=voice.say("expired.release"), tone=Tone.WARNING, rows=_ways(talk, "new", "gallery", "jobs"), slot="expired"
    )
    toast = NoticeView(text=voice.say("expired.button"), tone=Tone.WARNING, toast=True)
    return Turn(talk.session, (view,), toast=toast)


def _ways(talk: Talk, *names: str) -> tuple[Row, ...]:
    return rows(*(button(talk.voice.say(f"button.{name}"), Run(name)) for name in names))


def _start(talk: Talk, _: str) -> Turn:
    """One sentence, one example, what to send, two buttons."""
    talk = talk.closed().drafting()
    voice, world = talk.voice, talk.world
    text = voice.say("start.text" if world.catalogue.paid() else "start.text_free")
    text = f"{text}\n\n{voice.say('start.private' if world.private else 'start.send')}"
    first = [button(voice.say("button.help"), Run("help")), button(voice.say("button.settings"), Run("settings"))]
    if world.last_selfies:
        first = [card.last_selfies_button(talk), button(voice.say("button.gallery"), Run("gallery"))]
    if world.group:
        # Where others write as well, a picture may not reach us by itself; where there are forms, this opens one.
        first = [button(voice.say("button.new"), Run("new"), Style.PRIMARY), *first]
    title = voice.say("start.title")
    if not world.example:
        return Turn(talk.session, (TextView(title=title, text=text, rows=rows(*first)),))
    width, height = world.example_size
    example = Picture(
        asset=world.example,
        alt=voice.say("start.example"),
        caption=voice.say("start.example"),
        width=width,
        height=height,
    )
    return Turn(talk.session, (GalleryView(title=title, text=text, pictures=(example,), rows=rows(*first)),))


def _new(talk: Talk, _: str) -> Turn:
    """A new brief; what fills it is remembered from the last one."""
    return _begun(talk.closed().drafting())


def _begun(talk: Talk) -> Turn:
    voice = talk.voice
    view = TextView(
        text=voice.say("new.text"),
        rows=rows(
            *card.selfie_buttons(talk),
            button(voice.say("button.details"), OpenDetails(talk.session.draft)),
            button(voice.say("button.cancel"), Cancel(talk.session.draft)),
            width=2,
        ),
    )
    return Turn(talk.session, (view,))


def _quick(talk: Talk, argument: str) -> Turn:
    """The headline with the last selfies."""
    talk = talk.drafting()
    if talk.world.last_selfies and not talk.session.photos:
        talk = intake.with_photos(talk, talk.world.last_selfies)
    if argument.strip():
        talk = intake.with_words(talk, argument)
    return step.onward(talk)


def _series(talk: Talk, argument: str) -> Turn:
    """A brief of its own in the look of a code, with the photos there are or the last selfies; without words, what a
    series is. A code that cannot be read changes nothing."""
    if not argument.strip():
        return Turn(talk.session, (TextView(text=talk.voice.say("series.how"), rows=_ways(talk, "gallery", "new")),))
    code, _ = series.find(argument)
    if fault := series.fault(code):
        return draft.unreadable(talk, fault)
    before, talk = talk.session, talk.closed()
    if before.photos:
        talk = talk.having(
            photos=before.photos,
            without_person=before.without_person,
            words_only=before.words_only,
            accepted_concerns=before.accepted_concerns,
        )
    return _quick(talk, argument)


def _cancel(talk: Talk, _: str) -> Turn:
    """The innermost thing first: what is being typed, then the brief, then running jobs, each by its own button. A job
    that is named stops at once."""
    session, voice = talk.session, talk.voice
    if talk.world.job is not None:
        turn = job.pressed(talk, CancelJob(talk.world.job.code))
        said = () if turn.views or turn.toast is None else (replace(turn.toast, toast=False),)
        return replace(turn, views=(*turn.views, *said), toast=None)
    if session.typing_for or session.changing_for or session.quoted:
        text = voice.say("cancel.editing")
        return Turn(talk.unasked().session, (NoticeView(text=text, rows=_ways(talk, "gallery", "new")),))
    if session.setting:
        return setting.stop(talk)
    running = [one for one in talk.world.jobs if not one.status.ended]
    buttons = [
        button(
            voice.say(
                "button.cancel_which",
                kind=voice.say(f"kind.{one.kind}"),
                headline=card.cut(one.headline, CANCELLED_LENGTH),
            ),
            CancelJob(one.code),
        )
        for one in running
    ]
    if session.draft:
        turn = draft.cancel(talk)
        if not running:
            return turn
        more = NoticeView(text=voice.say("cancel.running", n=len(running)), rows=rows(*buttons, width=1))
        return Turn(turn.session, (*turn.views, more))
    if running:
        text = voice.say("cancel.running", n=len(running))
        return Turn(session, (NoticeView(text=text, rows=rows(*buttons, width=1)),))
    return Turn(session, (NoticeView(text=voice.say("cancel.nothing"), rows=_ways(talk, "new", "gallery")),))


def _info(talk: Talk, _: str) -> Turn:
    """Of the variant named, else of the latest one."""
    facts = talk.world.variant
    if facts is None or facts.deleted:
        return rework.gone(talk)
    return Turn(
        talk.session, (inspection.info_view(talk, facts), variant.alone(talk.voice, facts, talk.world.catalogue))
    )


def _refine(talk: Talk, _: str) -> Turn:
    """What can be done with the variant named, else with the latest one."""
    facts = talk.world.variant
    if facts is None or facts.deleted:
        return rework.gone(talk)
    return Turn(talk.session, (variant.alone(talk.voice, facts, talk.world.catalogue),))


def _score(talk: Talk, argument: str) -> Turn:
    """Of the variant named or replied to, else of the latest set: with several in it, the person says which. Who has
    made none, or says so, is asked for a picture from elsewhere."""
    if argument == scoring.ANOTHER:
        return scoring.ask(talk)
    shown = [one for one in talk.world.gallery if not one.deleted]
    facts = talk.world.variant or next(iter(shown), None)
    if facts is None and not argument:
        return scoring.ask(talk)
    if facts is None or facts.deleted:
        return rework.gone(talk)
    together = [one for one in shown if one.job == facts.job]
    if talk.world.variant is None and len(together) > 1:
        codes = tuple(one.code for one in sorted(together, key=lambda one: one.position))
        return inspection.which(talk, "score", codes)
    return inspection.scored(talk, facts)


def _help(talk: Talk, _: str) -> Turn:
    voice = talk.voice
    lines = [voice.say("help.intro_private" if talk.world.private else "help.intro")]
    for group in Group:
        lines += ["", voice.say(f"help.{group}")]
        lines += [
            voice.say("help.line", name=row.name, description=voice.say(row.description))
            for row in COMMANDS.values()
            if row.group is group and (talk.world.member or not row.manages)
        ]
    return Turn(
        talk.session, (TextView(title=voice.say("help.title"), text="\n".join(lines), rows=_ways(talk, "new")),)
    )


def _buy(talk: Talk, _: str) -> Turn:
    """What is sold here, or else who gives credits."""
    voice, wallet = talk.voice, talk.world.wallet
    text = voice.say("balance.available", n=wallet.available)
    view = NoticeView(
        text=f"{text} {voice.say('credits.ask', account=account(talk.world.person))}",
        lacking=wallet.short_of(wallet.available + 1),
        selling=f"{text} {voice.say('credits.buy')}",
        rows=_ways(talk, *(("plans",) if talk.world.sold else ()), "balance"),
    )
    return Turn(talk.session, (view,))


def _terms(talk: Talk, _: str) -> Turn:
    return Turn(talk.session, (TextView(title=talk.voice.say("terms.title"), text=talk.voice.say("terms.text")),))


def _paysupport(talk: Talk, _: str) -> Turn:
    voice = talk.voice
    text = voice.say("paysupport.text", account=account(talk.world.person))
    return Turn(talk.session, (TextView(title=voice.say("paysupport.title"), text=text, rows=_ways(talk, "balance")),))


def _privacy(talk: Talk, argument: str) -> Turn:
    voice = talk.voice
    if argument == FORGET:
        return _forgotten(talk)
    ways = _ways(talk, "export", "delete_me")
    if talk.world.last_selfies:
        ways = (*rows(button(voice.say("button.forget_selfies"), Run("privacy", FORGET), Style.DANGER)), *ways)
    text = voice.say("privacy.text")
    if talk.credited():
        text = f"{text} {voice.say('privacy.ledger')}"
    view = TextView(
        title=voice.say("privacy.title"), text=text, facts=join.linked(talk), rows=(*ways, *join.ways(talk))
    )
    return Turn(talk.session, (view,))


def _forgotten(talk: Talk) -> Turn:
    """Not asked twice: they can be sent again. A brief in the making goes on without them."""
    voice = talk.voice
    if not talk.world.last_selfies:
        return talk.toast(voice.say("photos.none_stored"), Tone.WARNING)
    session = talk.having(photos=(), accepted_concerns=False).session
    return Turn(session, (NoticeView(text=voice.say("privacy.forgotten")),), (ForgetSelfies(),))


def _export(talk: Talk, _: str) -> Turn:
    """Everything we know of the person, as a job of its own."""
    code = talk.code(JobKind.EXPORT)
    # No model draws an export; the quote names none.
    made = Order(code=code, kind=JobKind.EXPORT, brief=Brief(), quote=Quote(0, "", Work.RETYPE, 1))
    return order.place(
        talk, talk, (made,), order.queued(talk.voice, code, 1, talk.voice.say(f"working.{JobKind.EXPORT}"))
    )


def _delete_me(talk: Talk, argument: str) -> Turn:
    """Asked once; the receipt follows when it is done."""
    voice = talk.voice
    if argument == SURE:
        view = NoticeView(text=voice.say("delete_me.begun"), slot="delete_me")
        return Turn(talk.closed().having(ordered="", waiting=None).session, (view,), (DeletePerson(),))
    if argument == KEEP:
        return Turn(talk.session, (NoticeView(text=voice.say("delete_me.kept"), slot="delete_me"),))
    buttons: list[Button] = [
        button(voice.say("button.delete_me_sure"), Run("delete_me", SURE), Style.DANGER),
        button(voice.say("button.keep_me"), Run("delete_me", KEEP)),
        button(voice.say("button.export"), Run("export")),
    ]
    text = voice.say("delete_me.sure_credits" if talk.credited() else "delete_me.sure")
    if chats := join.chats(talk):
        text = f"{text} {voice.say('delete_me.linked', chats=chats)}"
    if talk.world.team.mates:
        text = f"{text} {voice.say('delete_me.team', n=len(talk.world.team.mates))}"
    if plan.collected(talk.world.subscriptions):
        # Whoever collects knows nothing of us, and would go on.
        text = f"{text} {voice.say('delete_me.subscribed')}"
        buttons.append(button(voice.say("button.end_plan"), Run("cancel_subscription")))
    view = NoticeView(
        text=text,
        tone=Tone.WARNING,
        rows=rows(*buttons, width=2),
        slot="delete_me",
    )
    return Turn(talk.session, (view,))


def _version(talk: Talk, _: str) -> Turn:
    text = talk.voice.say("version.text", release=talk.world.release)
    return Turn(talk.session, (TextView(text=text),))


_COMMANDS: dict[str, Callable[[Talk, str], Turn]] = {
    "start": _start,
    "new": _new,
    "quick": _quick,
    "series": _series,
    "jobs": lambda talk, _: Turn(talk.session, (listing.jobs(talk),)),
    "gallery": lambda talk, _: Turn(talk.session, (listing.gallery(talk),)),
    "info": _info,
    "refine": _refine,
    "score": _score,
    "balance": lambda talk, _: Turn(talk.session, (listing.balance(talk),)),
    "buy": _buy,
    "plans": plan.plans,
    "cancel_subscription": plan.leave,
    "redeem": voucher.redeem,
    "team": team.command,
    "settings": lambda talk, _: setting.home(talk),
    "server": guild.command,
    "help": _help,
    "cancel": _cancel,
    "export": _export,
    "link": join.link,
    "unlink": join.unlink,
    "privacy": _privacy,
    "delete_me": _delete_me,
    "terms": _terms,
    "paysupport": _paysupport,
    "version": _version,
}
