"""The verbs of `admin` that look into the office, and those that act on what a name says: a row each."""

from __future__ import annotations

from collections.abc import Callable

import click

from app.command.carrying import carry_out
from app.command.option import LIMIT, WHY


def _look(verb: str, says: str, *more: Callable[[Callable[..., None]], Callable[..., None]]) -> click.Command:
    def see(**given: str | int | None) -> None:
        carry_out("office", verb=verb, **given)

    for option in more:
        see = option(see)
    return click.command(verb, help=says)(LIMIT(see))


def _act(verb: str, says: str, *more: Callable[[Callable[..., None]], Callable[..., None]]) -> click.Command:
    def do(**given: str | int | None) -> None:
        carry_out("office", verb=verb, **given)

    for option in more:
        do = option(do)
    return click.command(verb, help=says)(click.argument("name")(WHY(do)))


_TEXT = click.argument("text", default="", required=False)
_STATES = click.Choice(["open", "failed", "done", "cancelled", "all"])

LOOKS = (
    _look("people", "Print who was here last, or who goes by telegram:ID, discord:ID or an account.", _TEXT),
    _look("ledger", "Print the latest movements, or those whose key or reference has TEXT.", _TEXT),
    _look(
        "payments",
        "Print the latest payments, or those whose reference has TEXT.",
        _TEXT,
        click.option("--doubted", is_flag=True, help="Only those not credited as they were told."),
    ),
    _look(
        "jobs",
        "Print jobs, open ones by default; TEXT is a kind, a code, or how one begins.",
        _TEXT,
        click.option("--state", type=_STATES, default="open", help="How they stand."),
    ),
    _look("switches", "Print what can be switched off, and what is."),
    _look("alerts", "Print what somebody should look at."),
    _look("usage", "Print calls and cost by model, of the last --limit days."),
)

ACTS = (
    _act(
        "release",
        "Credit a payment in doubt as it was paid. NAME is PROVIDER:REFERENCE.",
        click.option("--credits", type=click.IntRange(1, 1_000_000), help="If not those that were agreed."),
        click.option("--for", "whose", help="telegram:ID, discord:ID or an account, if not whom the payment names."),
    ),
    _act("drop", "Let a payment in doubt stand for no credits. NAME is PROVIDER:REFERENCE."),
    _act("retry", "Put an open job in line anew, or order one that failed again at our expense. NAME is its code."),
    _act("end", "End an open job: what it delivered is paid, the rest goes back. NAME is its code."),
    _act("off", "Switch a feature or a provider off for everybody, at once. NAME as `admin switches` prints it."),
    _act("on", "Switch it on again."),
    _act("freeze", "Let nothing be spent from a person's wallet. NAME is telegram:ID, discord:ID or an account."),
    _act("unfreeze", "Lift that."),
    _act("seen-to", "Close an alert. NAME is its key, as `admin alerts` prints it."),
)
