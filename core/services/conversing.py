"""Conversing: one event becomes one stored turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

import structlog

from core import failpoint
from core.conversation import engine, guild, present, texts
from core.conversation.effect import (
    CancelJobs,
    CapSeat,
    DeletePerson,
    ForgetSelfies,
    GiveCredits,
    InviteMate,
    IssueCode,
    JoinPerson,
    LeavePerson,
    LeaveSeat,
    MarkVariant,
    Order,
    RedeemVoucher,
    SaveRules,
    SaveSettings,
    SettleAlbum,
    TakeSeat,
    TeamEffect,
)
from core.conversation.event import AlbumSettled, Event
from core.conversation.session import Session
from core.conversation.talk import Talk
from core.conversation.turn import Turn
from core.conversation.view import NoticeView
from core.conversation.world import Need, World
from core.domain.guild import Rules
from core.domain.job import READINGS
from core.domain.plan import PLANS, PlanId
from core.domain.record import Json, RecordError, from_record, to_record
from core.services import limit
from core.services.catalogue import LiveCatalogue
from core.services.counter import Counter
from core.services.desk import Envelope, Unavailable
from core.services.example import EXAMPLE, SIZE
from core.services.identity import PersonHasher
from core.services.joining import Joining
from core.services.loading import Loading
from core.services.metric import TURNS
from core.services.ordering import new_job
from core.services.teaming import Teaming
from core.services.vouching import Vouching
from core.store import error
from core.store.guild import Given, GuildChange, Guilds
from core.store.join import Issue, Join, Leave
from core.store.outbox import Post
from core.store.person import People, Receipt
from core.store.team import Cap, Invite, Take, Vacate
from core.store.turn import CancelRequest, OpenTurn, Timer, Turns, TurnToStore, VariantMark
from core.store.voucher import Redeem

log = structlog.get_logger(__name__)

ALBUM_SETTLES_S = 1.2
"""Telegram announces no count; its pieces arrive within a second of each other."""
RULES_WITHIN_S = 0.5
"""What waits for a server's rules is the first response, for which Discord leaves three seconds."""
TRIES = 5
SETTLE_ALBUM = "settle_album"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Conversing:
    def __init__(
        self,
        turns: Turns,
        people: People,
        loading: Loading,
        joining: Joining,
        vouching: Vouching,
        teaming: Teaming,
        guilds: Guilds,
        catalogue: LiveCatalogue,
        hasher: PersonHasher,
        starter_grant: int,
        release: str,
        admit: Callable[[str], str],
        sold: Mapping[PlanId, Collection[str]] | None = None,
        counter: Counter | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._turns = turns
        self._people = people
        self._loading = loading
        self._joining = joining
        self._vouching = vouching
        self._teaming = teaming
        self._guilds = guilds
        self._catalogue = catalogue
        self._hasher = hasher
        self._starter_grant = starter_grant
        self._release = release
        self._sold = sold or {}
        self._admit = admit
        self._counter = counter
        self._now = now

    async def open(self, envelope: Envelope) -> OpenTurn:
        """Who this is and what is known of them. Raises Unavailable."""
        try:
            return await self._turns.open(
                event=envelope.id,
                platform=envelope.platform,
                ref=envelope.person,
                place=envelope.place,
                language=envelope.language,
                person_hash=None if envelope.anonymous else self._hasher(envelope.platform, envelope.person),
                starter=self._starter_grant,
            )
        except (error.Unavailable, error.Forbidden) as gone:
            raise Unavailable(str(gone)) from gone

    async def handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        """See `Desk.handle`."""
        with structlog.contextvars.bound_contextvars(turn_id=envelope.id, platform=envelope.platform):
            try:
                return await self._handle(envelope, event)
            except (error.Unavailable, error.Forbidden) as gone:
                raise Unavailable(str(gone)) from gone

    async def closed(self, envelope: Envelope, event: Event) -> NoticeView | None:
        """See `Desk.closed`."""
        member = envelope.member
        if member is None or not guild.makes(event):
            return None
        reading = asyncio.create_task(self._rules(envelope.platform, member.guild))
        try:
            # Left behind instead of timed out: once cancelled, a read may wait ten more seconds for a silent database.
            await asyncio.wait({reading}, timeout=RULES_WITHIN_S)
            rules = reading.result() if reading.done() else None
        finally:
            reading.cancel()
        return guild.closed(texts.speaker(envelope.language), member, rules, event) if rules else None

    async def _rules(self, platform: str, server: str) -> Rules | None:
        try:
            return (await self._guilds.read(platform, server)).rules
        except (error.StoreError, RecordError) as trouble:
            log.warning("server.rules_not_read", server=server, reason=repr(trouble))
            return None

    async def _handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        refused: dict[str, Any] = {}
        for _ in range(TRIES):
            opened = await self.open(envelope)
            if opened.duplicate:
                return None
            session = _session(opened, envelope)
            world = await self._world(envelope, opened, session, event)
            if refused:
                world = replace(world, **refused)
            turn = engine.advance(session, event, world)
            failpoint.reach("turn.before_store")
            try:
                turn = await self._dressed(turn, envelope, world)
                stored = await self._turns.store(self._to_store(envelope, opened, turn, world))
            except error.Conflict:
                continue  # another replica was faster with this session: read it again
            except error.Unknown:
                if (await self.open(envelope)).user_id == opened.user_id:
                    raise
                continue  # this person has joined another, or has left, since it was read
            except (error.Insufficient, error.Blocked):
                continue  # spent or taken back since it was read: the engine sees the new balance and says so
            except error.LimitReached as reached:
                refused = {
                    "limit": limit.reached(str(reached.detail.get("name"))),
                    "retry_after_s": int(reached.detail.get("retry_after", 0)),
                }
                continue
            failpoint.reach("turn.after_store")
            if stored.receipt:
                await self._say_goodbye(envelope, session.language, stored.receipt)
            TURNS.labels(envelope.platform, type(event).__name__).inc()
            log.info("turn.stored", kind=type(event).__name__, duplicate=stored.duplicate)
            return None if stored.duplicate else turn.toast
        raise Unavailable("this chat is very busy")

    async def _dressed(self, turn: Turn, envelope: Envelope, world: World) -> Turn:
        """With what is sold by card for what it lacks."""
        voice = Talk.begin(turn.session, world).voice
        return await self._counter.dressed(turn, envelope, world.person, voice) if self._counter else turn

    async def _say_goodbye(self, envelope: Envelope, language: str, receipt: Receipt) -> None:
        view = present.person_deleted(
            texts.speaker(language),
            pictures=receipt.pictures,
            variants=receipt.variants,
            credits_lost=receipt.credits_written_off,
            receipt=receipt.id,
        )
        post = Post(key=f"receipt:{receipt.id}", view=to_record(view))
        await self._people.farewell(envelope.platform, envelope.place, language, [post])

    async def settle_album(self, args: dict[str, Json]) -> None:
        """The timer's task: no further picture of an album has come."""
        envelope = from_record(Envelope, args["envelope"])
        await self.handle(envelope, AlbumSettled(album=args["album"]))

    async def _world(self, envelope: Envelope, opened: OpenTurn, session: Session, event: Event) -> World:
        world = World(
            now=self._now(),
            event_id=envelope.id,
            catalogue=await self._catalogue.fresh(),
            person=opened.user_id,
            wallet=opened.wallet,
            seat=opened.seat,
            plan=PLANS[PlanId(opened.plan)],
            sold=tuple(self._sold),
            elsewhere={plan: tuple(at) for plan, at in self._sold.items() if envelope.platform not in at},
            settings=opened.profile.settings,
            last_answers=opened.profile.last_answers,
            group=envelope.group,
            private=envelope.private,
            member=envelope.member,
            new_person=opened.new_user,
            release=self._release,
            admin_link=self._admin_link(envelope) if Need.ADMIN in engine.needs(session, event) else "",
            example=EXAMPLE,
            example_size=SIZE,
        )
        if envelope.member:
            asking = opened.user_id if Need.GIVEABLE in engine.needs(session, event) else None
            who = self._hasher(envelope.platform, envelope.person)
            known = await self._guilds.read(envelope.platform, envelope.member.guild, asking, member=who)
            world = replace(world, guild=known)
        world = await self._loading.fill(world, opened.user_id, session, event)
        world = await self._vouching.fill(world, envelope, session, event)
        world = await self._teaming.fill(world, envelope, session, event)
        return await self._joining.fill(world, envelope, session, event)

    def _admin_link(self, envelope: Envelope) -> str:
        """Never where others read along, and nobody is an admin for what anybody may call themselves."""
        alone = (envelope.private or not envelope.group) and not envelope.anonymous
        return self._admit(f"{envelope.platform}:{envelope.person}") if alone else ""

    def _to_store(self, envelope: Envelope, opened: OpenTurn, turn: Turn, world: World) -> TurnToStore:
        draft = TurnToStore(
            event=envelope.id,
            user_id=opened.user_id,
            platform=envelope.platform,
            place=envelope.place,
            version=opened.version,
            session=to_record(turn.session),
            language=turn.session.language,
            outbox=[
                Post(key=f"{envelope.id}:{place}", view=to_record(view), slot=view.slot)
                for place, view in enumerate(turn.views)
            ],
        )
        plan = PLANS[PlanId(opened.plan)]
        for effect in turn.effects:
            match effect:
                case Order():
                    who = self._hasher(envelope.platform, envelope.person)
                    job = new_job(
                        _returning(effect, envelope), plan, opened.user_id, envelope.member, who, world.catalogue
                    )
                    answers = _answers(effect) or draft.last_answers
                    draft = replace(
                        draft, orders=[*draft.orders, job], limits=limit.submits(plan), last_answers=answers
                    )
                case SettleAlbum():
                    draft = replace(draft, timers=[*draft.timers, self._album_timer(envelope, effect)])
                case CancelJobs():
                    draft = replace(draft, cancels=[*draft.cancels, _cancelling(effect, world, turn.session.language)])
                case MarkVariant():
                    mark = VariantMark(
                        code=effect.variant, pinned=effect.pinned, deleted=effect.deleted, current=effect.current
                    )
                    draft = replace(draft, marks=[*draft.marks, mark])
                case SaveSettings():
                    # A setting is the newer word: an answer given before it must not win over it.
                    remembered = opened.profile.last_answers
                    draft = replace(
                        draft,
                        settings={**(draft.settings or {}), **effect.values},
                        last_answers={key: remembered[key] for key in remembered if key not in effect.values},
                    )
                case ForgetSelfies():
                    draft = replace(draft, forget_selfies=True)
                case DeletePerson():
                    draft = replace(draft, delete_person=True)
                case (
                    IssueCode()
                    | JoinPerson()
                    | LeavePerson()
                    | SaveRules()
                    | GiveCredits()
                    | RedeemVoucher()
                    | InviteMate()
                    | TakeSeat()
                    | LeaveSeat()
                    | CapSeat()
                ):
                    draft = _apart(draft, effect, envelope, self._vouching)
                case _:
                    assert_never(effect)
        return draft

    def _album_timer(self, envelope: Envelope, effect: SettleAlbum) -> Timer:
        record = _later(envelope, "settled")
        return Timer(
            key=f"album:{effect.album}:{envelope.person}",
            task=SETTLE_ALBUM,
            args={"envelope": record, "album": effect.album},
            run_at=self._now() + timedelta(seconds=ALBUM_SETTLES_S),
        )


def _later(envelope: Envelope, what: str) -> dict[str, Json]:
    """The way back to where an event came from, for one that follows from it."""
    record: dict[str, Json] = to_record(replace(envelope, id=f"{envelope.id}:{what}"))
    record.pop("_")
    return record


def _returning(order: Order, envelope: Envelope) -> Order:
    """What a reading finds comes back as an event, and has to know where to."""
    if order.kind not in READINGS:
        return order
    return replace(order, options={**order.options, "envelope": _later(envelope, order.code)})


def _answers(order: Order) -> dict[str, Json] | None:
    """The person's own answers that came with a set, to be kept as their last ones."""
    answers = order.options.get("answers")
    return answers if isinstance(answers, dict) else None


def _apart(
    draft: TurnToStore,
    effect: IssueCode | JoinPerson | LeavePerson | SaveRules | GiveCredits | RedeemVoucher | TeamEffect,
    envelope: Envelope,
    vouching: Vouching,
) -> TurnToStore:
    """With what is rare, and about more than the person."""
    match effect:
        case SaveRules(guild=changed, values=values):
            return replace(draft, guild=GuildChange(changed, values))
        case GiveCredits(guild=changed, credits=amount, having=having):
            return replace(draft, guild=GuildChange(changed, given=Given(amount, having)))
        case RedeemVoucher(voucher=voucher):
            return replace(draft, redeem=Redeem(voucher, vouching.redeemer(envelope)))
        case IssueCode(issues=code_hash):
            return replace(draft, linking=Issue(code_hash))
        case JoinPerson(offer=offer):
            joining = Join(offer.id, envelope.person, offer.terms)
            return replace(draft, linking=joining, outbox=[*draft.outbox, _told(effect, envelope)])
        case LeavePerson(identity=identity, here=here):
            return replace(draft, linking=Leave(identity, here))
        case InviteMate() | TakeSeat() | LeaveSeat() | CapSeat():
            return _in_team(draft, effect, envelope)


def _in_team(draft: TurnToStore, effect: TeamEffect, envelope: Envelope) -> TurnToStore:
    match effect:
        case InviteMate(issues=code_hash):
            return replace(draft, team=Invite(code_hash))
        case CapSeat(seat=seat, credits=cap):
            return replace(draft, team=Cap(seat, cap))
        case TakeSeat(invitation=code_hash, told=told):
            draft = replace(draft, team=Take(code_hash))
        case LeaveSeat(seat=seat, told=told):
            draft = replace(draft, team=Vacate(seat))
    if told is None:
        return draft
    chat = told.chat
    post = Post(
        key=f"{envelope.id}:told",
        view=to_record(told.view),
        platform=chat.platform,
        place=chat.place,
        language=chat.language,
        user_id=chat.user_id,
    )
    return replace(draft, outbox=[*draft.outbox, post])


def _told(join: JoinPerson, envelope: Envelope) -> Post:
    offer = join.offer
    return Post(
        key=f"{envelope.id}:told",
        view=to_record(join.told),
        platform=offer.platform,
        place=offer.place,
        language=offer.language,
    )


def _cancelling(effect: CancelJobs, world: World, language: str) -> CancelRequest:
    """With the word that closes a job nobody is working on: it ends here."""
    job = world.job
    if job is None or job.code != effect.job:
        return CancelRequest(code=effect.job)
    view = present.job_cancelled(texts.speaker(language), job, delivered=len(job.variants))
    return CancelRequest(code=job.code, closing=[Post(key=f"job:{job.code}:end", view=to_record(view), slot=view.slot)])


def _session(opened: OpenTurn, envelope: Envelope) -> Session:
    """The stored session; a fresh one for a newcomer, or when a release can no longer read an older one."""
    language = opened.language or envelope.language
    if opened.session is None:
        return Session(language=language)
    try:
        return from_record(Session, opened.session)
    except RecordError as unreadable:
        log.warning("session.unreadable", error=str(unreadable))
        return Session(language=language)
