"""The composition root: the only place that names concrete adapters. Nothing connects before `open`."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.domain.model import ModelSpec
from core.domain.pack import Rail
from core.payments.error import PaymentError
from core.providers.base import Provider
from core.providers.catalogue import STUDIO, load
from core.providers.local import LocalProvider
from core.providers.youtube import ThumbnailServer
from core.services import link
from core.services.admission import Admission
from core.services.alarm import EMAIL, WEBHOOK, Alarm
from core.services.album import Album
from core.services.archiving import Archiving
from core.services.budget import Budget
from core.services.catalogue import LiveCatalogue
from core.services.completing import Completing
from core.services.conversing import SETTLE_ALBUM, Conversing
from core.services.counter import Counter
from core.services.delivering import Delivering, Pace
from core.services.desk import Courier, Desk
from core.services.drawing import Drawing
from core.services.entitling import Entitling
from core.services.filing import Filing
from core.services.finishing import Finishing
from core.services.happening import Recording
from core.services.identity import PersonHasher
from core.services.intake import Intake
from core.services.joining import Codes, Joining
from core.services.judging import Judging
from core.services.link import Redeeming
from core.services.loading import Loading
from core.services.office.office import Office, furnished
from core.services.overnight import Overnight
from core.services.page import Browsers, StoredDiscussions, StoredReferences, StoredReplies, StoredTranscript
from core.services.painting import Painting
from core.services.paying import SETTLE_PAYMENT, Paying, settle_payment
from core.services.portal import Portal
from core.services.probing import Look, Probing
from core.services.reading import Reading
from core.services.reception import Reception
from core.services.reconciling import Reconciling, Report
from core.services.refining import Refining
from core.services.refunding import Refunding
from core.services.rendering import Rendering
from core.services.seal import Seal
from core.services.searching import Searching
from core.services.seating import Seating
from core.services.stars import GRACE_DAYS, PROVIDER, Stars
from core.services.target import Targets
from core.services.teaming import INVITATION_LENGTH, Teaming
from core.services.till import TELL_PAID, TELL_STALLED, Till, tell_paid, tell_stalled
from core.services.upkeep import Upkeep
from core.services.uploading import Uploading
from core.services.vouching import VOUCHER_LENGTH, Vouching
from core.settings import BlobPlace, Settings
from core.store.administration import Administration, AdminSessions
from core.store.alarm import Alarms
from core.store.asset import Assets
from core.store.blob import Blobs
from core.store.bucket import BucketBlobs
from core.store.direct import DirectTransport
from core.store.discussion import Discussions
from core.store.disk import DiskBlobs
from core.store.fund import Funds
from core.store.guild import Guilds
from core.store.happening import Happenings
from core.store.housekeeping import Housekeeping
from core.store.job import Jobs
from core.store.join import Joins
from core.store.link import Signer
from core.store.model import ModelRegister, Models, Pools
from core.store.outbox import Outbox
from core.store.payment import Payments, Settling
from core.store.person import People
from core.store.port import Transport
from core.store.purchase import Purchases
from core.store.reconciliation import Reconciliation
from core.store.refund import Refunds
from core.store.reply import Replies
from core.store.subscription import Periods, Subscriptions
from core.store.supabase import SupabaseTransport
from core.store.team import Seats, Teams
from core.store.transcript import Transcripts
from core.store.turn import Turns
from core.store.variant import Variants
from core.store.voucher import Vouchers
from core.store.wallet import Wallets
from core.store.work import Work
from core.supervisor import Supervisor
from core.vision.bounded import BoundedDecoder
from core.worker.clock import Clock
from core.worker.queue import Task
from core.worker.schedule import RUN_SCHEDULE, Run, Timetable
from core.worker.worker import Worker, lanes
from core.workshop import workshop as workshops
from core.workshop.crew import Crew
from core.workshop.workshop import Workshop

if TYPE_CHECKING:
    from core.payments.base import Books, Cashier
    from core.payments.stripe.client import Access
    from core.providers.gemini.door import Door

PACES: Mapping[str, Pace] = {
    # Groups are the chats with a number below zero.
    "telegram": Pace(chat_ms=1000, bot_ms=35, burst=3, group_ms=3000, is_group=lambda place: place.startswith("-"))
}
"""Telegram bears about one message a second per chat, short bursts aside, twenty a minute per group, and thirty a
second in all; our page anything."""

MICRO = 1_000_000
"""Of a dollar."""

AddProvider = Callable[[Workshop], Provider]


@dataclass(frozen=True, slots=True)
class Extra:
    """A further provider with its models: how tests and the demo bring the stand-in."""

    models: tuple[ModelSpec, ...]
    provider: AddProvider


@dataclass
class Factory:
    """Everything one process may need, made on first use."""

    settings: Settings
    dsn: str | None = field(repr=False)
    """Direct connection; None: front ends over the Supabase SDK, and no worker here."""
    transport: Transport
    blobs: Blobs
    secret: bytes = field(repr=False)
    release: str
    extras: tuple[Extra, ...] = ()
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")

    @cached_property
    def supervisor(self) -> Supervisor:
        return Supervisor()

    @cached_property
    def catalogue(self) -> LiveCatalogue:
        extra = tuple(model for row in self.extras for model in row.models)
        sheet = load().beside(*extra, STUDIO)
        return LiveCatalogue(sheet, Models(self.transport), sheet.doors(self.settings.given()))

    @cached_property
    def workshop(self) -> Workshop:
        return Workshop(Crew(workshops.lanes(self.settings.studio_processes)))

    @cached_property
    def decoder(self) -> BoundedDecoder:
        return BoundedDecoder()

    @cached_property
    def assets(self) -> Assets:
        return Assets(self.transport)

    @cached_property
    def album(self) -> Album:
        return Album(self.assets, self.blobs)

    @cached_property
    def variants(self) -> Variants:
        return Variants(self.transport)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self.transport)

    @cached_property
    def wallets(self) -> Wallets:
        return Wallets(self.transport)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions(self.transport)

    @cached_property
    def people(self) -> People:
        return People(self.transport)

    @cached_property
    def conversing(self) -> Conversing:
        loading = Loading(self.variants, self.jobs, self.assets, self.wallets, Subscriptions(self.transport))
        return Conversing(
            Turns(self.transport),
            self.people,
            loading,
            Joining(Joins(self.transport), Codes(self.secret)),
            Vouching(Vouchers(self.transport), self.voucher_codes, PersonHasher(self.secret)),
            Teaming(Teams(self.transport), Codes(self.secret, "team", INVITATION_LENGTH)),
            Guilds(self.transport),
            self.catalogue,
            PersonHasher(self.secret),
            self.settings.starter_grant,
            self.release,
            self.admission.link,
            self.settings.plans_sold,
            self.counter,
        )

    @cached_property
    def admission(self) -> Admission:
        sessions = AdminSessions(self.transport) if isinstance(self.transport, DirectTransport) else None
        return Admission(self.secret, self.settings.admins, sessions, self.settings.site)

    @cached_property
    def desk(self) -> Desk:
        uploading = Uploading(self.conversing, self.decoder, self.workshop, self.assets, self.album)
        return Reception(self.conversing, uploading, self.assets, self.blobs)

    @cached_property
    def completing(self) -> Completing:
        return Completing(self.conversing, self.variants, self.jobs, self.catalogue)

    @cached_property
    def searching(self) -> Searching:
        return Searching(self.conversing, self.variants)

    @cached_property
    def transcript(self) -> StoredTranscript:
        return StoredTranscript(Transcripts(self.transport))

    @cached_property
    def browsers(self) -> Browsers:
        return Browsers(self.people)

    @cached_property
    def redeem(self) -> Redeeming | None:
        """What answers signed links here; None where Supabase Storage does."""
        return Redeeming(Signer(self.secret), self.blobs) if self.settings.blobs is BlobPlace.DISK else None

    def references(self, platform: str) -> StoredReferences:
        return StoredReferences(Outbox(self.transport, platform))

    def replies(self, platform: str) -> StoredReplies:
        return StoredReplies(Replies(self.transport, platform))

    def till(self, platform: str) -> Till:
        """Sells what the settings say that platform sells."""
        packs = self.settings.packs[Rail.DISCORD] if platform == Rail.DISCORD else ()
        tests = self.settings.discord_test_purchases
        return Till(Purchases(self.transport, platform), self.conversing, platform, packs, tests=tests)

    def entitling(self, platform: str) -> Entitling:
        """As `till`, of plans."""
        given = self.settings
        plans = given.discord_plans if platform == Rail.DISCORD else ()
        purchases = Purchases(self.transport, platform)
        return Entitling(
            self.subscriptions, purchases, self.conversing, platform, plans, tests=given.discord_test_purchases
        )

    @cached_property
    def cashier(self) -> Cashier | None:
        """Who takes money for us; None without a key."""
        access = self._stripe_access()
        if access is None:
            return None
        from core.payments.stripe.client import StripeCashier

        return StripeCashier(access)

    def _stripe_access(self) -> Access | None:
        given = self.settings
        if given.stripe_secret_key is None:
            return None
        # Here and not above: most factories start without a key, and need no SDK in memory (8 MB).
        from core.payments.stripe.client import Access

        secret = given.stripe_webhook_secret
        return Access(
            given.stripe_secret_key.get_secret_value(),
            secret.get_secret_value() if secret else "",
            given.stripe_api_url,
        )

    @cached_property
    def books(self) -> Mapping[str, Books]:
        """Of whoever takes money for us, by provider."""
        found: dict[str, Books] = {}
        given = self.settings
        if (access := self._stripe_access()) is not None:
            from core.payments.stripe.books import StripeBooks

            found[StripeBooks.name] = StripeBooks(access, plans=bool(given.stripe_plans))
        if given.telegram_bot_token is not None:
            # As above: no worker needs the library but for this.
            from core.payments.stars.books import StarBooks

            found[StarBooks.name] = StarBooks(given.telegram_bot_token.get_secret_value(), given.telegram_api_url)
        return found

    def _intake(self, provider: str) -> Intake:
        payments = Payments(self.transport, provider)
        if provider == PROVIDER:
            return Intake(payments, self.subscriptions, grace_days=GRACE_DAYS)
        return Intake(payments, self.subscriptions, self.settings.stripe_plans)

    @cached_property
    def refunds(self) -> Refunds:
        return Refunds(self.direct, self.settings.admin_alone_up_to)

    @cached_property
    def refunding(self) -> Refunding:
        return Refunding(self.refunds, Settling(self.direct), self.books, self._intake)

    async def reconcile(self) -> tuple[Report, ...]:
        """Every company's books against ours. Raises the first trouble once all were asked."""
        reports, troubles = [], []
        for name, books in self.books.items():
            ours = Reconciliation(self.direct, name)
            try:
                reconciling = Reconciling(books, ours, self._intake(name), Settling(self.direct), self.housekeeping)
                reports.append(await reconciling.reconcile())
            except PaymentError as trouble:
                troubles.append(trouble)
        if troubles:
            raise troubles[0]
        return tuple(reports)

    @cached_property
    def paying(self) -> Paying | None:
        if self.cashier is None:
            return None
        payments = Payments(self.transport, self.cashier.name)
        return Paying(self.cashier, payments, self.subscriptions, self.settings.stripe_plans)

    @cached_property
    def counter(self) -> Counter | None:
        """Packs and plans by card; None without a key."""
        if self.cashier is None:
            return None
        payments, packs = Payments(self.transport, self.cashier.name), self.settings.packs[Rail.CARD]
        plans, public = self.settings.stripe_plans, self.settings.web_public_url
        # Another key: whoever is shown where to pay must not get to where it is changed.
        portal = Portal(self.cashier, self.subscriptions, Seal(sha256(b"portal" + self.secret).digest()), public)
        return Counter(self.cashier, payments, packs, plans, portal, Seal(self.secret), public)

    @cached_property
    def stars(self) -> Stars:
        given = self.settings
        return Stars(self._intake(PROVIDER), self.conversing, given.packs[Rail.STARS], given.telegram_plans)

    def discussions(self, platform: str) -> StoredDiscussions:
        return StoredDiscussions(Discussions(self.transport, platform))

    def happenings(self, platform: str) -> Recording:
        return Recording(Happenings(self.transport, platform))

    def delivering(self, courier: Courier) -> Delivering:
        return Delivering(
            Outbox(self.transport, courier.platform), courier, PACES.get(courier.platform, Pace()), self.name
        )

    # -- the worker's half: needs a direct connection --------------------------------------------------------------

    @cached_property
    def direct(self) -> DirectTransport:
        if not isinstance(self.transport, DirectTransport):
            raise TypeError("a worker needs a direct connection: set DATABASE_URL")
        return self.transport

    @cached_property
    def administration(self) -> Administration:
        return Administration(self.direct, self.settings.admin_alone_up_to)

    @cached_property
    def voucher_codes(self) -> Codes:
        return Codes(self.secret, "voucher", VOUCHER_LENGTH)

    @cached_property
    def office(self) -> Office:
        return furnished(
            self.direct,
            admins=self.settings.admins,
            alone_up_to=self.settings.admin_alone_up_to,
            pools_alone_up_to=self.settings.admin_pools_alone_up_to * MICRO,
            jobs=self.jobs,
            catalogue=self.catalogue,
            refunding=self.refunding,
            codes=self.voucher_codes,
        )

    @cached_property
    def housekeeping(self) -> Housekeeping:
        return Housekeeping(self.direct)

    @cached_property
    def work(self) -> Work:
        return Work(self.direct, self.name)

    @cached_property
    def gemini(self) -> Door | None:
        """Google's models; None without a key."""
        if "gemini" not in self.catalogue.doors:
            return None
        # Here and not above: Google's SDK takes most of a second to import, and most factories start without a key.
        from core.providers.gemini.client import Access
        from core.providers.gemini.door import Door

        given = self.settings
        access = Access(
            api_key=given.gemini_api_key.get_secret_value() if given.gemini_api_key else "",
            enterprise=given.gemini_enterprise,
            project=given.gemini_project,
            location=given.gemini_location,
            base_url=given.gemini_base_url,
            api_version=given.gemini_api_version,
            timeout_s=given.gemini_timeout_seconds,
            proxy=given.gemini_proxy,
        )
        return Door(access, service_tier=given.gemini_service_tier)

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        made: list[Provider] = [LocalProvider(self.workshop), *(row.provider(self.workshop) for row in self.extras)]
        if self.gemini is not None:
            made.append(self.gemini.provider)
        return {provider.name: provider for provider in made}

    @cached_property
    def budget(self) -> Budget:
        return Budget(Pools(self.direct, self.name), self.funds)

    @cached_property
    def alarm(self) -> Alarm:
        logins = [login for admin in self.settings.admins for login in admin.logins or (admin.name,)]
        given = {WEBHOOK: self.settings.alert_webhook_url, EMAIL: self.settings.smtp_url}
        addresses = tuple(platform for platform, address in given.items() if address)
        return Alarm(Alarms(self.direct), Seats(self.direct), logins, addresses)

    @cached_property
    def funds(self) -> Funds:
        return Funds(self.direct)

    @cached_property
    def probing(self) -> Probing:
        looks: dict[str, Look] = {} if self.gemini is None else {"gemini": self.gemini.look}
        register = ModelRegister(self.direct)
        return Probing(self.catalogue.sheet, self.catalogue.doors, looks, register, self.housekeeping)

    @cached_property
    def painting(self) -> Painting:
        call_s = self.settings.gemini_timeout_seconds
        return Painting(self.providers, self.workshop, self.budget, call_s=call_s)

    @cached_property
    def drawing(self) -> Drawing:
        return Drawing(
            self.catalogue,
            self.painting,
            self.workshop,
            self.album,
            self.budget,
            self.probing.retire,
            self.probing.failed,
        )

    @cached_property
    def finishing(self) -> Finishing:
        return Finishing(self.work, self.variants, self.album, self.drawing, self.workshop, self.catalogue)

    @cached_property
    def overnight(self) -> Overnight:
        return Overnight(
            self.work,
            self.album,
            self.drawing,
            self.painting,
            self.finishing,
            self.seating,
            self.catalogue,
            {} if self.gemini is None else {"gemini": self.gemini.batches},
            self.housekeeping,
            self.probing.retire,
            self.settings.overnight_look_seconds,
        )

    @cached_property
    def seating(self) -> Seating:
        return Seating(
            self.album, self.workshop, self.decoder, ThumbnailServer(self.settings.youtube_images_url).picture
        )

    @cached_property
    def reading(self) -> Reading:
        return Reading(
            self.work,
            self.variants,
            self.album,
            self.conversing,
            self.catalogue,
            self.budget,
            {} if self.gemini is None else {"gemini": self.gemini.reader},
            self.probing.retire,
            self.seating.look,
        )

    @cached_property
    def rendering(self) -> Rendering:
        targets = Targets(self.variants, self.album, self.drawing)
        archiving = Archiving(
            self.work, self.variants, self.people, self.album, self.drawing, self.workshop, self.catalogue
        )
        filing = Filing(self.work, self.album, self.drawing, self.workshop, targets, archiving)
        judging = Judging(self.work, self.album, self.workshop, targets, self.catalogue)
        refining = Refining(self.work, self.album, self.drawing, self.workshop, self.seating, targets, self.catalogue)
        finished = refining.steps() | filing.steps() | archiving.steps() | judging.steps()
        return Rendering(
            self.work,
            self.album,
            self.drawing,
            self.workshop,
            self.seating,
            self.catalogue,
            self.finishing,
            {} if self.gemini is None else {"gemini": self.gemini.provider},
            finished | self.overnight.steps() | self.reading.steps(),
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        return Upkeep(
            self.housekeeping, Settling(self.direct), Periods(self.direct), lambda: self.rendering, self.blobs
        )

    def worker(self) -> Worker:
        if self.dsn is None:
            raise TypeError("a worker needs a direct connection: set DATABASE_URL")
        tasks: dict[str, Task] = {
            SETTLE_ALBUM: self._settle_album,
            TELL_PAID: self._tell_paid,
            TELL_STALLED: self._tell_stalled,
            SETTLE_PAYMENT: self._settle_payment,
            RUN_SCHEDULE: self.timetable.run,
        }
        return Worker(
            self.dsn, self.work, self.rendering, tasks, lanes(self.settings.worker_render_slots), self.supervisor
        )

    def clock(self) -> Clock:
        return Clock(self.timetable)

    @cached_property
    def timetable(self) -> Timetable:
        return Timetable(self.housekeeping, self.runs())

    def runs(self) -> Mapping[str, Run]:
        """What each schedule does."""
        return {
            "sweep": lambda _: self.upkeep.sweep(),
            "holds": lambda _: self.upkeep.reap(),
            "grants": lambda _: self.upkeep.grant(),
            "expiry": lambda _: self.upkeep.expire(),
            "audit": lambda _: self.upkeep.check(),
            "discard": lambda _: self.overnight.discard(),
            "purge": lambda _: self.upkeep.purge(),
            "prune": lambda _: self.upkeep.prune(),
            "probe": lambda _: self.probing.run(),
            "refunds": lambda _: self._refund(),
            "reconcile": lambda _: self._reconcile(),
            "pools": lambda _: self.funds.tend(),
            "alarms": lambda _: self.alarm.tell(),
            "summary": self.alarm.summarise,
        }

    async def _refund(self) -> None:
        await self.refunding.carry_out()

    async def _reconcile(self) -> None:
        await self.reconcile()

    async def _settle_album(self, **args: object) -> None:
        await self.conversing.settle_album(args)

    async def _tell_paid(self, **args: Any) -> None:
        await tell_paid(self.conversing, args)

    async def _tell_stalled(self, **args: Any) -> None:
        await tell_stalled(self.conversing, args)

    async def _settle_payment(self, **args: Any) -> None:
        await settle_payment(Settling(self.direct), args["provider"], args["key"])

    async def close(self) -> None:
        for name in ("workshop", "decoder", "gemini", "cashier"):
            if (made := self.__dict__.get(name)) is not None:
                await made.close()
        for books in self.__dict__.get("books", {}).values():
            await books.close()
        await self.blobs.close()
        await self.transport.close()


@asynccontextmanager
async def open_factory(
    settings: Settings, dsn: str | None, *, release: str, extras: tuple[Extra, ...] = ()
) -> AsyncIterator[Factory]:
    """A factory on a database that is there (`dsn`), or on the Supabase SDK alone."""
    secret = signing_key(settings)
    transport: Transport
    if dsn is not None:
        # Prepared statements save planning time, but a transaction pooler, which we cannot rule out, breaks on them.
        prepare = 5 if settings.embedded else None
        transport = await DirectTransport(dsn, size=settings.database_pool_size, prepare_threshold=prepare).open()
    elif settings.supabase_url and settings.supabase_secret_key:
        transport = await SupabaseTransport(
            settings.supabase_url, settings.supabase_secret_key.get_secret_value()
        ).open()
    else:
        raise ValueError("neither a database nor Supabase is configured")
    factory = Factory(settings, dsn, transport, await _blobs(settings, secret), secret, release, extras)
    try:
        yield factory
    finally:
        await factory.close()


async def _blobs(settings: Settings, secret: bytes) -> Blobs:
    if settings.blobs is BlobPlace.SUPABASE:
        assert settings.supabase_secret_key is not None
        key = settings.supabase_secret_key.get_secret_value()
        bucket = await BucketBlobs(settings.supabase_url, key, settings.supabase_bucket).open()
        await bucket.prepare()
        return bucket
    public = settings.web_public_url.rstrip("/")
    return DiskBlobs(settings.blob_root, Signer(secret), f"{public}{link.PATH}" if public else "")


def signing_key(settings: Settings) -> bytes:
    """The configured key, or one made once and kept in the factory's folder (mode 0600)."""
    if settings.signing_key is not None:
        return sha256(settings.signing_key.get_secret_value().encode()).digest()
    path = settings.factory_home / "signing.key"
    if not path.exists():
        _write_new(path, secrets.token_bytes(32))
    return path.read_bytes()


def _write_new(path: Path, data: bytes) -> None:
    """All of it or nothing, once: another process of this folder may be doing the same."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
