"""/team and a seat in one, played event by event."""

from dataclasses import replace
from typing import Any

import pytest

from core.conversation import engine, listing, prefill, present, team
from core.conversation.action import Generate, Run, parse
from core.conversation.effect import CapSeat, InviteMate, LeaveSeat, Order, TakeSeat
from core.conversation.event import CommandSent, Pressed
from core.conversation.session import Session
from core.conversation.talk import Talk
from core.conversation.texts import speaker
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, TextView
from core.conversation.world import Need
from core.domain.brief import ColourPriority
from core.domain.identity import Chat as Private
from core.domain.plan import PLANS, PlanId
from core.domain.team import Invitation, Mate, Seat, SeatBar, Team
from core.domain.wallet import Movement, Wallet
from tests.conversation.building import NOW, WITH_PAID, Chat, job, rich, texts, world

OWNER, ADA = "0a0b0c0d-1111-4000-8000-000000000000", "1a1b1c1d-2222-4000-8000-000000000000"
CHAT = Private(ADA, "telegram", "7", "en")
SEAT = Seat(id="5ea7" + "0" * 28, has=40, cap=10, used=4)
MATE = Mate(seat=SEAT, person=ADA, platforms=("telegram", "web"), chat=CHAT)
OWNED = Team(owns=True, mates=(MATE,), code="ACDEFGHJKM", issues="hash")
INVITED = Team(invitation=Invitation(id="hash", owner=OWNER, chat=CHAT))


def asked(argument: str = "", **facts: Any) -> Turn:
    return Chat(person=OWNER).send(CommandSent(name="team", argument=argument), **facts)


def offered(turn: Turn) -> list[str]:
    return [
        getattr(parse(one.token), "argument", "") for view in turn.views for row in view.rows for one in row.buttons
    ]


@pytest.mark.parametrize(
    ("argument", "found"),
    [(" acdef-ghjkm ", ("ACDEFGHJKM", "")), ("yes.hash", ("", "hash")), ("invite", ("", "")), ("cap.1.2", ("", ""))],
)
def test_a_code_is_told_from_what_buttons_say(argument: str, found: tuple[str, str]) -> None:
    event = CommandSent(name="team", argument=argument)
    assert team.entered(event) == team.entered(Pressed(action=Run("team", argument.strip()))) == found
    assert Need.TEAM in engine.needs(Session(), event)


def test_who_has_no_team_is_told_what_one_is() -> None:
    assert "5 people" in texts(asked()) and "/team AF9QW" in texts(asked())


def test_the_owner_sees_who_sits_there_and_what_each_used() -> None:
    turn = asked(team=OWNED, wallet=Wallet(monthly=40, purchased=9))
    (view,) = turn.views
    assert isinstance(view, TextView)
    assert [(one.name, one.value) for one in view.facts] == [
        ("1a1b-1c1d (Telegram, browser)", "4 of 10 credits used this month")
    ]
    assert "2 of 5 seats" in view.text and "40 credits left for all" in view.text
    assert offered(turn) == [f"mate.{SEAT.id}", "invite"]


def test_each_invitation_is_a_code_of_its_own_until_all_seats_are_taken() -> None:
    turn = asked("invite", team=OWNED)
    assert turn.effects == (InviteMate(issues="hash"),)
    assert isinstance(turn.views[0], TextView) and turn.views[0].copy == "/team ACDEF-GHJKM"
    full = asked("invite", team=replace(OWNED, mates=(MATE,) * 4))
    assert not full.effects and "All seats" in texts(full)
    assert not asked("invite", team=replace(OWNED, owns=False)).effects


def test_a_seat_is_capped_freed_and_taken_away_by_its_buttons() -> None:
    shown = asked(f"mate.{SEAT.id}", team=OWNED)
    assert {f"cap.{SEAT.id}.50", f"cap.{SEAT.id}.0", f"remove.{SEAT.id}"} <= set(offered(shown))
    capped = asked(f"cap.{SEAT.id}.50", team=OWNED)
    assert capped.effects == (CapSeat(seat=SEAT.id, credits=50),) and "4 of 50" in texts(capped)
    assert asked(f"cap.{SEAT.id}.0", team=OWNED).effects == (CapSeat(seat=SEAT.id, credits=None),)
    removed = asked(f"remove.{SEAT.id}", team=OWNED)
    (effect,) = removed.effects
    assert isinstance(effect, LeaveSeat) and effect.told is not None
    assert (effect.seat, effect.told.chat) == (SEAT.id, CHAT) and "0a0b-0c0d" in effect.told.view.text
    assert "1 of 5 seats" in texts(removed)


@pytest.mark.parametrize("argument", ["mate.x", "cap.x.5", "remove.x", f"cap.{SEAT.id}.-5"])
def test_an_old_button_about_a_seat_changes_nothing(argument: str) -> None:
    assert not asked(argument, team=OWNED).effects


def test_an_invitation_is_taken_by_the_button_that_said_what_it_means() -> None:
    turn = asked("ACDEF-GHJKM", team=INVITED)
    assert not turn.effects and "0a0b-0c0d sees how many credits you use" in texts(turn)
    assert offered(turn) == ["yes.hash", "keep"]
    (taken,) = asked("yes.hash", team=INVITED).effects
    assert isinstance(taken, TakeSeat) and taken.told is not None
    assert (taken.invitation, taken.told.chat) == ("hash", CHAT)
    assert not asked("keep").effects


@pytest.mark.parametrize("bar", list(SeatBar))
def test_a_code_that_seats_nobody_says_why(bar: SeatBar) -> None:
    barred = Team(invitation=Invitation(bar=bar, retry_after_s=61))
    turn = asked("A", team=barred)
    assert not turn.effects and ("2 min" in texts(turn)) is (bar is SeatBar.TOO_MANY)
    assert not asked("yes.hash", team=barred).effects


def test_a_second_tap_on_a_seat_shows_it() -> None:
    again = Team(owner=OWNER, invitation=Invitation(bar=SeatBar.UNKNOWN))
    assert "team of 0a0b-0c0d" in texts(asked("yes.hash", team=again, seat=SEAT))


def test_a_member_leaves_with_one_press() -> None:
    turn = asked("leave", seat=SEAT, team=Team(owner=OWNER, chat=CHAT))
    (effect,) = turn.effects
    assert isinstance(effect, LeaveSeat) and effect.seat == SEAT.id and effect.told is not None
    assert not asked("leave").effects


def test_in_a_group_nothing_of_a_team_is_said() -> None:
    turn = asked("leave", seat=SEAT, group=True)
    assert not turn.effects and "private chat" in texts(turn)


def test_an_owner_who_goes_is_told_that_the_team_goes_too() -> None:
    chat = Chat()
    assert Need.TEAM in engine.needs(Session(), CommandSent(name="delete_me"))
    assert "1 person in it pays" in texts(chat.send(CommandSent(name="delete_me"), team=OWNED))
    assert "team" not in texts(chat.send(CommandSent(name="delete_me")))


# -- paying by it ----------------------------------------------------------------------------------------------------


def generated(**facts: Any) -> Turn:
    chat = Chat(catalogue=WITH_PAID, **facts)
    chat.photo(caption="I QUIT")
    return chat.press(Generate(chat.session.draft, "4.standard.2"))


@pytest.mark.parametrize(
    ("seat", "own", "taken"),
    [
        (SEAT, 0, True),
        (replace(SEAT, used=9), 0, False),
        (replace(SEAT, has=1), 0, False),
        (replace(SEAT, open=False), 0, False),
        (replace(SEAT, has=1, cap=None), 2, True),
        (None, 1, False),
    ],
)
def test_an_order_is_taken_where_the_seat_or_the_own_wallet_bears_all_of_it(
    seat: Seat | None, own: int, taken: bool
) -> None:
    turn = generated(seat=seat, wallet=Wallet(purchased=own))
    assert any(isinstance(effect, Order) for effect in turn.effects) is taken
    if not taken and seat and seat.open:
        assert "Your team pays 1 more credit for you" in texts(turn)


def test_what_a_job_cost_says_that_the_team_paid() -> None:
    voice = speaker("en")
    assert present.settled(voice, job(by_team=True)).endswith("Your team paid.")
    assert "back to your team" in present.settled(voice, job(by_team=True, captured=0))
    assert "team" not in present.settled(voice, job())


def test_balance_tells_what_the_team_pays_and_who_spent_what() -> None:
    moved = (
        Movement("capture", -2, NOW, headline="I QUIT", team=True),
        Movement("hold", -3, NOW, mate=ADA),
    )
    said = listing.balance(Talk.begin(Session(), rich(seat=SEAT, movements=moved))).text
    assert "Your team pays 6 more credits for you" in said
    assert (
        "paid 2 for “I QUIT”, paid by your team" in said and "held for an order, by 1a1b-1c1d in your team: -3" in said
    )
    assert listing.balance(Talk.begin(Session(), world(seat=SEAT))).lacking == 0


def test_the_owners_look_holds_where_there_is_none_of_ones_own() -> None:
    shared = {"brand_colours": ["#ff0000"], "logo": "theirs"}
    seated = replace(SEAT, shared=shared)
    brief = prefill.brief(Session(), world(seat=seated))
    assert (brief.logo, brief.brand_colours, brief.colours) == ("theirs", ("#ff0000",), ColourPriority.BRAND)
    own = prefill.brief(Session(), world(seat=seated, settings={"logo": "mine", "brand_colours": []}))
    assert (own.logo, own.brand_colours) == ("mine", ("#ff0000",))


def test_a_team_that_lost_its_plan_says_so_and_that_it_is_back() -> None:
    said = [team.turned(speaker("en"), open_=one) for one in (False, True)]
    assert all(isinstance(one, NoticeView) for one in said)
    assert "at your own cost" in said[0].text and "again" in said[1].text


def test_plans_tell_how_many_sit_in_a_team() -> None:
    assert PLANS[PlanId.TEAM].seats == team.SEATS
    facts = {"sold": (PlanId.PRO, PlanId.TEAM), "plan": PLANS[PlanId.TEAM]}
    for seat, note in ((None, "your plan"), (SEAT, "through your team")):
        (view,) = Chat(seat=seat).send(CommandSent(name="plans"), **facts).views
        assert isinstance(view, TextView) and "5 people" in view.facts[-1].value and view.facts[-1].note == note
        assert Run("team").pack() in [one.token for row in view.rows for one in row.buttons]
        assert ("Your plan: Team" in texts(Chat(seat=seat).send(CommandSent(name="balance"), **facts))) is (
            seat is None
        )
