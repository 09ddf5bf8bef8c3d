"""Where everything is kept: a store for each thing, on the one transport."""

from __future__ import annotations

from functools import cached_property

from core.bootstrap.given import Given
from core.services.album import Album
from core.store.asset import Assets
from core.store.direct import DirectTransport
from core.store.fund import Funds
from core.store.housekeeping import Housekeeping
from core.store.job import Jobs
from core.store.person import People
from core.store.subscription import Subscriptions
from core.store.variant import Variants
from core.store.wallet import Wallets
from core.store.work import Work


class Stores(Given):
    """`direct` and what is made from it, here and above, is not to be had over the Supabase SDK: `TypeError`."""

    @cached_property
    def direct(self) -> DirectTransport:
        if not isinstance(self.transport, DirectTransport):
            raise TypeError("a worker needs a direct connection: set DATABASE_URL")
        return self.transport

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
    def housekeeping(self) -> Housekeeping:
        return Housekeeping(self.direct)

    @cached_property
    def work(self) -> Work:
        return Work(self.direct, self.name)

    @cached_property
    def funds(self) -> Funds:
        return Funds(self.direct)
