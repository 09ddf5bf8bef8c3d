"""Team: `/team` shows who sits in one's own, and one's seat in another's; a code of its owner's leads to a seat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.conversation.action import Run
from core.conversation.effect import CapSeat, InviteMate, LeaveSeat, TakeSeat, Told
from core.conversation.event import CommandSent, Event, Pressed
from core.conversation.join import named
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker, speaker
from core.conversation.turn import Turn
from core.conversation.view import Button, Fact, NoticeView, Style, TextView, Tone
from core.domain.identity import Chat, account
from core.domain.plan import PLANS, PlanId
from core.domain.team import Invitation, Mate, Seat, SeatBar

SLOT = "team"
_ACTS = {"back": 0, "invite": 0, "leave": 0, "keep": 0, "mate": 1, "remove": 1, "yes": 1, "cap": 2}
"""What buttons say behind the command, with how many things each is about, behind dots."""
CAPS = (10, 25, 50, 100, 200)
SEATS = PLANS[PlanId.TEAM].seats


def entered(event: Event) -> tuple[str, str]:
    """The code somebody typed after `/team`, or the id of the invitation whose button they pressed; else empty."""
    match event:
        case CommandSent(name="team", argument=argument) | Pressed(action=Run(command="team", argument=argument)):
            act, about = _act(argument)
            if act:
                return "", about[0] if act == "yes" else ""
            return "".join(filter(str.isalnum, argument)).upper(), ""
        case _:
            return "", ""


def _act(argument: str) -> tuple[str, list[str]]:
    act, *about = argument.split(".")
    return (act, about) if _ACTS.get(act) == len(about) else ("", [])


def command(talk: Talk, argument: str) -> Turn:
    """What there is, unless a button or a code says more. Whose team and seat it is, the store looks at again."""
    if talk.world.overheard:
        return _notice(talk, talk.voice.say("team.private"), Tone.WARNING)
    match _act(argument):
        case "invite", _:
            return _invited(talk)
        case "leave", _:
            return _left(talk)
        case "keep", _:
            return _notice(talk, talk.voice.say("team.kept"))
        case "mate", [seat]:
            return _shown(talk, seat)
        case "cap", [seat, amount]:
            return _capped(talk, seat, amount)
        case "remove", [seat]:
            return _removed(talk, seat)
        case "yes", _:
            return _seated(talk)
        case "", _ if argument:
            return _offered(talk)
        case _:
            return Turn(talk.session, (overview(talk),))


def overview(talk: Talk, note: str = "") -> TextView:
    """One's own team and one's seat in another's; for who has neither, what it would be."""
    voice, world = talk.voice, talk.world
    team, seat = world.team, world.seat
    lines, buttons = [note] if note else [], list[Button]()
    if team.owns or team.mates:
        lines.append(voice.say("team.seats", taken=1 + len(team.mates), of=SEATS))
        lines.append(voice.say("team.has", n=world.wallet.shared) if team.owns else voice.say("team.over"))
        buttons += [button(account(one.person), Run("team", f"mate.{one.seat.id}")) for one in team.mates]
        if team.owns and len(team.mates) < SEATS - 1:
            buttons.append(button(voice.say("button.invite"), Run("team", "invite"), Style.PRIMARY))
    if seat:
        lines += _standing(voice, seat, team.owner)
        buttons.append(button(voice.say("button.leave_team"), Run("team", "leave"), Style.DANGER))
    if not buttons:
        lines += [voice.say("team.what", seats=SEATS), voice.say("team.how")]
        buttons.append(button(voice.say("button.plans"), Run("plans")))
    return TextView(
        title=voice.say("team.title"),
        text="\n".join(lines),
        facts=tuple(Fact(name=_name(voice, one), value=_used(voice, one.seat)) for one in team.mates),
        rows=rows(*buttons, width=2),
        slot=SLOT,
    )


def _standing(voice: Speaker, seat: Seat, owner: str) -> list[str]:
    if not seat.open:
        return [voice.say("team.closed")]
    return [voice.say("team.seated", owner=account(owner)), bearing(voice, seat), _used(voice, seat)]


def bearing(voice: Speaker, seat: Seat) -> str:
    """What the team pays for whoever holds the seat, from now on; empty: it has no plan."""
    return voice.say("team.bears", n=seat.means.left) if seat.open else ""


def _used(voice: Speaker, seat: Seat) -> str:
    if seat.cap is None:
        return voice.say("team.used", n=seat.used)
    return voice.say("team.used_of", n=seat.used, cap=seat.cap)


def _name(voice: Speaker, mate: Mate) -> str:
    return f"{account(mate.person)} ({named(voice, mate.platforms)})"


# -- the owner's -----------------------------------------------------------------------------------------------------


def _invited(talk: Talk) -> Turn:
    """A code for one person; each press makes another."""
    voice, team = talk.voice, talk.world.team
    if not team.owns:
        return Turn(talk.session, (overview(talk),))
    if len(team.mates) >= SEATS - 1:
        return Turn(talk.session, (overview(talk, voice.say("team.all_taken")),))
    half = len(team.code) // 2
    view = TextView(
        title=voice.say("team.title"),
        text=voice.say("team.invite"),
        copy=f"/team {team.code[:half]}-{team.code[half:]}",
        rows=rows(button(voice.say("button.back"), Run("team", "back"))),
        slot=SLOT,
    )
    return Turn(talk.session, (view,), (InviteMate(issues=team.issues),))


def _shown(talk: Talk, seat: str, note: str = "") -> Turn:
    """One seat: what was spent from it, what it may spend, and its end."""
    voice, mate = talk.voice, _mate(talk, seat)
    if mate is None:
        return Turn(talk.session, (overview(talk, voice.say("team.gone")),))
    caps = [button(voice.say("team.at_most", n=one), Run("team", f"cap.{seat}.{one}")) for one in CAPS]
    view = TextView(
        title=_name(voice, mate),
        text="\n".join(filter(None, (note, _used(voice, mate.seat), voice.say("team.cap_ask")))),
        rows=rows(
            *caps,
            button(voice.say("team.no_cap"), Run("team", f"cap.{seat}.0")),
            button(voice.say("button.remove_mate"), Run("team", f"remove.{seat}"), Style.DANGER),
            button(voice.say("button.back"), Run("team", "back")),
            width=3,
        ),
        slot=SLOT,
    )
    return Turn(talk.session, (view,))


def _capped(talk: Talk, seat: str, amount: str) -> Turn:
    mate = _mate(talk, seat)
    if mate is None or not (amount.isascii() and amount.isdecimal() and len(amount) < 8):
        return _shown(talk, seat)
    cap = int(amount) or None
    mates = tuple(
        replace(one, seat=replace(one.seat, cap=cap)) if one is mate else one for one in talk.world.team.mates
    )
    after = _with(talk, mates)
    return replace(_shown(after, seat, talk.voice.say("team.saved")), effects=(CapSeat(seat=seat, credits=cap),))


def _removed(talk: Talk, seat: str) -> Turn:
    mate = _mate(talk, seat)
    if mate is None:
        return _shown(talk, seat)
    after = _with(talk, tuple(one for one in talk.world.team.mates if one is not mate))
    view = overview(after, talk.voice.say("team.removed", mate=account(mate.person)))
    owner = account(talk.world.person)
    told = _told(mate.chat, lambda voice: voice.say("team.told_removed", owner=owner))
    return Turn(talk.session, (view,), (LeaveSeat(seat=seat, told=told),))


def _mate(talk: Talk, seat: str) -> Mate | None:
    return next((one for one in talk.world.team.mates if one.seat.id == seat), None)


def _with(talk: Talk, mates: tuple[Mate, ...]) -> Talk:
    return replace(talk, world=replace(talk.world, team=replace(talk.world.team, mates=mates)))


# -- who is invited --------------------------------------------------------------------------------------------------


def _offered(talk: Talk) -> Turn:
    """Whose team it is and what that means, before anything happens."""
    voice, invitation = talk.voice, talk.world.team.invitation or Invitation(bar=SeatBar.UNKNOWN)
    if invitation.bar:
        return _barred(talk, invitation, invitation.bar)
    view = TextView(
        title=voice.say("team.offer_title"),
        text=voice.say("team.offer", owner=account(invitation.owner)),
        rows=rows(
            button(voice.say("button.take_seat"), Run("team", f"yes.{invitation.id}"), Style.PRIMARY),
            button(voice.say("button.no_seat"), Run("team", "keep")),
        ),
        slot=SLOT,
    )
    return Turn(talk.session, (view,))


def _seated(talk: Talk) -> Turn:
    voice, invitation = talk.voice, talk.world.team.invitation or Invitation(bar=SeatBar.UNKNOWN)
    if invitation.bar and talk.world.seat:
        return Turn(talk.session, (overview(talk),))  # a second tap
    if invitation.bar:
        return _barred(talk, invitation, invitation.bar)
    mate = account(talk.world.person)
    told = _told(invitation.chat, lambda voice: voice.say("team.told_taken", mate=mate))
    view = NoticeView(
        text=voice.say("team.taken", owner=account(invitation.owner)),
        rows=rows(button(voice.say("button.new"), Run("new")), button(voice.say("button.team"), Run("team"))),
        slot=SLOT,
    )
    return Turn(talk.session, (view,), (TakeSeat(invitation=invitation.id, told=told),))


def _barred(talk: Talk, invitation: Invitation, bar: SeatBar) -> Turn:
    minutes = -(-invitation.retry_after_s // 60)
    return _notice(talk, talk.voice.say(f"team.bar.{bar}", minutes=minutes), Tone.WARNING)


def _left(talk: Talk) -> Turn:
    """One press; what is being made goes on at the team's cost."""
    seat = talk.world.seat
    if seat is None:
        return Turn(talk.session, (overview(talk),))
    mate = account(talk.world.person)
    told = _told(talk.world.team.chat, lambda voice: voice.say("team.told_left", mate=mate))
    return replace(_notice(talk, talk.voice.say("team.left")), effects=(LeaveSeat(seat=seat.id, told=told),))


# -- what others hear of it ------------------------------------------------------------------------------------------


def _told(chat: Chat | None, said: Callable[[Speaker], str]) -> Told | None:
    """None: there is no chat they could hear it in."""
    if chat is None:
        return None
    voice = speaker(chat.language)
    ways = rows(button(voice.say("button.team"), Run("team")))
    return Told(chat=chat, view=NoticeView(text=said(voice), rows=ways))


def turned(voice: Speaker, *, open_: bool) -> NoticeView:
    """The team has lost its plan, or has it again."""
    text = voice.say("team.opened" if open_ else "team.closed")
    return NoticeView(text=text, rows=rows(button(voice.say("button.team"), Run("team"))))


def _notice(talk: Talk, text: str, tone: Tone = Tone.INFO) -> Turn:
    ways = rows(button(talk.voice.say("button.team"), Run("team")))
    return Turn(talk.session, (NoticeView(text=text, tone=tone, rows=ways, slot=SLOT),))
