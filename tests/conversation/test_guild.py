"""In a server: what its rules let through, whoever pays, and the card that changes them."""

from dataclasses import replace
from typing import Any

import pytest

from core.conversation.action import (
    Action,
    Cancel,
    CancelJob,
    ChangeVibe,
    Generate,
    GetFile,
    Info,
    OpenVariant,
    Reroll,
    Retouch,
    Rule,
    Run,
    Share,
)
from core.conversation.effect import GiveCredits, Order, SaveRules
from core.conversation.event import AlbumSettled, CommandSent, Event, FormSent, PhotosSent, Pressed, TextSent
from core.conversation.present import preview_failed
from core.conversation.texts import speaker
from core.conversation.view import FormView, GalleryView, TextView, Topic
from core.conversation.world import Limit
from core.domain.guild import Guild, Member, Payer, Rules
from core.domain.job import Failure
from core.domain.model import Capability, Catalogue
from core.domain.wallet import Wallet
from tests.conversation.building import PAID, SELFIE, STUDIO, WITH_PAID, Chat, buttons, labels, recipe, texts, variant

MEMBER = Member(guild="7", channels=("1",), roles=("7", "8"))
ADMIN = replace(MEMBER, manages=True)
ELSEWHERE = Guild(rules=Rules(channels=("2", "3")))
PAYS = Guild(rules=Rules(payer=Payer.GUILD), wallet=Wallet(purchased=10))
MINE = variant(recipe=replace(recipe(), model="stand-in"))


def chat(guild: Guild, member: Member = MEMBER, **facts: Any) -> Chat:
    return Chat(**{"member": member, "guild": guild, "group": True, "catalogue": WITH_PAID, **facts})


@pytest.mark.parametrize(
    "event",
    [
        CommandSent(name="new"),
        CommandSent(name="thumbnail"),
        CommandSent(name="quick", argument="I QUIT"),
        CommandSent(name="refine"),
        Pressed(action=Run("new")),
        Pressed(action=Reroll("V" * 10, "1")),
        Pressed(action=Share("V" * 10)),
        PhotosSent(photos=(SELFIE,), caption="I QUIT"),
        TextSent(text="I QUIT"),
        FormSent(draft="d", question="vibe", values=("bold",)),
    ],
    ids=repr,
)
def test_where_a_server_does_not_want_it_nothing_is_made_and_the_session_stays(event: Event) -> None:
    here = chat(ELSEWHERE, variant=MINE)
    before = here.session
    turn = here.send(event)
    assert turn.toast and turn.toast.toast and "2 other channels" in turn.toast.text
    assert (turn.session, turn.views, turn.effects) == (before, (), ())


@pytest.mark.parametrize(
    "event",
    [
        *(
            CommandSent(name=name)
            for name in ("help", "balance", "settings", "privacy", "delete_me", "jobs", "gallery")
        ),
        *(Pressed(action=action) for action in (OpenVariant("V" * 10), Info("V" * 10), GetFile("V" * 10))),
        *(Pressed(action=action) for action in (Cancel(""), CancelJob("J" * 10), Run("gallery", "1"))),
        AlbumSettled(album="a"),
    ],
    ids=repr,
)
def test_whatever_was_made_before_and_what_is_known_of_a_person_stay_theirs_everywhere(event: Event) -> None:
    here = chat(ELSEWHERE, variant=MINE)
    assert "other channels" not in texts(here.send(event))


def test_words_for_a_setting_are_no_thumbnail() -> None:
    here = chat(ELSEWHERE)
    here.session = replace(here.session, setting="signature")
    assert "Saved" in texts(here.say("by ada"))


@pytest.mark.parametrize(
    ("rules", "open_"),
    [
        (Rules(), True),
        (Rules(channels=("1",)), True),
        (Rules(channels=("2",)), False),
        (Rules(roles=("8", "9")), True),
        (Rules(roles=("9",)), False),
        (Rules(channels=("1",), roles=("9",)), False),
    ],
)
def test_a_member_needs_one_of_the_channels_and_one_of_the_roles(rules: Rules, open_: bool) -> None:
    assert (rules.closed(MEMBER) is None) is open_


def test_in_a_thread_the_channel_it_belongs_to_counts() -> None:
    assert Rules(channels=("1",)).closed(replace(MEMBER, channels=("99", "1"))) is None


# -- who pays --------------------------------------------------------------------------------------------------------


def test_an_order_is_paid_by_whoever_its_button_named() -> None:
    here = chat(PAYS, wallet=Wallet(purchased=5))
    (preview,) = here.photo(caption="I QUIT").effects
    assert isinstance(preview, Order) and preview.means.pays, "its card will say who pays"
    session = here.session
    for offer, payer in (("4.standard.2.server", Payer.GUILD), ("4.standard.2", Payer.PERSON)):
        here.session = session
        (order,) = here.press(Generate(session.draft, offer)).effects
        assert isinstance(order, Order) and order.payer is payer
    here.session = session
    assert not here.press(Generate(session.draft, "4.standard.2.server"), guild=Guild()).effects
    assert "does not pay any more" in texts(here.turn)


@pytest.mark.parametrize(
    ("action", "own"),
    [
        (Reroll("V" * 10, "1"), Reroll("V" * 10, "1.own")),
        (ChangeVibe("V" * 10, "clean.1"), ChangeVibe("V" * 10, "clean.1.own")),
    ],
)
def test_what_a_server_cannot_pay_is_offered_at_ones_own_cost(action: Action, own: Action) -> None:
    here = chat(replace(PAYS, wallet=Wallet()), wallet=Wallet(purchased=5), variant=MINE)
    turn = here.press(action)
    assert turn.effects == () and "wallet is empty" in texts(turn)
    assert own.pack() in {button.token for button in buttons(*turn.views)}
    (order,) = here.press(own).effects
    assert isinstance(order, Order) and order.payer is Payer.PERSON


def test_words_for_a_picture_are_still_there_when_one_pays_for_them_oneself() -> None:
    editor = replace(PAID, capabilities=frozenset(Capability))
    here = chat(
        replace(PAYS, wallet=Wallet()),
        wallet=Wallet(purchased=5),
        variant=MINE,
        catalogue=Catalogue((editor, STUDIO)),
    )
    here.press(Retouch("V" * 10))
    turn = here.say("a blue sky")
    assert "wallet is empty" in texts(turn)
    own = next(button.token for button in buttons(*turn.views) if ".own" in button.token)
    assert own == Retouch("V" * 10, "words.1.own").pack()
    (order,) = here.press(Retouch("V" * 10, "words.1.own")).effects
    assert isinstance(order, Order) and (order.options["words"], order.payer) == ("a blue sky", Payer.PERSON)


def test_a_members_cap_of_credits_leaves_them_their_own() -> None:
    here = chat(PAYS, wallet=Wallet(purchased=5), variant=MINE)
    turn = here.press(Reroll("V" * 10, "1"), limit=Limit.GUILD_CREDITS, retry_after_s=7200)
    assert "one member in a day" in texts(turn) and "2 hours" in texts(turn)
    assert "Pay it yourself · 1 cr" in labels(turn)


ALMOST = Guild(rules=Rules(payer=Payer.GUILD), wallet=Wallet(purchased=1))
USED = Guild(rules=Rules(payer=Payer.GUILD, daily_credits=5), wallet=Wallet(purchased=50), used_credits=4)
OVER = Guild(rules=Rules(payer=Payer.GUILD, daily_jobs=2), wallet=Wallet(purchased=50), used_jobs=2)


def said_on(view: TextView) -> list[str]:
    return [one.label for one in buttons(view)]


def preview_card(guild: Guild) -> TextView:
    here = chat(guild, wallet=Wallet(purchased=5), catalogue=WITH_PAID)
    (order,) = here.photo(caption="I QUIT").effects
    assert isinstance(order, Order)
    why = Failure.INTERNAL
    return preview_failed(
        speaker("en"), draft="d", brief=order.brief, failure=why, catalogue=WITH_PAID, means=order.means
    )


@pytest.mark.parametrize(
    ("guild", "said", "label"),
    [
        (PAYS, "This server pays for it", "Generate 4 · 2 cr, this server pays"),
        (replace(PAYS, wallet=Wallet()), "wallet is empty", "Generate 4 · 2 cr"),
        (ALMOST, "has 1 cr left", "Generate 4 · 2 cr"),
        (USED, "has 1 cr left today", "Generate 4 · 2 cr"),
    ],
)
def test_a_server_is_offered_as_who_pays_only_where_it_will(guild: Guild, said: str, label: str) -> None:
    view = preview_card(guild)
    assert said in view.text and ("This server pays" in view.text) is (guild is PAYS)
    assert label in said_on(view)


def test_what_the_server_still_pays_is_offered_beside_what_it_does_not() -> None:
    assert {"Generate 4 · 2 cr", "2 drafts · 1 cr, this server pays"} <= set(said_on(preview_card(ALMOST)))


def test_whoever_has_ordered_as_much_as_a_server_lets_them_is_offered_no_order_there() -> None:
    view = preview_card(OVER)
    assert "Your orders of today in this server are used" in view.text
    assert not [one for one in buttons(view) if one.token.startswith(Generate("d", "x").pack()[:-1])]
    assert "Show the current brief" in said_on(view)
    here = chat(replace(OVER, wallet=Wallet()), wallet=Wallet(purchased=5), variant=MINE)
    turn = here.press(Reroll("V" * 10, "1"))
    assert "tomorrow" in texts(turn) and not [one for one in labels(turn) if "Pay it yourself" in one]


def test_nobody_is_offered_to_pay_for_what_they_cannot() -> None:
    here = chat(replace(PAYS, wallet=Wallet()), variant=MINE)
    turn = here.press(Reroll("V" * 10, "1"))
    assert "wallet is empty" in texts(turn) and "1 is missing" in texts(turn)
    assert not [one for one in labels(turn) if "Pay it yourself" in one]


def test_a_member_reads_what_the_server_has_and_what_of_it_is_left_for_them_today() -> None:
    text = texts(chat(replace(USED, rules=replace(USED.rules, daily_jobs=3), used_jobs=1)).command("balance"))
    assert "it has 50 credits. Today it pays 1 more for you. You can place 2 more orders here today." in text
    assert "This server" not in texts(chat(Guild(wallet=Wallet(purchased=9))).command("balance"))


def test_words_about_a_cap_promise_no_brief_where_there_is_none() -> None:
    turn = chat(Guild(), wallet=Wallet(purchased=5), variant=MINE).press(Reroll("V" * 10, "1"), limit=Limit.GUILD_JOBS)
    assert "brief" not in texts(turn) and "chat with me alone" in texts(turn)


def test_what_is_free_nobody_pays() -> None:
    here = chat(replace(PAYS, wallet=Wallet()), variant=MINE)
    (order,) = here.press(GetFile("V" * 10, "png")).effects
    assert isinstance(order, Order) and order.payer is Payer.PERSON


# -- the card --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [CommandSent(name="server"), Pressed(action=Rule("payer", "guild"))], ids=repr)
def test_whoever_does_not_manage_the_server_changes_nothing(event: Event) -> None:
    turn = chat(Guild()).send(event)
    assert turn.toast and not turn.views and not turn.effects


def test_outside_of_servers_there_is_nothing_to_decide() -> None:
    here = Chat()
    assert "That is for servers" in texts(here.command("server"))
    assert "/server" not in texts(here.command("help"))
    assert "/server" in texts(chat(Guild()).command("help"))


def test_a_rule_is_saved_and_shown_at_once() -> None:
    turn = chat(Guild(), ADMIN).press(Rule("daily_jobs", "5"))
    assert turn.effects == (SaveRules(guild="7", values={"daily_jobs": 5}),)
    assert "Saved. Orders per member: 5 a day" in texts(turn)


def test_an_admin_who_shuts_themselves_out_is_told_and_may() -> None:
    for roles, warned in ((("9",), True), (("8", "9"), False), ((), False)):
        turn = chat(Guild(), ADMIN).send(FormSent(draft="", question="roles", values=roles))
        assert turn.effects and ("none of these roles yourself" in texts(turn)) is warned


def test_a_refusal_says_which_channels_or_roles_it_means() -> None:
    toast = chat(ELSEWHERE).say("I QUIT").toast
    assert toast and (toast.channels, toast.roles) == (("2", "3"), ())


@pytest.mark.parametrize("value", ["4", "x", "-1", "guild"])
def test_a_value_nobody_offered_asks_again(value: str) -> None:
    turn = chat(Guild(), ADMIN).press(Rule("daily_jobs", value))
    assert not turn.effects and isinstance(turn.views[0], FormView)


def test_channels_are_a_list_of_the_platforms_own_that_begins_with_those_chosen() -> None:
    (view,) = chat(ELSEWHERE, ADMIN).press(Rule("channels")).views
    assert isinstance(view, FormView) and [one.value for one in view.options] == ["2", "3"]
    turn = chat(ELSEWHERE, ADMIN).send(FormSent(draft="", question="channels", values=()))
    assert turn.effects == (SaveRules(guild="7", values={"channels": []}),)


@pytest.mark.parametrize("offer", ["5.12", "5.3", "0.12", "-5.12", "13.12", "x", "5", "5.x", ""])
def test_only_what_was_offered_out_of_what_is_there_is_given(offer: str) -> None:
    turn = chat(Guild(giveable=12), ADMIN).press(Rule("give", offer))
    given = (GiveCredits(guild="7", credits=5, having=12),) if offer == "5.12" else ()
    assert turn.effects == given


# -- sharing ---------------------------------------------------------------------------------------------------------


def test_sharing_names_its_job_where_threads_begin_and_says_where_nothing_may_be_posted() -> None:
    def shared(**facts: Any) -> Any:
        return chat(Guild(), replace(MEMBER, **facts), variant=MINE).press(Share("V" * 10))

    (view,) = shared(threads=True).views
    assert isinstance(view, GalleryView) and view.topic == Topic("J" * 10, "I QUIT")
    assert (view.title, view.pictures[0].caption.startswith("Drawn by")) == ("I QUIT", True)
    (view,) = shared().views
    assert isinstance(view, GalleryView) and view.topic == Topic("J" * 10, "I QUIT", closed=True)
    (view,) = shared(channels=("99", "1")).views
    assert isinstance(view, GalleryView) and view.topic is None, "this is a thread"
    turn = shared(posts=False, threads=False)
    assert not turn.views and turn.toast and "may not post" in turn.toast.text
