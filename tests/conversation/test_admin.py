"""The way to the operators' pages, and what somebody reads whose wallet they froze."""

from dataclasses import replace

from core.conversation.action import Reroll
from core.conversation.engine import needs
from core.conversation.event import CommandSent
from core.conversation.session import Session
from core.conversation.world import Limit, Need
from core.domain.model import Origin
from core.domain.wallet import Wallet
from tests.conversation.building import PAID, WITH_PAID, Chat, labels, recipe, texts, variant

LINK = "http://here/admin/enter?pass=x"


def test_an_admin_is_given_the_link_and_for_everybody_else_there_is_no_such_command() -> None:
    assert Need.ADMIN in needs(Session(), CommandSent(name="admin"))
    assert Need.ADMIN not in needs(Session(), CommandSent(name="help"))
    assert LINK in texts(Chat().command("admin", admin_link=LINK))
    unknown = texts(Chat().command("admin"))
    assert "/admin" in unknown and "http" not in unknown


def test_a_frozen_wallet_is_said_plainly_with_where_to_ask() -> None:
    chat = Chat(
        catalogue=WITH_PAID,
        wallet=Wallet(purchased=9),
        variant=variant(recipe=replace(recipe(), model=PAID.id, origin=Origin.STAND_IN)),
    )
    turn = chat.press(Reroll("V" * 10, "1"), limit=Limit.FROZEN)
    assert "on hold" in texts(turn) and "nothing was charged" in texts(turn)
    assert "Ask about it" in labels(turn) and not turn.effects


def test_what_is_switched_off_is_said_plainly_and_nothing_is_ordered() -> None:
    painted = variant(recipe=replace(recipe(), model=PAID.id, origin=Origin.STAND_IN))
    turn = Chat(catalogue=WITH_PAID, wallet=Wallet(purchased=9), variant=painted).press(
        Reroll("V" * 10, "1"), limit=Limit.SWITCHED_OFF
    )
    assert "switched that off" in texts(turn) and "nothing was charged" in texts(turn) and not turn.effects
