"""Plans in the chat: a shut door is said before anything is charged, nothing is lost, and where none is sold there is
none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.conversation.action import Generate, Reroll, Run
from core.conversation.effect import Order
from core.conversation.event import CreditsMoved, PlanStalled
from core.conversation.turn import Turn
from core.conversation.view import Shelf, TextView
from core.domain.format import Quality
from core.domain.guild import Guild, Payer, Rules
from core.domain.model import Catalogue
from core.domain.plan import PLANS, PlanId
from core.domain.subscription import GIVEN, Status, Subscription
from core.domain.wallet import Wallet
from tests.conversation.building import PAID, STUDIO, WITH_PAID, Chat, buttons, recipe, texts, variant

SOLD = (PlanId.STARTER, PlanId.PRO)
MONTHLY = Wallet(monthly=50)


def orders(turn: Turn) -> list[Order]:
    return [effect for effect in turn.effects if isinstance(effect, Order)]


def briefed(**facts: Any) -> Chat:
    chat = Chat(**{"catalogue": WITH_PAID, "wallet": MONTHLY, "sold": SOLD, **facts})
    chat.photo(caption="I QUIT")
    return chat


def test_4k_is_shut_to_starter_and_the_brief_is_still_there_to_be_ordered() -> None:
    chat = briefed(plan=PLANS[PlanId.STARTER])
    draft, session = chat.session.draft, chat.session
    turn = chat.press(Generate(draft, "4.4k.4"))
    assert not orders(turn)
    assert "part of Pro and not of Starter. Nothing was charged" in texts(turn)
    assert Run("plans").pack() in [one.token for one in buttons(*turn.views)]
    assert replace(chat.session, beside="", detailed=False) == replace(session, beside="", detailed=False)
    assert orders(chat.press(Generate(draft, "4.standard.2")))


def test_the_door_is_said_before_what_is_missing_so_nobody_subscribes_to_the_wrong_plan() -> None:
    turn = briefed(wallet=Wallet()).press(Generate("", "4.4k.4"))
    chat = briefed(wallet=Wallet())
    turn = chat.press(Generate(chat.session.draft, "4.4k.4"))
    assert "part of Pro and not of Free" in texts(turn) and chat.session.waiting is None


@pytest.mark.parametrize(
    "facts",
    [
        {"plan": PLANS[PlanId.PRO]},
        {"wallet": Wallet(monthly=50, purchased=1)},
        {"sold": ()},
        {"sold": (PlanId.STARTER,)},
    ],
    ids=["its plan", "bought credits", "no plan is sold", "no plan that opens it is sold"],
)
def test_4k_is_open_to_who_has(facts: dict[str, Any]) -> None:
    chat = briefed(**facts)
    (made,) = orders(chat.press(Generate(chat.session.draft, "4.4k.4")))
    assert made.brief.quality is Quality.FOUR_K


def test_a_server_pays_with_bought_credits() -> None:
    chat = briefed()
    world_guild = Guild(rules=Rules(payer=Payer.GUILD), wallet=Wallet(purchased=9))
    turn = chat.press(Generate(chat.session.draft, "4.4k.4.server"), guild=world_guild)
    assert "part of Pro" not in texts(turn)


def test_a_premium_model_that_was_named_is_a_door_and_on_automatic_another_is_chosen() -> None:
    dear = replace(PAID, id="dear", surcharge=2)
    chat = briefed(catalogue=Catalogue((PAID, dear, STUDIO)))
    chat.session = replace(chat.session, answers={**chat.session.answers, "model": "dear"})
    turn = chat.press(Generate(chat.session.draft, "4.standard.4"))
    assert not orders(turn) and "This model is part of Pro" in texts(turn)
    chat.session = replace(chat.session, answers={**chat.session.answers, "model": "auto"})
    assert orders(chat.press(Generate(chat.session.draft, "4.standard.2")))


def test_a_refinement_is_asked_about_as_well_and_what_is_free_is_not() -> None:
    large = variant(recipe=replace(recipe(quality=Quality.FOUR_K), model="stand-in"))
    chat = Chat(catalogue=WITH_PAID, wallet=MONTHLY, sold=SOLD, variant=large)
    turn = chat.press(Reroll("V" * 10, "2"))
    assert not orders(turn) and "4K by a model is part of Pro" in texts(turn)
    assert orders(chat.command("score", "V" * 10))


def test_what_waited_for_credits_meets_the_door_when_they_come() -> None:
    """Ordered while everything was open, paid for when it was not."""
    chat = briefed(wallet=Wallet(), sold=())
    chat.press(Generate(chat.session.draft, "4.4k.4"))
    turn = chat.send(CreditsMoved(credits=50), wallet=MONTHLY, plan=PLANS[PlanId.STARTER], sold=SOLD)
    assert not orders(turn) and "part of Pro and not of Starter" in texts(turn)
    assert orders(chat.send(CreditsMoved(credits=250), wallet=MONTHLY, plan=PLANS[PlanId.PRO], sold=SOLD))


def held(status: Status, **changes: Any) -> Subscription:
    plain = Subscription(
        provider="stripe", reference="sub_1", plan=PlanId.PRO, paid_plan=PlanId.PRO,
        until=datetime(2026, 12, 21, tzinfo=UTC), ends=False, status=status,
    )  # fmt: skip
    return replace(plain, **changes)


def test_plans_say_what_each_gives_and_which_is_yours() -> None:
    chat = Chat(catalogue=WITH_PAID, sold=SOLD, plan=PLANS[PlanId.PRO], subscriptions=(held(Status.ACTIVE),))
    (view,) = chat.command("plans").views
    assert isinstance(view, TextView) and "You have Pro, paid until 2026-12-21" in view.text
    assert [(one.name, one.note) for one in view.facts] == [("Free", ""), ("Starter", ""), ("Pro", "your plan")]
    assert "250 credits a month, models up to 4K, premium models, 3 jobs at a time" in view.facts[2].value


@pytest.mark.parametrize("plan", [PlanId.FREE, PlanId.PRO])
def test_where_none_is_sold_everything_is_open_and_no_limit_is_shown(plan: PlanId) -> None:
    (view,) = Chat(catalogue=WITH_PAID, plan=PLANS[plan]).command("plans").views
    assert isinstance(view, TextView) and "everything is open to everybody" in view.text
    assert not view.facts


@pytest.mark.parametrize("status", [Status.GRACE, Status.PAST_DUE, Status.CANCELLED])
def test_trouble_with_a_plan_is_said_with_its_date(status: Status) -> None:
    chat = Chat(sold=SOLD, subscriptions=(held(Status.ENDED), held(status)))
    assert "2026-12-21" in texts(chat.command("plans"))


def test_what_is_sold_in_other_chats_only_is_a_door_here_too_and_said_with_where_it_is_sold() -> None:
    elsewhere = {PlanId.PRO: ("telegram", "discord")}
    chat = Chat(sold=SOLD, elsewhere=elsewhere)
    turn = chat.command("plans")
    assert shelf(turn) == Shelf((PlanId.STARTER,))
    (view,) = turn.views
    assert isinstance(view, TextView)
    assert [one.note for one in view.facts] == ["your plan", "", "sold in: Telegram, Discord"]
    shut = briefed(plan=PLANS[PlanId.STARTER], elsewhere=elsewhere)
    assert "part of Pro" in texts(shut.press(Generate(shut.session.draft, "4.4k.4")))


def test_a_given_plan_is_not_called_paid() -> None:
    chat = Chat(sold=SOLD, plan=PLANS[PlanId.PRO], subscriptions=(held(Status.ACTIVE, provider=GIVEN),))
    assert "from whoever runs this factory" in texts(chat.command("plans"))


def shelf(turn: Turn) -> Shelf | None:
    (view,) = turn.views
    assert isinstance(view, TextView)
    return view.shelf


def test_whoever_has_a_plan_is_offered_the_way_out_and_no_second_one() -> None:
    running = held(Status.ACTIVE, order="order-1")
    chat = Chat(sold=SOLD, plan=PLANS[PlanId.PRO], subscriptions=(running,))
    turn = chat.command("plans")
    assert shelf(turn) == Shelf(provider="stripe", order="order-1")
    assert Run("cancel_subscription").pack() in [one.token for one in buttons(*turn.views)]
    turn = chat.press(Run("cancel_subscription"))
    assert shelf(turn) == Shelf(provider="stripe", order="order-1", ending=True)
    assert "You keep Pro and its credits until 2026-12-21" in texts(turn)


@pytest.mark.parametrize(
    ("has", "said"),
    [
        ((), "nothing to cancel"),
        ((held(Status.ENDED),), "nothing to cancel"),
        ((held(Status.CANCELLED),), "is cancelled"),
    ],
)
def test_where_nothing_is_collected_there_is_nothing_to_end(has: tuple[Subscription, ...], said: str) -> None:
    chat = Chat(sold=SOLD, subscriptions=has)
    turn = chat.command("cancel_subscription")
    assert shelf(turn) is None and said in texts(turn)
    assert shelf(chat.command("plans")) == Shelf(SOLD), "whoever has left may come again"


def test_an_operators_plan_keeps_nobody_from_a_paid_one() -> None:
    chat = Chat(sold=SOLD, plan=PLANS[PlanId.STARTER], subscriptions=(held(Status.ACTIVE, provider=GIVEN),))
    assert shelf(chat.command("plans")) == Shelf(SOLD)
    assert "nothing to cancel" in texts(chat.command("cancel_subscription"))


def test_a_month_that_was_not_collected_is_told_with_the_way_to_mend_it_unless_it_was_mended() -> None:
    late = held(Status.GRACE, order="order-1")
    turn = Chat(sold=SOLD, subscriptions=(late,)).send(PlanStalled())
    assert "did not go through. Pro stays open for a few days" in texts(turn)
    assert shelf(turn) == Shelf(provider="stripe", order="order-1")
    assert not Chat(sold=SOLD, subscriptions=(held(Status.ACTIVE),)).send(PlanStalled()).views


def test_a_plan_that_is_paid_is_named_before_one_that_was_given() -> None:
    given, late = held(Status.ACTIVE, provider=GIVEN), held(Status.PAST_DUE, order="order-1")
    chat = Chat(sold=SOLD, subscriptions=(given, late))
    assert shelf(chat.command("plans")) == Shelf(provider="stripe", order="order-1")


def test_whoever_leaves_for_good_is_told_that_their_plan_would_go_on() -> None:
    chat = Chat(sold=SOLD, subscriptions=(held(Status.ACTIVE),))
    turn = chat.command("delete_me")
    assert "would still be charged" in texts(turn)
    assert Run("cancel_subscription").pack() in [one.token for one in buttons(*turn.views)]
    assert "charged" not in texts(chat.command("delete_me", subscriptions=(held(Status.CANCELLED),)))
