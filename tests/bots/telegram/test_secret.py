"""No secret is told: not in the log of a factory whose neighbours fail, not in its database, not in its files."""

import io
import sys
from pathlib import Path

import aiohttp
import pytest
import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.log import configure
from core.payments.stripe.client import Access, StripeCashier
from core.settings import Settings
from core.store.direct import DirectTransport
from tests.bots.scripted import eventually
from tests.factory import SIGNING_KEY, listening, running, settings
from tests.store.test_privacy import traces
from tests.stripe_server.server import StripeServer
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer
from webhooks import stripe as stripe_webhook
from webhooks import telegram as telegram_webhook

HOOK = "canary-of-the-hook"
PATIENCE_S = 90.0


def password(database: str) -> str:
    """The owner's, which lies in a file that only the server's user can read."""
    return Path(str(conninfo_to_dict(database)["passfile"])).read_text().strip().rpartition(":")[2]


def holding(folder: Path, secret: str) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file() and secret.encode() in one.read_bytes()]


@pytest.mark.usefixtures("logging_as_it_was")
async def test_whatever_fails_no_secret_is_in_log_database_or_files(
    database: str,
    tmp_path: Path,
    telegram_server: TelegramServer,
    stripe_server: StripeServer,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secrets = {
        "database_url": make_conninfo(database, password=password(database)),
        "supabase_secret_key": "sb_secret_canary",
        "signing_key": SIGNING_KEY,
        "schedule_token": "canary-of-the-schedule-of-24",
        "telegram_bot_token": telegram_server.token,
        "telegram_webhook_secret": HOOK,
        "discord_bot_token": "canary.of.discord",
        "stripe_secret_key": stripe_server.key,
        "stripe_webhook_secret": stripe_server.secret,
        "gemini_api_key": "canary-of-gemini",
        "sentry_dsn": "https://canary-of-sentry@sentry.invalid/1",
        "alert_webhook_url": "https://alerts.invalid/canary-of-alerts",
        "smtp_url": "smtp://factory:canary-of-mail@127.0.0.1:9",
    }
    named = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert secrets.keys() == named, "a secret nobody looks for"
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    beside = {"stripe_api_url": stripe_server.api_url, "alert_email_to": "ada@example.com", "log_level": "debug"}
    given = secrets | beside
    configure(settings(database, tmp_path, **given), answers=True)
    async with running(database, tmp_path, telegram=telegram_server, **given) as here:
        factory = here.factory
        person.send_text("/start")
        await person.wait_for(lambda message: bool(message.photo or message.text), PATIENCE_S)
        assert factory.paying is not None and here.bot is not None
        doors = (*stripe_webhook.routes(factory.paying.take), *telegram_webhook.routes(here.bot.take, HOOK))
        async with listening(doors) as origin, aiohttp.ClientSession() as http:
            forged = {stripe_webhook.SIGNATURE_HEADER: stripe_server.signed("{}"), telegram_webhook.SECRET_HEADER: HOOK}
            for path in (stripe_webhook.PATH, telegram_webhook.PATH):
                async with http.post(origin + path, data=io.BytesIO(b"no json"), headers=forged) as answer:
                    assert answer.status == 400
        await telegram_server.stop()
        await eventually(lambda: "polling.interrupted" in log.getvalue(), PATIENCE_S)
        await telegram_server.start()
        nobody = StripeCashier(Access(stripe_server.key, stripe_server.secret, "http://127.0.0.1:9"))
        for failing in (nobody.portal("cus_1", "https://example.com"), _refused(secrets["database_url"])):
            try:
                await failing
            except Exception:
                structlog.get_logger("test").exception("call.failed")
            else:
                pytest.fail("a call that was to fail did not")
        await nobody.close()
    said = log.getvalue()
    assert said.count("Traceback") >= 2
    secrets["database_url"] = password(database)
    for name, secret in secrets.items():
        assert secret not in said, name
        assert traces(database, secret) == [], name
        assert not holding(tmp_path, secret), name


async def _refused(dsn: str) -> None:
    async with DirectTransport(dsn) as direct:
        await direct.fetch("select * from nothing")
