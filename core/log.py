"""Signs of life: structlog for our events and the standard library's records alike, with secrets taken out.

JSON lines in production. `LOG_FORMAT=auto` on a terminal, and of verbs that print an answer: colours, and only what is
wrong, for a person there reads the factory's own lines, and every job's story would bury them. Events are named
`noun.verb_past`; `turn_id`, `job_id` and `provider` are bound as context variables where they are known.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core.settings import LogFormat, Settings

# Libraries whose INFO lines carry request URLs, and with them the Telegram bot token.
_TALKATIVE = (
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "apscheduler",
    "procrastinate",
    "psycopg.pool",
    "aiohttp.access",
)
# Google's SDK announces with every call that it would call functions by itself: it is given none.
_QUIET = (*_TALKATIVE, "google_genai.models")
SHORTEST_SECRET = 6


class Redaction:
    """A processor that replaces every secret value, wherever in an event it stands."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Longest first, so that a secret containing another one goes as a whole.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {key: self._clean(value) for key, value in event.items()} if self._secrets else event

    def text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _clean(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(item) for item in value]
        if isinstance(value, (int, float, bool, type(None))):
            return value
        return self.text(str(value))


def configure(settings: Settings, *, answers: bool = False) -> None:
    """Send every record of this process to standard error in the chosen format. `answers`: it is a verb that prints an
    answer and ends; whoever called it sees its faults."""
    watched = settings.log_format is LogFormat.AUTO and (answers or (sys.stdout.isatty() and sys.stderr.isatty()))
    pretty = watched or settings.log_format is LogFormat.PRETTY
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    if watched and level == logging.INFO:
        level = logging.WARNING
    redaction = Redaction(settings.secrets())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redaction,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if pretty else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        # First of all: an event nobody will read is not worth formatting.
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    if settings.sentry_dsn and not answers:
        _report_to_sentry(settings.sentry_dsn.get_secret_value(), redaction)


def _report_to_sentry(dsn: str, redaction: Redaction) -> None:
    try:
        import sentry_sdk
    except ImportError:
        logging.getLogger(__name__).warning("sentry.not_installed: SENTRY_DSN is set; pip install '.[sentry]'")
        return
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        before_send=lambda event, _: redaction(None, "", event),
    )
