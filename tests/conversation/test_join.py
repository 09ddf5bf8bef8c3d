"""/link and /unlink, played event by event: nothing happens that was not said before."""

from dataclasses import replace
from typing import Any

import pytest

from core.conversation import engine, join
from core.conversation.action import Action, Run, parse
from core.conversation.effect import IssueCode, JoinPerson, LeavePerson
from core.conversation.event import CommandSent, Pressed
from core.conversation.session import Session
from core.conversation.view import TextView
from core.conversation.world import Need
from core.domain.identity import Bar, Identity, Linking, Offer, Terms
from core.domain.wallet import Wallet
from tests.conversation.building import SELFIE, Chat, buttons, labels, texts

OFFER_ID = "0123456789abcdef01234567"
OFFER = Offer(id=OFFER_ID, terms=Terms(7, 4, 2), credits=10, platforms=("telegram", "discord"), place="7")
FIRST = Identity(id="f" * 16, platform="telegram", first=True, here=False)
HERE = Identity(id="e" * 16, platform="web", first=False, here=True)
OTHER = Identity(id="d" * 16, platform="discord", first=False, here=False)
BOTH = Linking(identities=(FIRST, HERE), code="ACDEFGHJ", issues="hash")
ALONE = Linking(identities=(replace(FIRST, here=True),), code="ACDEFGHJ", issues="hash")


def told(**offer: Any) -> Linking:
    """What is known when the code of another chat was entered."""
    return replace(ALONE, offer=replace(OFFER, **offer))


def action(chat: Chat, label: str) -> Action:
    (token,) = {one.token for one in buttons(*chat.turn.views) if one.label == label}
    return parse(token)


def test_the_code_is_shown_whole_and_only_its_hash_leaves_the_turn() -> None:
    chat = Chat(linking=ALONE)
    chat.command("link")
    (view,) = chat.turn.views
    assert isinstance(view, TextView)
    assert view.copy == "/link ACDE-FGHJ"
    assert chat.turn.effects == (IssueCode(issues="hash"),)
    assert "10 minutes" in view.text and "Give it to nobody" in view.text


@pytest.mark.parametrize("typed", ["ACDE-FGHJ", "acdefghj", " a c d e – f g h j "])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert join.entered(CommandSent(name="link", argument=typed)) == ("ACDEFGHJ", "")


def test_only_link_asks_for_a_code_to_be_looked_at() -> None:
    for event in (CommandSent(name="link"), CommandSent(name="unlink", argument="AAAA"), Pressed(action=Run("jobs"))):
        assert join.entered(event) == ("", "")
    assert join.entered(Pressed(action=Run("link", join.KEEP))) == ("", "")
    for name in ("link", "unlink", "privacy", "delete_me"):
        assert Need.LINKING in engine.needs(Session(), CommandSent(name=name))


def test_what_will_happen_is_said_in_full_before_it_does() -> None:
    chat = Chat(linking=told())
    chat.command("link", "ACDE-FGHJ")
    assert not chat.turn.effects
    for part in ("Telegram, Discord", "7 credits move", "4 credits of the welcome gift here lapse", "2 credits you owe",
                 "holds 10 credits", "selfies", "brand colours", "unlink"):  # fmt: skip
        assert part in texts(chat.turn)
    assert labels(chat.turn) == ["Link the two", "Don't link"]


def test_where_no_credits_move_none_are_spoken_of() -> None:
    chat = Chat(linking=told(terms=Terms(), credits=0))
    assert "redit" not in texts(chat.command("link")) + texts(chat.command("link", "ACDE-FGHJ"))
    for word in ("wallet", "gift"):
        assert word not in texts(chat.turn)
    leaving = Chat(linking=BOTH)
    assert "redit" not in texts(leaving.command("unlink"))
    assert "second welcome gift" in texts(leaving.command("unlink", wallet=Wallet(purchased=1)))


def test_a_gift_that_need_not_lapse_is_not_lost_unsaid() -> None:
    for gift, said in ((0, True), (4, False)):
        chat = Chat(linking=told(gift=gift))
        assert ("the other way round" in texts(chat.command("link", "ACDE-FGHJ"))) is said


def test_the_confirmation_joins_on_the_terms_it_said_and_tells_the_other_chat() -> None:
    chat = Chat(linking=told())
    chat.photo()
    draft = chat.session
    chat.command("link", "ACDE-FGHJ")
    press = action(chat, "Link the two")
    assert join.entered(Pressed(action=press)) == ("", OFFER_ID)
    chat.press(press)
    (effect,) = chat.turn.effects
    assert isinstance(effect, JoinPerson)
    assert effect.offer == OFFER
    assert "has joined this one: Telegram" in effect.told.text
    assert (chat.session.draft, chat.session.photos) == (draft.draft, (SELFIE,)), "the brief stays in its chat"


def test_terms_that_changed_meanwhile_are_said_anew() -> None:
    chat = Chat(linking=told())
    chat.command("link", "ACDE-FGHJ")
    chat.press(action(chat, "Link the two"), linking=told(terms=Terms(3, 4, 2)))
    assert not chat.turn.effects
    assert "3 credits move" in texts(chat.turn)


def test_a_second_press_finds_them_linked() -> None:
    chat = Chat(linking=told())
    chat.command("link", "ACDE-FGHJ")
    press = action(chat, "Link the two")
    chat.press(press, linking=replace(BOTH, offer=Offer(bar=Bar.UNKNOWN)))
    assert not chat.turn.effects and chat.turn.toast
    assert chat.turn.toast.text == "This chat is linked already."


@pytest.mark.parametrize("bar", Bar)
def test_a_barred_code_joins_nobody_and_says_why(bar: Bar) -> None:
    chat = Chat(linking=replace(ALONE, offer=Offer(id=OFFER_ID, bar=bar, retry_after_s=61)))
    for turn in (chat.command("link", "ACDE"), chat.press(Run("link", f"yes.{OFFER_ID}.0.0.0"))):
        assert not turn.effects
        assert texts(turn)
    assert (bar is Bar.TOO_MANY) == ("2 min" in texts(chat.turn))


def test_after_the_job_that_barred_it_one_press_shows_the_terms() -> None:
    chat = Chat(linking=replace(ALONE, offer=Offer(id=OFFER_ID, bar=Bar.RUNNING)))
    chat.command("link", "ACDE")
    chat.press(action(chat, "Try again"), linking=told())
    assert not chat.turn.effects
    assert "7 credits move" in texts(chat.turn)


def test_in_a_group_nothing_is_linked() -> None:
    for name in ("link", "unlink"):
        chat = Chat(group=True, linking=BOTH)
        chat.command(name)
        assert not chat.turn.effects
        assert "private chat" in texts(chat.turn)


def test_the_chat_that_leaves_is_asked_and_keeps_nothing() -> None:
    chat = Chat(linking=BOTH)
    chat.photo()
    chat.command("unlink")
    assert not chat.turn.effects
    assert "Telegram" in texts(chat.turn) and "afresh" in texts(chat.turn)
    chat.press(action(chat, "Yes, unlink it"))
    assert chat.turn.effects == (LeavePerson(identity=HERE.id, here=True),)
    assert chat.session == Session()


def test_another_chat_is_chosen_among_those_that_joined() -> None:
    chat = Chat(linking=replace(BOTH, identities=(FIRST, HERE, OTHER)))
    chat.photo()
    chat.command("unlink")
    assert labels(chat.turn) == ["browser (this chat)", "Discord"]
    chat.press(action(chat, "Discord"))
    chat.press(action(chat, "Yes, unlink it"))
    assert chat.turn.effects == (LeavePerson(identity=OTHER.id, here=False),)
    assert chat.session.photos == (SELFIE,)


def test_the_first_chat_is_never_offered_to_leave() -> None:
    chat = Chat(linking=ALONE)
    chat.command("unlink")
    assert "No other chat" in texts(chat.turn)
    chat.press(Run("unlink", f"yes.{FIRST.id}"))
    assert not chat.turn.effects


def test_work_under_way_is_waited_for() -> None:
    chat = Chat(linking=replace(BOTH, identities=(FIRST, replace(HERE, busy=True))))
    chat.press(Run("unlink", f"yes.{HERE.id}"))
    assert not chat.turn.effects
    assert "still being made" in texts(chat.turn)


def test_privacy_lists_the_chats_and_delete_me_says_it_takes_them_all() -> None:
    chat = Chat(linking=BOTH)
    (view,) = chat.command("privacy").views
    assert isinstance(view, TextView)
    assert [fact.value for fact in view.facts] == ["Telegram, browser"]
    assert {"Link a chat", "Unlink a chat"} <= set(labels(chat.turn))
    assert "Telegram, browser" in texts(chat.command("delete_me"))
    alone = Chat(linking=ALONE)
    assert "linked chats" not in texts(alone.command("delete_me"))
