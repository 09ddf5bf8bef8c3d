"""Pages: templates with what all of them share. Their words are for operators: in English, as the command line's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.conversation import alarm, texts
from core.domain.administration import Act
from core.domain.identity import account
from core.domain.payment import Money, decimals
from core.services.admission import PATH
from core.services.office.act import Reason
from web.chat import render
from web.chat.shelf import Shelf

FOLDER: Final = Path(__file__).parent
REFUSED: Final[dict[Reason, str]] = {
    Reason.ROLE: "Your role does not reach that far. Nothing was done.",
    Reason.NO_REASON: "Say why, in 1 to 80 characters. Nothing was done.",
    Reason.AMOUNT: "That is no amount. Nothing was done.",
    Reason.OWN: "You proposed it yourself, so somebody else has to approve it.",
    Reason.SHORT: "Only {have} is left to take. Nothing was taken.",
    Reason.UNKNOWN: "That is not there any more. Nothing was done.",
    Reason.NOBODY: "Say whose it is: telegram:ID, discord:ID, or the account they read under /balance.",
    Reason.REUSED: "This form was sent before with other words, or somebody was faster. Look again, then repeat it.",
    Reason.OVER: "It was decided, has expired or has ended meanwhile. Nothing was done.",
    Reason.LATER: "Not as it stands now. Nothing was done.",
    Reason.ELSEWHERE: "Nobody here can ask the company. Give it back there; the credits go when it tells us.",
    Reason.WHOLE: "They give a payment back whole: leave out the amount. Nothing was done.",
}
NAV: Final = (
    ("people", "People", ""),
    ("ledger", "Ledger", "/ledger"),
    ("payments", "Payments", "/payments"),
    ("codes", "Codes", "/codes"),
    ("jobs", "Jobs", "/jobs"),
    ("pools", "Pools", "/pools"),
    ("switches", "Switches", "/switches"),
    ("usage", "Usage", "/usage"),
    ("alerts", "Alerts", "/alerts"),
    ("proposals", "Proposals", "/proposals"),
    ("journal", "Journal", "/journal"),
)


class Pages:
    def __init__(self, shelf: Shelf) -> None:
        self._templates = Environment(
            loader=FileSystemLoader([FOLDER / "templates", render.TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        chat = Shelf()
        self._templates.globals |= {
            "root": PATH,
            "static": shelf.url,
            "chat_static": chat.url,
            "nav": NAV,
            "Act": Act,
            "fresh_key": lambda: uuid4().hex,
        }
        self._templates.filters |= {
            "when": when,
            "day": lambda moment: f"{moment.astimezone(UTC):%d %b %Y}",
            "account": account,
            "number": lambda value: f"{value:,}".replace(",", "\u202f"),
            "signed": lambda value: f"{value:+,}".replace(",", "\u202f").replace("-", "\u2212"),
            "money": money,
            "dollars": dollars,
            "plain": plain,
            "worth": lambda micro, currency: f"${Decimal(micro) * 10 ** decimals(currency) / 1_000_000:f}",
            "words": lambda value: str(value).replace("_", " "),
            "told": lambda alert: alarm.sentence(texts.speaker(texts.FALLBACK), alert.kind, alert.detail),
            "refusal": lambda refused: REFUSED[refused.reason].format_map({"have": "few", **refused.detail}),
        }

    def render(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(**values)


def money(minor: int | None, currency: str | None) -> str:
    """`5.00 USD`, `150 XTR`; what a platform sells for us tells no amount."""
    if minor is None:
        return "–"
    if not currency:
        return "sold by the platform"
    return f"{Money(minor, currency).amount} {currency.upper()}"


def dollars(micro: int) -> str:
    """Of micro-dollars: what a call costs us is often less than a cent."""
    amount = abs(micro) / 1_000_000
    text = f"${amount:,.4f}" if 0 < abs(micro) < 10_000 else f"${amount:,.2f}"
    return f"\u2212{text}" if micro < 0 else text


def plain(micro: int | None) -> str:
    """As a form takes it."""
    return "" if micro is None else f"{micro / 1_000_000:.6f}".rstrip("0").rstrip(".")


def when(moment: datetime) -> str:
    """To the minute, in UTC: the ledger's clock."""
    return f"{moment.astimezone(UTC):%d %b %Y, %H:%M}"
