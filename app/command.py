"""`thumbnail-factory`: one command for everything an operator does.

Verbs import what they need when they run: `--help` must be quick, and every child process imports this module.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import click

from app import RELEASE
from app.stop import Stop


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(RELEASE, prog_name="thumbnail-factory")
def main() -> None:
    """Selfies and a headline in, platform-perfect thumbnails out."""


def _carry_out(part: str, **arguments: object) -> None:
    """Run `app.<part>:main(settings, ...)`; a known obstacle is one sentence and exit code 1."""
    from importlib import import_module

    from core.log import configure
    from core.settings import SettingsFault, load

    try:
        settings = load()
        configure(settings, answers=True)
        import_module(f"app.{part}").main(settings, **arguments)
    except SettingsFault as fault:
        click.echo(f"The settings cannot be used:\n{fault}", err=True)
        sys.exit(2)
    except Stop as stop:
        click.echo(str(stop), err=True)
        sys.exit(stop.code)


@main.command()
def run() -> None:
    """Start the whole factory on this machine.

    Database, worker, browser chat and bots in one process.
    """
    _carry_out("run", parts=("worker", "clock", "outbox", "web", "webhooks", "telegram", "discord"))


@main.command()
def stop() -> None:
    """Stop a factory started with `run` in this folder."""
    _carry_out("halt")


@main.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), help="Folder for the pictures.")
@click.option(
    "--provider",
    type=click.Choice(["gemini-stand-in"]),
    help="Tell a provider's story instead, against a stand-in of its service on this machine.",
)
def demo(out: Path, provider: str | None) -> None:
    """Play the whole conversation without a person.

    Shows transcript, timings and credits; the pictures go to a folder.
    """
    _carry_out("demo", out=out, provider=provider)


@main.command()
def worker() -> None:
    """Run jobs, the clock and maintenance.

    Start as many of these as you like.
    """
    _carry_out("run", parts=("worker", "clock"))


@main.command()
def web() -> None:
    """Serve the browser chat and webhooks.

    Start as many of these as you like.
    """
    _carry_out("run", parts=("web", "webhooks", "outbox"))


@main.command()
@click.argument("platform", type=click.Choice(["telegram", "discord"]))
def bot(platform: str) -> None:
    """Run one bot with its outbox.

    Telegram's by polling, Discord's by gateway: they need no public address.
    """
    _carry_out("run", parts=(platform, "outbox"))


@main.command()
@click.argument("platform", type=click.Choice(["telegram", "discord"]))
@click.option("--webhook/--no-webhook", default=None, help="Telegram: also set, or remove, the webhook.")
def release(platform: str, webhook: bool | None) -> None:
    """Tell a platform this release's commands.

    And its texts; once per release, not per replica.
    """
    _carry_out("release", platform=platform, webhook=webhook)


@main.command()
def migrate() -> None:
    """Bring the database's schema to this release."""
    _carry_out("migrate")


@main.command()
@click.option("--live", is_flag=True, help="Also have the cheapest model paint one picture, and say what that cost.")
def doctor(live: bool) -> None:
    """Check everything and say what to mend.

    Settings, database, ledger, fonts, text shaping, models and keys, with what to do about each fault.
    """
    _carry_out("doctor", live=live)


@main.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """Print every model, and change what is on offer.

    How it stands, what it costs, what it is asked for, and which key would light it up. The commands
    below change what is on offer; a factory that runs knows within seconds.
    """
    if context.invoked_subcommand is None:
        _carry_out("models")


@models.command("disable")
@click.argument("model", metavar="ID")
def models_disable(model: str) -> None:
    """Take a model off offer.

    Old briefs that name it go to its successor.
    """
    _carry_out("override", verb="disable", model=model)


@models.command("enable")
@click.argument("model", metavar="ID")
def models_enable(model: str) -> None:
    """Offer a model, without waiting for a probe to see it."""
    _carry_out("override", verb="enable", model=model)


@models.command("set")
@click.argument("model", metavar="ID")
@click.option("--surcharge", type=click.IntRange(0, 100), help="Credits a set costs more than the base price.")
@click.option("--rank", type=int, help="Place among the candidates of its roles, lowest first.")
@click.option("--price", "prices", metavar="SIZE=DOLLARS", multiple=True, help="What a picture costs us: 1K=0.034.")
def models_set(model: str, surcharge: int | None, rank: int | None, prices: tuple[str, ...]) -> None:
    """Change a model's price or place.

    What is not named stays as it is.
    """
    _carry_out("override", verb="set", model=model, surcharge=surcharge, rank=rank, prices=prices)


@models.command("reset")
@click.argument("model", metavar="ID")
def models_reset(model: str) -> None:
    """Take back all that was said of a model.

    It is as the release's file says.
    """
    _carry_out("override", verb="reset", model=model)


@models.command("probe")
def models_probe() -> None:
    """Ask every provider which models answer.

    Then print the table.
    """
    _carry_out("override", verb="probe")


@main.group("credits")
def credit() -> None:
    """See what a person or a server has, and give or take some under your login, on record.

    WHO is telegram:ID or discord:ID (the platform's number of the person), or the account that the person reads
    under /balance; a browser chat has nothing else. A Discord server is guild:ID.
    """


@credit.command("show")
@click.argument("who", metavar="WHO")
def credit_show(who: str) -> None:
    """Print what a person or a server has; of a person also what moved last."""
    _carry_out("credit", verb="show", who=who)


def _moving(asked: Callable[..., None]) -> Callable[..., None]:
    for said in (
        click.option(
            "--key", help="Names this act: the same key again does nothing. Without one, a fresh one is printed first."
        ),
        click.option("--why", required=True, help="The reason, which the person reads under /balance."),
        click.argument("amount", metavar="N", type=click.IntRange(1, 1_000_000)),
        click.argument("who", metavar="WHO"),
    ):
        asked = said(asked)
    return asked


@credit.command("grant")
@_moving
@click.option("--new", is_flag=True, help="Also to a server that nobody has used this factory in yet.")
def credit_grant(who: str, amount: int, why: str, key: str | None, new: bool) -> None:
    """Give a person or a server credits that never expire.

    WHO is telegram:ID, discord:ID, guild:ID (a Discord server), or the account shown under /balance.
    """
    _carry_out("credit", verb="grant", who=who, amount=amount, why=why, key=key, new=new)


@credit.command("deduct")
@_moving
def credit_deduct(who: str, amount: int, why: str, key: str | None) -> None:
    """Take credits from a person, as many as there are at most.

    WHO is telegram:ID, discord:ID, or the account shown under /balance.
    """
    _carry_out("credit", verb="deduct", who=who, amount=amount, why=why, key=key)


@main.group()
def admin() -> None:
    """Act for the whole factory under your login, on record.

    Every act is written down with who did it and why. Beyond ADMIN_ALONE_UP_TO credits or ADMIN_POOLS_ALONE_UP_TO
    dollars within a day it is only proposed, and another person has to approve it; ADMINS says who has several logins.
    """


@admin.command("link")
def admin_link() -> None:
    """Print a link that signs you in to the operators' pages, once.

    Under your login on this machine, as an owner: who is at the command line has all of the factory here anyway.
    """
    _carry_out("admission")


@admin.command("proposals")
def admin_proposals() -> None:
    """Print what waits for a second operator."""
    _carry_out("administration", verb="proposals")


@admin.command("approve")
@click.argument("proposal", metavar="ID", type=click.UUID)
def admin_approve(proposal: UUID) -> None:
    """Carry out what somebody else proposed."""
    _carry_out("administration", verb="approve", proposal=str(proposal))


@admin.command("reject")
@click.argument("proposal", metavar="ID", type=click.UUID)
def admin_reject(proposal: UUID) -> None:
    """Drop a proposal, your own included."""
    _carry_out("administration", verb="reject", proposal=str(proposal))


def _seeing(verb: str, says: str, *more: Callable[[Callable[..., None]], Callable[..., None]]) -> None:
    def see(**given: str | int | None) -> None:
        _carry_out("office", verb=verb, **given)

    for option in more:
        see = option(see)
    limit = click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True, help="How many.")
    admin.command(verb, help=says)(limit(see))


_text = click.argument("text", default="", required=False)
_seeing("people", "Print who was here last, or who goes by telegram:ID, discord:ID or an account.", _text)
_seeing("ledger", "Print the latest movements, or those whose key or reference has TEXT.", _text)
_seeing(
    "payments",
    "Print the latest payments, or those whose reference has TEXT.",
    _text,
    click.option("--doubted", is_flag=True, help="Only those not credited as they were told."),
)
_states = click.Choice(["open", "failed", "done", "cancelled", "all"])
_seeing(
    "jobs",
    "Print jobs, open ones by default; TEXT is a kind, a code, or how one begins.",
    _text,
    click.option("--state", type=_states, default="open", help="How they stand."),
)
_seeing("switches", "Print what can be switched off, and what is.")
_seeing("alerts", "Print what somebody should look at.")
_seeing("usage", "Print calls and cost by model, of the last --limit days.")


def _acting(verb: str, says: str, *more: Callable[[Callable[..., None]], Callable[..., None]]) -> None:
    def do(**given: str | int | None) -> None:
        _carry_out("office", verb=verb, **given)

    for option in more:
        do = option(do)
    why = click.option("--why", required=True, help="The reason, for the journal.")
    admin.command(verb, help=says)(click.argument("name")(why(do)))


_acting(
    "release",
    "Credit a payment in doubt as it was paid. NAME is PROVIDER:REFERENCE.",
    click.option("--credits", type=click.IntRange(1, 1_000_000), help="If not those that were agreed."),
    click.option("--for", "whose", help="telegram:ID, discord:ID or an account, if not whom the payment names."),
)
_acting("drop", "Let a payment in doubt stand for no credits. NAME is PROVIDER:REFERENCE.")
_acting("retry", "Put an open job in line anew, or order one that failed again at our expense. NAME is its code.")
_acting("end", "End an open job: what it delivered is paid, the rest goes back. NAME is its code.")
_acting("off", "Switch a feature or a provider off for everybody, at once. NAME as `admin switches` prints it.")
_acting("on", "Switch it on again.")
_acting("freeze", "Let nothing be spent from a person's wallet. NAME is telegram:ID, discord:ID or an account.")
_acting("unfreeze", "Lift that.")
_acting("seen-to", "Close an alert. NAME is its key, as `admin alerts` prints it.")


@admin.command("journal")
@click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True, help="How many.")
def admin_journal(limit: int) -> None:
    """Print who did what to which wallet, newest first."""
    _carry_out("administration", verb="journal", limit=limit)


@admin.command("refund")
@click.argument("payment", metavar="PAYMENT")
@click.argument("amount", metavar="[MINOR]", type=click.IntRange(1), required=False)
@click.option("--why", required=True, help="The reason, for the journal.")
@click.option("--key", help="Names this act: the same key again does nothing. Without one, a fresh one is printed.")
def admin_refund(payment: str, amount: int | None, why: str, key: str | None) -> None:
    """Give the money of a payment back, and take its credits.

    PAYMENT is the company's name of it: Stripe's pi_..., or Telegram's charge. MINOR is in smallest units (cents);
    without it all that is left is given back, and of Stars always all.
    """
    _carry_out("refund", verb="refund", payment=payment, amount=amount, why=why, key=key)


@admin.command("reconcile")
def admin_reconcile() -> None:
    """Read the books of Stripe and Telegram against ours.

    What we were not told of is merged, what differs is printed. It runs by itself every hour.
    """
    _carry_out("refund", verb="reconcile")


@admin.group("code")
def admin_code() -> None:
    """Make codes that people redeem for credits, each person each code once."""


@admin_code.command("make")
@click.argument("amount", metavar="N", type=click.IntRange(1, 1_000_000))
@click.option("--uses", type=click.IntRange(1, 100_000), default=1, show_default=True, help="How many people.")
@click.option("--days", type=click.IntRange(1, 730), default=30, show_default=True, help="How long it can be redeemed.")
@click.option("--referral", metavar="WHO", default="", help="As much again for them, each time.")
@click.option("--why", required=True, help="The reason, which people read under /balance.")
@click.option("--key", help="Names this act: the same key again shows the same code. Without one, a fresh one.")
def admin_code_make(amount: int, uses: int, days: int, referral: str, why: str, key: str | None) -> None:
    """Make a code worth N credits and print it, this once.

    All that its uses may come to counts against ADMIN_ALONE_UP_TO, together with the other codes of a day.
    """
    _carry_out("voucher", verb="make", amount=amount, uses=uses, days=days, referral=referral, why=why, key=key)


@admin_code.command("list")
def admin_code_list() -> None:
    """Print every code by its id: how often it was redeemed, and whether it is good."""
    _carry_out("voucher", verb="list")


@admin_code.command("revoke")
@click.argument("code", metavar="ID", type=click.UUID)
@click.option("--why", required=True, help="The reason, for the journal.")
def admin_code_revoke(code: UUID, why: str) -> None:
    """End a code. What was redeemed stays."""
    _carry_out("voucher", verb="revoke", code=str(code), why=why)


@admin.group("pools")
def admin_pools() -> None:
    """Look after the money that lies with providers.

    NAME is a provider (gemini), amounts are dollars. A provider without a pool is asked without limit; one whose pool
    may not do for its dearest set is not offered until it is refilled.
    """


_WHY = click.option("--why", required=True, help="The reason, for the journal.")
_KEY = click.option(
    "--key", help="Names this act: the same key again does nothing. Without one, a fresh one is printed."
)


@admin_pools.command("list")
def admin_pools_list() -> None:
    """Print every pool: what is left, reserved and spent today, and its thresholds."""
    _carry_out("pools", verb="list")


@admin_pools.command("refill", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="NAME")
@click.argument("amount", metavar="DOLLARS", type=Decimal)
@_WHY
@_KEY
def admin_pools_refill(name: str, amount: Decimal, why: str, key: str | None) -> None:
    """Book what was paid to a provider; below zero it corrects. The first refill makes the pool."""
    _carry_out("pools", verb="refill", name=name, amount=amount, why=why, key=key)


@admin_pools.command("move")
@click.argument("name", metavar="FROM")
@click.argument("to", metavar="TO")
@click.argument("amount", metavar="DOLLARS", type=Decimal)
@_WHY
@_KEY
def admin_pools_move(name: str, to: str, amount: Decimal, why: str, key: str | None) -> None:
    """Move money from one pool to another."""
    _carry_out("pools", verb="move", name=name, to=to, amount=amount, why=why, key=key)


@admin_pools.command("shares")
@click.option("--percent", type=click.IntRange(0, 100), help="Of what people pay, set aside for the pools.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="CURRENCY=DOLLARS",
    help="What one is worth: eur=1.08, xtr=0.013 (a Star).",
)
@click.option("--why", default="", help="The reason, for the journal.")
@_KEY
def admin_pools_shares(percent: int | None, rates: tuple[str, ...], why: str, key: str | None) -> None:
    """Print, or change, what of people's payments is set aside; a change counts from then on."""
    _carry_out("pools", verb="shares", percent=percent, rates=rates, why=why, key=key)


@admin_pools.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="NAME")
@click.option("--cap", type=Decimal, help="What one day (UTC) may cost; -1: no limit.")
@click.option("--low", type=Decimal, help="Below this a refill is asked for; below a fifth of the last refill anyway.")
@click.option("--emergency", type=Decimal, help="What is never spent.")
@click.option("--weight", type=click.IntRange(0, 1_000_000), help="Its part of what is set aside from revenue.")
@click.option("--keeps", type=Decimal, help="What is above this at a month's end goes to other pools; -1: all stays.")
@click.option("--active/--off", default=None, help="Off: asked without limit, and what it costs still booked.")
@_WHY
@_KEY
def admin_pools_set(name: str, why: str, key: str | None, **rules: Decimal | int | bool | None) -> None:
    """Change a pool's cap, thresholds and share. What is not named stays."""
    _carry_out("pools", verb="set", name=name, rules=rules, why=why, key=key)


@main.group()
def schedules() -> None:
    """See what happens by itself, and run it by hand."""


@schedules.command("list")
def schedules_list() -> None:
    """Print every schedule: how often, when it last ran, and how that went."""
    _carry_out("schedules", verb="list")


@schedules.command("run")
@click.argument("name", metavar="NAME")
def schedules_run(name: str) -> None:
    """Run one here and now, whatever the clock does."""
    _carry_out("schedules", verb="run", name=name)


@main.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
def backup(archive: Path) -> None:
    """Write database and pictures to one file."""
    _carry_out("archive", verb="backup", path=archive)


@main.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(archive: Path) -> None:
    """Read a backup into an empty factory."""
    _carry_out("archive", verb="restore", path=archive)


@main.group()
def job() -> None:
    """Look at jobs."""


@job.command("inspect")
@click.argument("number", metavar="ID")
def job_inspect(number: str) -> None:
    """Print a job's timeline.

    From event to delivery; ID is its code or uuid.
    """
    _carry_out("inspect_job", job=number)
