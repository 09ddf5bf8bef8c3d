"""/redeem, played event by event."""

from dataclasses import replace

import pytest

from core.conversation import engine, voucher
from core.conversation.action import Generate
from core.conversation.effect import Order, RedeemVoucher
from core.conversation.event import CommandSent, Started
from core.conversation.session import Session
from core.conversation.world import Need
from core.domain.voucher import Redeemable, VoucherBar
from core.domain.wallet import Wallet
from tests.conversation.building import WITH_PAID, Chat, texts

GOOD = Redeemable(id="hash", credits=50)


@pytest.mark.parametrize(
    "event", [CommandSent(name="redeem", argument=" acde3-fghjk "), Started(payload="redeem_ACDE3FGHJK")]
)
def test_a_code_comes_typed_or_in_a_link(event: CommandSent | Started) -> None:
    assert voucher.entered(event) == "ACDE3FGHJK"
    assert Need.VOUCHER in engine.needs(Session(), event)


def test_a_code_brings_its_credits_and_what_lacked_them_begins_in_the_same_turn() -> None:
    chat = Chat(catalogue=WITH_PAID)
    chat.photo(caption="I QUIT")
    chat.press(Generate(chat.session.draft, "4.standard.2"))
    turn = chat.send(CommandSent(name="redeem", argument="ACDE3-FGHJK"), voucher=GOOD)
    redeemed, begun = turn.effects
    assert redeemed == RedeemVoucher(voucher="hash") and isinstance(begun, Order)
    assert "50 credits were added. 50 credits to spend. What you ordered begins now." in texts(turn)


def test_debt_is_repaid_before_anything_can_be_spent() -> None:
    assert Wallet(purchased=0, debt=20).with_bought(50) == Wallet(purchased=30)
    assert Wallet(debt=20).with_bought(5) == Wallet(debt=15)


@pytest.mark.parametrize("bar", list(VoucherBar))
def test_a_code_that_is_no_good_moves_nothing(bar: VoucherBar) -> None:
    turn = Chat().send(CommandSent(name="redeem", argument="A"), voucher=replace(GOOD, bar=bar, retry_after_s=61))
    assert not turn.effects
    assert ("2 min" in texts(turn)) is (bar is VoucherBar.TOO_MANY)


def test_in_a_group_no_code_is_looked_at() -> None:
    assert "private chat" in texts(Chat().send(CommandSent(name="redeem", argument="A"), group=True))


def test_who_is_new_and_comes_by_a_link_is_told_what_this_is_as_well() -> None:
    turn = Chat().send(Started(payload="redeem_ACDE3FGHJK"), voucher=GOOD, new_person=True)
    assert len(turn.views) == 2 and turn.effects == (RedeemVoucher(voucher="hash"),)
    assert len(Chat().send(Started(payload="redeem_ACDE3FGHJK"), voucher=GOOD).views) == 1
