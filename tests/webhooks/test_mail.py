"""Alerts as e-mail: delivered, postponed and given up, over a server on this machine."""

import pytest

from core.conversation.view import TextView
from core.services.desk import Delivery, Refused, TryLater
from tests.mail_server import mail_box
from webhooks.mail import MailCourier, MailServer

ALERT = TextView(title="Alert", text="The pool of gemini is low: $4.12 is left.\nPlease refill it. ☂")
TO = ("ada@example.com", "bob@example.com")


def delivery(key: str = "alert:1") -> Delivery:
    return Delivery(id=1, key=key, place="alerts", view=ALERT, language="en")


def courier(port: int, login: str = "") -> MailCourier:
    return MailCourier(MailServer.parsed(f"smtp://{login}127.0.0.1:{port}?from=factory@example.com"), TO)


async def test_an_alert_arrives_as_a_letter_that_says_it_and_is_the_same_when_it_is_sent_again() -> None:
    async with mail_box() as box:
        box.password = "s3:cret"
        for _ in range(2):
            assert await courier(box.port, "factory:s3%3Acret@").deliver(delivery()) == {}
        first, second = box.letters
        assert (first["From"], first["To"]) == ("factory@example.com", ", ".join(TO))
        assert box.recipients[:2] == list(TO)
        assert first["Subject"] == "Thumbnail Factory: Alert. The pool of gemini is low: $4.12 is left."
        assert "Please refill it. ☂" in first.get_content()
        assert first["Message-ID"] == second["Message-ID"]


async def test_what_the_server_does_not_take_now_is_tried_again_and_what_it_never_takes_is_given_up() -> None:
    async with mail_box() as box:
        for refusal, outcome in ((b"451 later", TryLater), (b"550 nobody", Refused)):
            box.refuses = refusal
            with pytest.raises(outcome):
                await courier(box.port).deliver(delivery())
        box.refuses, box.password = b"", "right"
        with pytest.raises(TryLater) as wrong:
            await courier(box.port, "factory:wrong@").deliver(delivery())
        assert "wrong" not in str(wrong.value)
        assert box.letters == []
    with pytest.raises(TryLater):
        await courier(box.port).deliver(delivery())


def test_an_address_says_how_it_is_reached_and_shows_no_password() -> None:
    sealed = MailServer.parsed("smtps://ada%40example.com:p%40ss@mail.example.com")
    assert (sealed.port, sealed.sealed, sealed.user, sealed.sender) == (465, True, "ada@example.com", "ada@example.com")
    assert sealed.password == "p@ss" and "p@ss" not in repr(sealed)
    assert MailServer.parsed("smtp://mail.example.com").port == 587
