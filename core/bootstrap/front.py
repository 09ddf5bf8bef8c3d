"""What front ends are given: the conversation, what a platform sells, and what goes out to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from core.bootstrap.operator import Operators
from core.domain.pack import Rail
from core.services.completing import Completing
from core.services.conversing import Conversing
from core.services.delivering import Delivering, Pace
from core.services.desk import Courier, Desk
from core.services.entitling import Entitling
from core.services.happening import Recording
from core.services.identity import PersonHasher
from core.services.joining import Codes, Joining
from core.services.link import Redeeming
from core.services.loading import Loading
from core.services.page import Browsers, StoredDiscussions, StoredReferences, StoredReplies, StoredTranscript
from core.services.reception import Reception
from core.services.searching import Searching
from core.services.stars import PROVIDER, Stars
from core.services.teaming import INVITATION_LENGTH, Teaming
from core.services.till import Till
from core.services.uploading import Uploading
from core.services.vouching import Vouching
from core.settings import BlobPlace
from core.store.discussion import Discussions
from core.store.guild import Guilds
from core.store.happening import Happenings
from core.store.join import Joins
from core.store.link import Signer
from core.store.outbox import Outbox
from core.store.purchase import Purchases
from core.store.reply import Replies
from core.store.subscription import Subscriptions
from core.store.team import Teams
from core.store.transcript import Transcripts
from core.store.turn import Turns
from core.store.voucher import Vouchers

PACES: Mapping[str, Pace] = {
    # Groups are the chats with a number below zero.
    "telegram": Pace(chat_ms=1000, bot_ms=35, burst=3, group_ms=3000, is_group=lambda place: place.startswith("-"))
}
"""Telegram bears about one message a second per chat, short bursts aside, twenty a minute per group, and thirty a
second in all; our page anything."""


class Fronts(Operators):
    """What a bot, the browser chat or a webhook asks for."""

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
