"""The server a person is in: where and by whom it lets the factory be used, how much, who pays, and the card for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.conversation.action import (
    Back,
    BestThree,
    Cancel,
    CancelJob,
    Delete,
    DownloadAll,
    Expired,
    FillIn,
    GetFile,
    HandIn,
    Info,
    OpenVariant,
    Pin,
    Rule,
    Run,
    Set,
)
from core.conversation.command import COMMANDS, Group, known
from core.conversation.effect import GiveCredits, SaveRules
from core.conversation.event import (
    AlbumSettled,
    CommandSent,
    CreditsMoved,
    Event,
    FormSent,
    HasRead,
    PhotoRefused,
    PhotosSent,
    PlanStalled,
    Pressed,
    Started,
    TextSent,
)
from core.conversation.session import Session
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.turn import Turn
from core.conversation.view import Fact, FieldKind, FormView, NoticeView, Option, TextView, Tone
from core.domain.guild import Closed, Member, Payer, Rules
from core.domain.record import Json, from_record, to_record

SLOT = "server"
BACK = "back"
GIVE = "give"
GIFTS = (5, 10, 25, 50, 100)

_ALWAYS = (Back, BestThree, Cancel, CancelJob, Delete, DownloadAll, Expired, GetFile, Info, OpenVariant, Pin, Rule, Set)
"""Whatever was made before is the person's, wherever they look at it."""
_MAKING = frozenset(
    {*(row.name for row in COMMANDS.values() if row.group is Group.MAKE), "refine", "score"} - {"cancel"}
)


# -- who may use it --------------------------------------------------------------------------------------------------


def closed(
    voice: Speaker, member: Member, rules: Rules, event: Event, session: Session | None = None
) -> NoticeView | None:
    """What is said instead of making something where the server does not want that; None: go on."""
    why = rules.closed(member) if makes(event, session) else None
    if why is None:
        return None
    channels, roles = (rules.channels, ()) if why is Closed.CHANNEL else ((), rules.roles)
    text = voice.say(f"server.closed.{why}", n=len(channels or roles))
    return NoticeView(text=text, tone=Tone.WARNING, toast=True, channels=channels, roles=roles)


def makes(event: Event, session: Session | None = None) -> bool:
    """Whether it leads to something being made, which is all that a server's rules are about."""
    match event:
        case (
            AlbumSettled()
            | HasRead()
            | CreditsMoved()
            | PlanStalled()
            | Pressed(action=FillIn(draft="") | HandIn(draft=""))
        ):
            return False
        case CommandSent(name=name) | Pressed(action=Run(command=name)):
            return known(name) in _MAKING
        case Pressed(action=action):
            return not isinstance(action, _ALWAYS)
        case FormSent(draft=draft):
            return bool(draft)
        case TextSent() | PhotosSent() | PhotoRefused():
            return session is None or not session.setting
        case Started():
            return True


# -- the card --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    kind: FieldKind
    offers: tuple[str, ...]
    spoken: Callable[[Speaker, Json], str]
    """Of the rule's record."""

    def record(self, value: str) -> Json:
        return int(value) if value.isdecimal() else value


def _channels(voice: Speaker, record: Json) -> str:
    return voice.say("server.chosen", n=len(record)) if record else voice.say("server.everywhere")


def _roles(voice: Speaker, record: Json) -> str:
    return voice.say("server.chosen", n=len(record)) if record else voice.say("server.everyone")


def _cap(voice: Speaker, record: Json) -> str:
    return voice.say("server.a_day", n=record) if record else voice.say("server.no_cap")


ROWS: dict[str, _Row] = {
    "channels": _Row(FieldKind.CHANNELS, (), _channels),
    "roles": _Row(FieldKind.ROLES, (), _roles),
    "daily_jobs": _Row(FieldKind.CHOICE, ("0", "1", "2", "3", "5", "10", "20", "50"), _cap),
    "daily_credits": _Row(FieldKind.CHOICE, ("0", "2", "5", "10", "20", "50", "100"), _cap),
    "payer": _Row(
        FieldKind.CHOICE, (Payer.PERSON, Payer.GUILD), lambda voice, record: voice.say(f"server.payer.{record}")
    ),
}
"""By the field of `Rules`."""


def command(talk: Talk, _: str) -> Turn:
    return _barred(talk) or Turn(talk.session, (overview(talk),))


def pressed(talk: Talk, action: Rule) -> Turn:
    barred = _barred(talk)
    if barred:
        return barred
    if action.rule == GIVE:
        return _give(talk, action.value)
    row = ROWS.get(action.rule)
    if row is None:
        return Turn(talk.session, (overview(talk),))
    return (
        _saved(talk, action.rule, row.record(action.value)) if action.value in row.offers else _asked(talk, action.rule)
    )


def chosen(talk: Talk, event: FormSent) -> Turn:
    """Channels or roles out of the platform's own list; none of them: all."""
    return _barred(talk) or _saved(talk, event.question, list(event.values))


def _barred(talk: Talk) -> Turn | None:
    """Whether somebody manages a server is stated with each thing they do, and looked at each time."""
    member, voice = talk.world.member, talk.voice
    if member is None:
        return Turn(talk.session, (NoticeView(text=voice.say("server.elsewhere"), tone=Tone.WARNING, slot=SLOT),))
    return None if member.manages else talk.toast(voice.say("server.not_yours"), Tone.WARNING)


def overview(talk: Talk, note: str = "") -> TextView:
    voice, world = talk.voice, talk.world
    rules = to_record(world.guild.rules)
    facts = [
        Fact(
            name=_name(voice, rule),
            value=row.spoken(voice, rules[rule]),
            channels=world.guild.rules.channels if rule == "channels" else (),
            roles=world.guild.rules.roles if rule == "roles" else (),
        )
        for rule, row in ROWS.items()
    ]
    buttons = [button(_name(voice, rule), Rule(rule)) for rule in ROWS]
    return TextView(
        title=voice.say("server.title"),
        text=note,
        facts=(*facts, Fact(name=voice.say("server.wallet"), value=voice.say("balance.available", n=_owns(talk)))),
        rows=rows(*buttons, button(voice.say("server.give.name"), Rule(GIVE)), width=2),
        slot=SLOT,
    )


def _owns(talk: Talk) -> int:
    return talk.world.guild.wallet.available


def _name(voice: Speaker, rule: str) -> str:
    return voice.say(f"server.rule.{rule}.name")


def _asked(talk: Talk, rule: str) -> Turn:
    voice, row = talk.voice, ROWS[rule]
    now: Json = to_record(talk.world.guild.rules)[rule]
    options = [
        Option(row.spoken(voice, row.record(value)), value, Rule(rule, value).pack(), row.record(value) == now)
        for value in row.offers
    ]
    if row.kind is not FieldKind.CHOICE:
        options = [Option(one, one, Rule(rule, one).pack(), chosen=True) for one in now]
    form = FormView(
        draft="",
        question=rule,
        kind=row.kind,
        text=voice.say(f"server.rule.{rule}.ask"),
        hint=voice.say("details.now", answer=row.spoken(voice, now)),
        options=tuple(options),
        rows=rows(button(voice.say("button.back"), Run("server", BACK))),
        slot=SLOT,
    )
    return Turn(talk.session, (form,))


def _saved(talk: Talk, rule: str, record: Json) -> Turn:
    member, world = talk.world.member, talk.world
    assert member is not None
    rules = from_record(Rules, {**to_record(world.guild.rules), rule: record})
    after = replace(talk, world=replace(world, guild=replace(world.guild, rules=rules)))
    note = talk.voice.say("settings.saved", name=_name(talk.voice, rule), value=ROWS[rule].spoken(talk.voice, record))
    if rule == "roles" and rules.roles and not set(rules.roles) & set(member.roles):
        note = f"{note}\n{talk.voice.say('server.not_among_them')}"
    return Turn(talk.session, (overview(after, note),), (SaveRules(guild=member.guild, values={rule: record}),))


# -- giving ----------------------------------------------------------------------------------------------------------


def _give(talk: Talk, offer: str) -> Turn:
    """What the button said, if the person still has what it was offered out of: a second tap asks anew."""
    voice, world, member = talk.voice, talk.world, talk.world.member
    giveable = world.guild.giveable
    amount, _, having = offer.partition(".")
    given = int(amount) if amount.isdecimal() else 0
    if member is None or not 0 < given <= giveable or having != str(giveable):
        return Turn(talk.session, (_gifts(talk),))
    wallet = world.guild.wallet
    owning = replace(world.guild, wallet=replace(wallet, purchased=wallet.purchased + given))
    after = replace(talk, world=replace(world, guild=owning))
    effect = GiveCredits(guild=member.guild, credits=given, having=giveable)
    return Turn(talk.session, (overview(after, voice.say("server.given", n=given)),), (effect,))


def _gifts(talk: Talk) -> FormView | NoticeView:
    voice, giveable, member = talk.voice, talk.world.guild.giveable, talk.world.member
    back = rows(button(voice.say("button.back"), Run("server", BACK)))
    if not giveable and member:
        none = voice.say("server.give.nothing")
        return NoticeView(
            text=f"{none} {voice.say('server.give.granted', id=member.guild)}",
            lacking=1,
            selling=f"{none} {voice.say('server.give.buy')}",
            rows=back,
            slot=SLOT,
        )
    amounts = sorted({*(one for one in GIFTS if one <= giveable), *([giveable] if giveable else [])})
    return FormView(
        draft="",
        question=GIVE,
        kind=FieldKind.CHOICE,
        text=voice.say("server.give.ask"),
        hint=voice.say("server.giveable", n=giveable),
        options=tuple(
            Option(voice.say("server.give.some", n=one), str(one), Rule(GIVE, f"{one}.{giveable}").pack())
            for one in amounts
        ),
        rows=rows(button(voice.say("button.back"), Run("server", BACK))),
        slot=SLOT,
    )
