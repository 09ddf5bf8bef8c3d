"""`thumbnail-factory doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Awaitable, Callable, Iterator
from smtplib import SMTPException

import click
from telegram.error import TelegramError

from app import RELEASE, payment, roster
from app.database import check_files, check_key, database
from app.finding import Finding
from app.instance import holder
from app.stop import Stop
from bots.discord import bot, release
from bots.discord.release import Application
from bots.telegram import release as telegram
from bots.telegram.bot import TokenRefused
from core.bootstrap.factory import open_factory
from core.providers.catalogue import load
from core.settings import DiscordMode, Settings, TelegramMode
from core.store.blob import Blobs
from core.store.error import StoreError
from core.vision import extra
from webhooks.mail import MailServer

LEAST_DISK = 1_000_000_000
_PATIENCE_S = 10.0

Check = Callable[[Settings], Awaitable[list[Finding]]]


def main(settings: Settings, *, live: bool = False) -> None:
    """`live`: also make one real call, which costs a few cents."""
    findings = asyncio.run(examine(settings, live=live))
    for one in findings:
        click.echo(f"{'ok  ' if not one.cure else 'FAULT'} {one.name:<14} {one.text}")
        if one.cure:
            click.echo(f"      -> {one.cure}")
    faults = sum(bool(one.cure) for one in findings)
    if faults:
        raise Stop(f"{faults} fault(s) found.")
    click.echo("All is well.")


async def examine(settings: Settings, *, live: bool = False) -> list[Finding]:
    checks: list[Check] = [
        _settings,
        _files,
        _signing,
        _database,
        _shaping,
        _fonts,
        _faces,
        _reading,
        _telegram,
        _discord,
        _stripe,
        _schedules,
        _alerts,
    ]
    if live:
        checks.append(_live)
    findings: list[Finding] = []
    for check in checks:
        findings += await check(settings)
    return findings


async def _alerts(settings: Settings) -> list[Finding]:
    """Who hears of trouble. A mail server is asked to let us in, and nothing is sent."""
    ways = [f"{len(settings.admins)} operator(s) by chat"] if settings.admins else []
    ways += ["a webhook"] if settings.alert_webhook_url else []
    cure = ""
    if settings.smtp_url:
        server = MailServer.parsed(settings.smtp_url.get_secret_value())
        try:
            (await asyncio.to_thread(server.open)).close()
            ways.append(f"e-mail over {server.host}")
        except (OSError, SMTPException) as trouble:
            ways.append(f"no e-mail over {server.host}: {type(trouble).__name__}")
            cure = "Check SMTP_URL: host, port, user and password (%40 for @), and that this machine may reach it."
    return [Finding("alerts", f"told to {', '.join(ways)}" if ways else "told to nobody: ADMINS names none", cure)]


async def _settings(settings: Settings) -> list[Finding]:
    running = holder(settings.factory_home)
    where = f"running at {running.address}" if running else f"web port {settings.web_port} when it runs"
    return [Finding("settings", f"release {RELEASE}, data in {settings.factory_home}/, {where}")]


async def _files(settings: Settings) -> list[Finding]:
    try:
        check_files(settings)
    except Stop as stop:
        return [Finding("files", "pictures would be on one machine only", str(stop))]
    settings.factory_home.mkdir(mode=0o711, parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.factory_home).free
    cure = "" if free > LEAST_DISK else "Make room: pictures and database need at least 1 GB."
    return [Finding("files", f"{settings.blobs}, {free / 1e9:.0f} GB free", cure)]


async def _signing(settings: Settings) -> list[Finding]:
    try:
        check_key(settings)
    except Stop as stop:
        return [Finding("signing key", "every machine would make its own", str(stop))]
    text = "set" if settings.signing_key else f"made once and kept in {settings.factory_home}/"
    return [Finding("signing key", text)]


async def _database(settings: Settings) -> list[Finding]:
    running = holder(settings.factory_home) if settings.embedded else None
    where = f"embedded, used by process {running.pid}" if running else "embedded" if settings.embedded else "configured"
    try:
        async with (
            database(settings, migrated=settings.embedded) as dsn,
            open_factory(settings, dsn, release=RELEASE) as factory,
        ):
            version = (await factory.direct.fetch("select current_setting('server_version') as version"))[0]["version"]
            audit = await factory.housekeeping.audit()
            blobs = await _round_trip(factory.blobs)
            live, alerts = factory.catalogue, await factory.housekeeping.open_alerts()
            await live.reload()
    except (Stop, OSError) as fault:
        return [Finding("database", "does not start", str(fault)), *_by_file(settings)]
    except StoreError as fault:
        cure = "Check DATABASE_URL, then run: thumbnail-factory migrate"
        return [Finding("database", f"{where}: {fault}", cure), *_by_file(settings)]
    books = "" if audit.clean else "Stop spending and look at tf.audit: the ledger does not add up."
    return [
        Finding("database", f"{where}, PostgreSQL {version}, schema answers"),
        Finding("ledger", "every transaction sums to zero" if audit.clean else str(audit), books),
        blobs,
        *payment.alerted(alerts),
        *roster.findings(live.rows, alerts, live.sheet, live.doors),
    ]


def _by_file(settings: Settings) -> Iterator[Finding]:
    """What is known of models without a database."""
    sheet = load()
    doors = sheet.doors(settings.given())
    return roster.findings(roster.unasked(sheet, doors), (), sheet, doors)


async def _round_trip(blobs: Blobs) -> Finding:
    key = "probe/doctor.bin"
    try:
        await blobs.put(key, b"probe", "application/octet-stream")
        same = await blobs.get(key) == b"probe"
        await blobs.delete([key])
    except Exception as fault:
        return Finding("pictures", "cannot be written", f"{type(fault).__name__}: {fault}")
    return Finding("pictures", "can be written and read", "" if same else "What was read is not what was written.")


async def _shaping(_: Settings) -> list[Finding]:
    from core.compose.font import shaping_ready

    cure = "" if shaping_ready() else "Install Pillow from its wheel (pip install --force-reinstall pillow)."
    return [
        Finding("text shaping", "raqm (Arabic, Hindi, Thai come out right)" if not cure else "raqm is missing", cure)
    ]


async def _fonts(_: Settings) -> list[Finding]:
    from core.compose import pack
    from core.compose.font import faces, load

    broken = []
    for face in (*faces(), *pack.cuts()):
        try:
            load(face, 24)
        except OSError:
            broken.append(str(face))
    cure = f"Restore core/compose/fonts, or install the extra `cjk` again: {', '.join(broken)}" if broken else ""
    without = "Japanese, Chinese and Korean headlines are refused until `pip install -e '.[cjk]'` brings theirs"
    eastern = f"{len(pack.cuts())} for Japanese, Chinese and Korean" if pack.cuts() else without
    return [Finding("fonts", f"{len(faces())} faces; {eastern}", cure)]


async def _faces(_: Settings) -> list[Finding]:
    from core.vision.model import DamagedModel, Model, network

    found = []
    for model in Model:
        try:
            network(model)
        except (DamagedModel, OSError) as fault:
            return [Finding("face models", str(fault), "Restore core/vision/models from the release.")]
        found.append(model.file)
    return [Finding("face models", f"{len(found)} present, checksums right ({_digest(found)})")]


def _digest(names: list[str]) -> str:
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:8]


async def _reading(_: Settings) -> list[Finding]:
    without = "off: /score tells nothing of what can be read until `pip install -e '.[ocr]'` brings a reader"
    return [Finding("reading back", "Latin and Chinese" if extra.reads() else without)]


async def _telegram(settings: Settings) -> list[Finding]:
    token = settings.telegram_bot_token
    if token is None:
        return [Finding("telegram key", "not set: Telegram is off (a token comes from @BotFather)")]
    try:
        async with (
            asyncio.timeout(_PATIENCE_S),
            telegram.session(token.get_secret_value(), settings.telegram_api_url) as client,
        ):
            hook = await telegram.hooked(client)
    except TokenRefused as refused:
        return [Finding("telegram key", "is refused", str(refused))]
    except (TelegramError, TimeoutError) as fault:
        text = f"set; Telegram does not answer: {fault or 'too slow'}"
        return [Finding("telegram key", text, "Check the network, then try again.")]
    packs = ", ".join(
        f"{one.credits} credits for {one.price.minor} Stars" for one in settings.telegram_packs if one.price
    )
    stars = [Finding("telegram sales", packs)] if packs else []
    return [Finding("telegram key", "set"), _updates(settings, hook), *stars]


def _updates(settings: Settings, hook: telegram.Hook) -> Finding:
    """Whether what people do, payments included, comes to us."""
    name, called = "telegram calls", settings.telegram_mode is TelegramMode.WEBHOOK
    if not called and hook.url:
        cure = "Run once: thumbnail-factory release telegram --no-webhook, or set TELEGRAM_MODE=webhook."
        return Finding(name, f"by polling nothing arrives: Telegram calls {hook.url}", cure)
    if not called:
        return Finding(name, "none: by polling, which asks for all we take")
    cure = "Run once: thumbnail-factory release telegram --webhook"
    if not hook.url:
        return Finding(name, "TELEGRAM_MODE=webhook, and Telegram knows no address", cure)
    if hook.untold:
        said = f"{hook.url} is not told of: {', '.join(hook.untold)}"
        return Finding(name, f"{said}. Without pre_checkout_query nobody can pay", cure)
    if hook.trouble:
        cure = "Look at the address and the tunnel; Telegram tries again by itself."
        return Finding(name, f"{hook.url} did not take the last call: {hook.trouble}", cure)
    return Finding(name, f"{hook.url}, told of all we take")


async def _discord(settings: Settings) -> list[Finding]:
    """The token, the endpoint's key and whether the commands are this release's, as Discord has them."""
    name, token = "discord", settings.discord_bot_token
    if token is None:
        return [Finding(name, "no DISCORD_BOT_TOKEN: Discord is off (a token comes from discord.com/developers)")]
    try:
        async with (
            asyncio.timeout(_PATIENCE_S),
            release.session(token.get_secret_value(), settings.discord_api_url) as client,
        ):
            found = await release.examine(client)
    except bot.TokenRefused as refused:
        return [Finding(name, "the token is refused", str(refused))]
    except bot.TROUBLES as fault:
        return [Finding(name, f"does not answer: {fault or 'too slow'}", "Check the network, then try again.")]
    return [
        Finding(name, f"token is that of {found.name}"),
        _endpoint(settings, found),
        Finding(
            "discord commands",
            "as in this release" if found.in_sync else "are not those of this release",
            "" if found.in_sync else "Run once: thumbnail-factory release discord",
        ),
        *_sales(settings, found),
    ]


def _sales(settings: Settings, found: Application) -> Iterator[Finding]:
    """Whether what is bought in Discord is told of at once."""
    name = "discord sales"
    packs = [f"{one.credits} credits as {one.item}" for one in settings.discord_packs]
    sold = ", ".join((*packs, *(f"{one.plan} as {one.item}" for one in settings.discord_plans)))
    if not sold:
        return
    tests = "; test purchases count, which is for staging only" if settings.discord_test_purchases else ""
    cure = ""
    if settings.discord_mode is DiscordMode.HTTP and not found.sales_told_at:
        tests += "; purchases are seen within ten minutes only"
        cure = (
            "On the developer portal, page Webhooks, enable events at the public https address that ends in "
            "/discord/events, and choose the three about entitlements."
        )
    yield Finding(name, f"{sold}{tests}", cure)


def _endpoint(settings: Settings, found: Application) -> Finding:
    name, called = "discord calls", settings.discord_mode is DiscordMode.HTTP
    if settings.discord_public_key and settings.discord_public_key.lower() != found.public_key:
        return Finding(name, "DISCORD_PUBLIC_KEY is another application's", f"Set it to {found.public_key}")
    if called and not found.endpoint:
        cure = (
            "On the developer portal set Interactions Endpoint URL to the public https address that ends in /discord."
        )
        return Finding(name, "DISCORD_MODE=http, and Discord knows no endpoint", cure)
    if not called and found.endpoint:
        cure = "Set DISCORD_MODE=http, or clear the Interactions Endpoint URL on the developer portal."
        return Finding(name, f"by gateway nothing arrives: Discord calls {found.endpoint}", cure)
    return Finding(name, f"key is right, Discord calls {found.endpoint}" if called else "none: by gateway")


async def _stripe(settings: Settings) -> list[Finding]:
    asked = await payment.endpoint(settings)
    return [payment.stripe(settings), *([asked] if asked else []), *payment.cards(settings)]


async def _schedules(settings: Settings) -> list[Finding]:
    called = "POST /schedules takes calls with SCHEDULE_TOKEN"
    without = "by the factory's own clock; POST /schedules answers 404 until SCHEDULE_TOKEN is set"
    return [Finding("schedules", called if settings.schedule_token else without)]


async def _live(settings: Settings) -> list[Finding]:
    from app.live import ask

    try:
        return [await ask(settings)]
    except (Stop, StoreError) as fault:
        return [Finding("live call", "not made: the database is needed to know which models are on offer", str(fault))]
