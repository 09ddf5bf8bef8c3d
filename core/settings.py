"""Settings: read once from the environment and `.env`, validated as a whole, handed down as one frozen value.

Every variable is explained in `.env.example`; a test holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.domain.administration import Admin, named
from core.domain.pack import Pack, Rail, parsed
from core.domain.plan import PlanId, Sku, Tariff, in_stars, skus, tariffs

_PACKS: Final = {Rail.CARD: "stripe_packs", Rail.STARS: "telegram_packs", Rail.DISCORD: "discord_packs"}
"""Where the packs of each rail are written, beside what else it needs."""

_PLANS: Final[Mapping[str, Callable[[str], object]]] = {
    "stripe_plans": tariffs,
    "telegram_plans": in_stars,
    "discord_plans": skus,
}
"""Where plans are written, and how."""


class SettingsFault(Exception):
    """One or more variables cannot be used; the message has a line for each."""


class LogFormat(StrEnum):
    AUTO = "auto"
    JSON = "json"
    PRETTY = "pretty"


class BlobPlace(StrEnum):
    DISK = "disk"
    SUPABASE = "supabase"


class TelegramMode(StrEnum):
    POLLING = "polling"
    WEBHOOK = "webhook"


class DiscordMode(StrEnum):
    GATEWAY = "gateway"
    HTTP = "http"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    # Data
    factory_home: Path = Path(".factory")
    database_url: SecretStr | None = None
    database_pool_size: int = Field(12, ge=2, le=64)
    supabase_url: str = ""
    supabase_secret_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("supabase_secret_key", "supabase_service_role_key")
    )
    blobs: BlobPlace = BlobPlace.DISK
    blob_folder: Path | None = None
    shared_files: bool = False
    supabase_bucket: str = "thumbnail-factory"
    signing_key: SecretStr | None = Field(None, min_length=32)

    # Browser chat
    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    web_allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    web_public_url: str = ""

    # Webhooks
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(8081, ge=0, le=65535)
    schedule_token: SecretStr | None = Field(None, min_length=24)

    # Telegram
    telegram_bot_token: SecretStr | None = None
    telegram_mode: TelegramMode = TelegramMode.POLLING
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr | None = None
    telegram_packs: Annotated[tuple[Pack, ...], NoDecode] = ()
    telegram_plans: Annotated[tuple[Tariff, ...], NoDecode] = ()

    # Discord
    discord_bot_token: SecretStr | None = None
    discord_mode: DiscordMode = DiscordMode.GATEWAY
    discord_public_key: str = Field("", pattern="^([0-9a-fA-F]{64})?$")
    discord_direct_messages: bool = True
    discord_shard_ids: Annotated[tuple[int, ...], NoDecode] = ()
    discord_shard_count: int = Field(0, ge=0, le=65536)
    discord_packs: Annotated[tuple[Pack, ...], NoDecode] = ()
    discord_plans: Annotated[tuple[Sku, ...], NoDecode] = ()
    discord_test_purchases: bool = False
    discord_api_url: str = "https://discord.com/api/v10"

    # Stripe
    stripe_secret_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_packs: Annotated[tuple[Pack, ...], NoDecode] = ()
    stripe_plans: Annotated[tuple[Tariff, ...], NoDecode] = ()
    stripe_api_url: str = "https://api.stripe.com"

    # Gemini
    gemini_api_key: SecretStr | None = None
    gemini_enterprise: bool = False
    gemini_project: str = ""
    gemini_location: str = ""
    gemini_base_url: str = ""
    gemini_api_version: str = ""
    gemini_timeout_seconds: float = Field(120.0, ge=1, le=600)
    gemini_proxy: str = ""
    gemini_service_tier: str = Field("", pattern="^(flex|standard|priority)?$")

    # Inspiration
    youtube_images_url: str = "https://i.ytimg.com"

    # Operators' pages
    admins: Annotated[tuple[Admin, ...], NoDecode] = ()
    alert_webhook_url: SecretStr | None = None
    smtp_url: SecretStr | None = None
    alert_email_to: Annotated[tuple[str, ...], NoDecode] = ()
    admin_alone_up_to: int = Field(500, ge=0, le=1_000_000)
    admin_pools_alone_up_to: int = Field(200, ge=0, le=1_000_000)

    # Work
    worker_render_slots: int = Field(2, ge=1, le=32)
    studio_processes: int = Field(1, ge=1, le=32)
    overnight_look_seconds: float = Field(300.0, ge=0.01, le=3600)
    starter_grant: int = Field(4, ge=0, le=1000)

    # Signs of life
    log_format: LogFormat = LogFormat.AUTO
    log_level: str = Field("info", pattern="(?i)^(debug|info|warning|error)$")
    sentry_dsn: SecretStr | None = None

    @field_validator("web_allowed_hosts", "discord_shard_ids", "alert_email_to", mode="before")
    @classmethod
    def _commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(*_PACKS.values(), mode="before")
    @classmethod
    def _sold(cls, value: object, about: ValidationInfo) -> object:
        rail = next(rail for rail, field in _PACKS.items() if field == about.field_name)
        return parsed(rail, value) if isinstance(value, str) else value

    @field_validator(*_PLANS, mode="before")
    @classmethod
    def _subscribed(cls, value: object, about: ValidationInfo) -> object:
        return _PLANS[about.field_name or ""](value) if isinstance(value, str) else value

    @field_validator("admins", mode="before")
    @classmethod
    def _admitted(cls, value: object) -> object:
        return named(value) if isinstance(value, str) else value

    @field_validator("database_url", "supabase_secret_key", "signing_key", "telegram_bot_token", "gemini_api_key",
                     "telegram_webhook_secret", "discord_bot_token", "stripe_secret_key",
                     "stripe_webhook_secret", "schedule_token", "alert_webhook_url", "smtp_url", "sentry_dsn",
                     "blob_folder", mode="before")  # fmt: skip
    @classmethod
    def _empty_means_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("alert_webhook_url")
    @classmethod
    def _web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("https://", "http://")):
            raise ValueError("an address begins with https:// or http://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"smtps?://[^/?]+/?(\?from=[^&]+@[^&]+)?", value.get_secret_value()):
            raise ValueError("it is written smtps://USER:PASSWORD@HOST:465?from=ADDRESS, or smtp:// for 587")
        return value

    @field_validator("alert_email_to")
    @classmethod
    def _mailboxes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", one) for one in value):
            raise ValueError("addresses, with commas between them")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if self.blobs is BlobPlace.SUPABASE and not (self.supabase_url and self.supabase_secret_key):
            raise ValueError("BLOBS=supabase needs SUPABASE_URL and SUPABASE_SECRET_KEY")
        webhook = self.telegram_mode is TelegramMode.WEBHOOK and self.telegram_bot_token
        if webhook and not self.telegram_webhook_secret:
            raise ValueError("TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET")
        if self.discord_mode is DiscordMode.HTTP and self.discord_bot_token and not self.discord_public_key:
            raise ValueError("DISCORD_MODE=http needs DISCORD_PUBLIC_KEY")
        if self.discord_shard_ids and not max(self.discord_shard_ids) < self.discord_shard_count:
            raise ValueError("DISCORD_SHARD_IDS count from 0 and need DISCORD_SHARD_COUNT, how many there are in all")
        if {one.item for one in self.discord_plans} & {one.item for one in self.discord_packs}:
            raise ValueError("an SKU of DISCORD_PLANS stands in DISCORD_PACKS too: it is a subscription or it is none")
        if self.stripe_secret_key and not self.stripe_webhook_secret:
            raise ValueError("STRIPE_SECRET_KEY needs STRIPE_WEBHOOK_SECRET, or nothing that is paid would be credited")
        if bool(self.smtp_url) != bool(self.alert_email_to):
            raise ValueError("SMTP_URL and ALERT_EMAIL_TO are set together: the server, and whom alerts are sent to")
        if self.gemini_enterprise and not (self.gemini_api_key or self.gemini_project):
            raise ValueError("GEMINI_ENTERPRISE=true needs GEMINI_API_KEY or GEMINI_PROJECT")
        return self

    @property
    def embedded(self) -> bool:
        """No database was named, so we bring our own PostgreSQL."""
        return self.database_url is None and not self.supabase_url

    @property
    def packs(self) -> Mapping[Rail, tuple[Pack, ...]]:
        """All that is sold, by whom the money goes through."""
        return {rail: getattr(self, field) for rail, field in _PACKS.items()}

    @property
    def plans_sold(self) -> Mapping[PlanId, frozenset[str]]:
        """What can be subscribed to by any way of paying that is set up, cheapest first, and in whose chats. Where none
        can, plans are no doors."""
        linked = {"web", "telegram", "discord"} if self.web_public_url else {"web"}
        ways: tuple[tuple[Sequence[Tariff | Sku], set[str]], ...] = (
            (self.stripe_plans, linked if self.stripe_secret_key else set()),
            (self.telegram_plans, {"telegram"} if self.telegram_bot_token else set()),
            (self.discord_plans, {"discord"} if self.discord_bot_token else set()),
        )
        sold = [(one.plan, at) for plans, places in ways for one in plans for at in places]
        found = {plan: frozenset(at for one, at in sold if one is plan) for plan in PlanId}
        return {plan: places for plan, places in found.items() if places}

    @property
    def site(self) -> str:
        """Where people reach the browser chat, as far as the settings know."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.web_host, self.web_host)  # noqa: S104
        return self.web_public_url.rstrip("/") or f"http://{host}:{self.web_port}"

    @property
    def blob_root(self) -> Path:
        return self.blob_folder or self.factory_home / "blobs"

    def given(self) -> frozenset[str]:
        """The variables that are set to something, as `.env` spells them."""
        return frozenset(name.upper() for name in type(self).model_fields if getattr(self, name))

    def secrets(self) -> tuple[str, ...]:
        """Every secret value in use, for redaction."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def load(**overrides: object) -> Settings:
    """The settings of this process; keyword arguments win over the environment. Raises SettingsFault."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # validated by pydantic, that is the point
    except ValidationError as error:
        raise SettingsFault("\n".join(map(_sentence, error.errors(include_url=False)))) from None


def _sentence(fault: ErrorDetails) -> str:
    """The variable, its value unless that is a secret, and what is allowed."""
    name = ".".join(str(part) for part in fault["loc"])
    if not name:
        return f"Settings: {fault['msg'].removeprefix('Value error, ')}"
    known = Settings.model_fields.get(name)
    secret = known is None or "SecretStr" in str(known.annotation)
    value = " is set to something that" if secret else f"={fault['input']}"
    return f"{name.upper()}{value} cannot be used: {_allowed(name, fault)}."


def _allowed(name: str, fault: ErrorDetails) -> str:
    known = Settings.model_fields.get(name)
    kind = known.annotation if known else None
    names = ("ge", "le", "min_length", "pattern")
    limits = {key: getattr(row, key) for row in (known.metadata if known else ()) for key in names if hasattr(row, key)}
    if kind in (int, float):
        whole = "a whole number" if kind is int else "a number"
        return f"it must be {whole} from {limits['ge']:g} to {limits['le']:g}"
    if kind is bool:
        return "it must be true or false"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"it must be one of {', '.join(kind)}"
    if "pattern" in limits:
        return f"it must be one of {', '.join(re.findall('[a-z]{2,}', limits['pattern']))}"
    if "min_length" in limits:
        return f"it must have at least {limits['min_length']} characters"
    return fault["msg"].removeprefix("Value error, ")
