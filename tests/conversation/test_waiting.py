"""An order that lacked credits begins once some were bought: the very one, once, and at the price that was said."""

from dataclasses import replace
from datetime import timedelta

from core.conversation.action import Cancel, Generate, Reroll
from core.conversation.effect import Order
from core.conversation.event import CreditsMoved
from core.conversation.session import Session
from core.conversation.turn import Turn
from core.conversation.view import NoticeView
from core.domain.job import JobKind
from core.domain.model import Catalogue
from core.domain.payment import Cause, Money, Receipt
from core.domain.record import from_record, to_record
from core.domain.wallet import Wallet
from tests.conversation.building import NOW, PAID, STUDIO, WITH_PAID, Chat, recipe, texts, variant

RICH = Wallet(purchased=50)


def lacked() -> Chat:
    """Somebody who was told that 2 credits are missing for a set."""
    chat = Chat(catalogue=WITH_PAID)
    chat.photo(caption="I QUIT")
    turn = chat.press(Generate(chat.session.draft, "4.standard.2"))
    assert "2 are missing" in texts(turn)
    (view,) = turn.views
    assert isinstance(view, NoticeView) and "waits for 24 hours" in view.selling
    return chat


def orders(turn: Turn) -> list[Order]:
    return [effect for effect in turn.effects if isinstance(effect, Order)]


def test_what_was_ordered_begins_with_the_receipt_and_only_once() -> None:
    chat = lacked()
    draft = chat.session.draft
    chat.session = from_record(Session, to_record(chat.session))
    turn = chat.send(CreditsMoved(credits=50), wallet=RICH)
    (begun,) = orders(turn)
    assert (begun.kind, begun.quote.credits, begun.brief.headline) == (JobKind.SET, 2, "I QUIT")
    assert "50 credits were added. 50 credits to spend. What you ordered begins now." in texts(turn)
    assert (chat.session.waiting, chat.session.draft, chat.session.ordered) == (None, "", draft)
    assert not orders(chat.send(CreditsMoved(credits=50), wallet=RICH)), "who pays twice has one set"
    assert not orders(chat.press(Generate(draft, "4.standard.2"), wallet=RICH)), "nor by the old button"


def test_it_carries_the_code_that_its_button_would_have_given_it() -> None:
    by_button, by_payment = lacked(), lacked()
    by_payment.session = replace(by_button.session)
    (pressed,) = orders(by_button.press(Generate(by_button.session.draft, "4.standard.2"), wallet=RICH))
    (paid,) = orders(by_payment.send(CreditsMoved(credits=50), wallet=RICH))
    assert paid == pressed
    assert by_button.session.waiting is None, "what was ordered by hand waits no longer"


def test_a_refinement_waits_as_well() -> None:
    chat = Chat(catalogue=WITH_PAID, variant=variant(recipe=replace(recipe(), model="stand-in")))
    chat.press(Reroll("V" * 10, "1"))
    (begun,) = orders(chat.send(CreditsMoved(credits=5), wallet=RICH))
    assert (begun.kind, begun.variant, begun.quote.credits) == (JobKind.REROLL, "V" * 10, 1)


def test_at_another_price_it_is_asked_for_again() -> None:
    chat = lacked()
    dearer = Catalogue((replace(PAID, surcharge=1), STUDIO))
    turn = chat.send(CreditsMoved(credits=50), wallet=RICH, catalogue=dearer)
    assert not orders(turn) and "2 cr" in texts(turn) and "3 cr" in texts(turn)
    assert orders(chat.press(Generate(chat.session.draft, "4.standard.3"), wallet=RICH, catalogue=dearer))


def test_too_little_keeps_it_waiting_and_says_what_is_missing() -> None:
    chat = lacked()
    turn = chat.send(CreditsMoved(credits=1), wallet=Wallet(purchased=1))
    assert not orders(turn) and "1 is missing" in texts(turn)
    assert orders(chat.send(CreditsMoved(credits=1), wallet=Wallet(purchased=2)))


def test_after_a_day_it_is_not_begun_and_that_is_said() -> None:
    chat = lacked()
    turn = chat.send(CreditsMoved(credits=50), wallet=RICH, now=NOW + timedelta(hours=25))
    assert not orders(turn) and "more than a day" in texts(turn)
    assert chat.session.waiting is None and chat.session.draft, "the brief is still there"


def test_a_brief_that_was_dropped_or_changed_is_not_begun() -> None:
    dropped, changed = lacked(), lacked()
    dropped.press(Cancel(dropped.session.draft))
    assert not orders(dropped.send(CreditsMoved(credits=50), wallet=RICH))
    changed.say("I STAYED")
    turn = changed.send(CreditsMoved(credits=50), wallet=RICH)
    assert not orders(turn) and "I STAYED" in texts(turn)


def test_what_is_taken_back_begins_nothing() -> None:
    chat = lacked()
    assert not orders(chat.send(CreditsMoved(credits=-50), wallet=Wallet(debt=50)))
    assert chat.session.waiting


def test_whoever_asks_to_buy_is_told_what_is_sold_here_or_who_gives_some() -> None:
    chat = Chat(catalogue=WITH_PAID, wallet=Wallet(purchased=3))
    (view,) = chat.command("buy").views
    assert isinstance(view, NoticeView)
    assert view.lacking == 1 and "Whoever runs this factory" in view.text and "buy some here" in view.selling


def test_a_receipt_says_what_was_paid_and_a_claim_what_it_is_and_begins_nothing() -> None:
    paid = Receipt(cause=Cause.PAID, money=Money(1499, "usd"), credits=50, reference="pi_1", date="2026-11-20")
    turn = lacked().send(CreditsMoved(credits=50, receipt=paid), wallet=RICH)
    assert "50 credits were added. You paid $14.99 on 2026-11-20 (reference pi_1). 50 credits to spend." in texts(turn)
    assert orders(turn)
    sold = replace(paid, money=None)
    assert "Bought on 2026-11-20" in texts(lacked().send(CreditsMoved(credits=50, receipt=sold), wallet=RICH))
    said = {
        cause: texts(lacked().send(CreditsMoved(credits=amount, receipt=replace(paid, cause=cause)), wallet=RICH))
        for cause, amount in (
            (Cause.REFUND_OPEN, -50),
            (Cause.REFUND_LOST, -50),
            (Cause.REFUND_LIFTED, 50),
            (Cause.DISPUTE_OPEN, -50),
            (Cause.DISPUTE_LOST, 0),
            (Cause.DISPUTE_LIFTED, 50),
        )
    }
    assert all("$14.99" in text and "50 credits" in text and "begins now" not in text for text in said.values())
    assert not [cause for cause, text in said.items() if cause.startswith("dispute") and "refund" in text]
