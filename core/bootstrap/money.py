"""Who takes money for us, and what is done with what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from core.bootstrap.store import Stores
from core.domain.pack import Rail
from core.payments.error import PaymentError
from core.services.counter import Counter
from core.services.intake import Intake
from core.services.paying import Paying
from core.services.portal import Portal
from core.services.reconciling import Reconciling, Report
from core.services.refunding import Refunding
from core.services.seal import Seal
from core.services.stars import GRACE_DAYS, PROVIDER
from core.store.payment import Payments, Settling
from core.store.reconciliation import Reconciliation
from core.store.refund import Refunds

if TYPE_CHECKING:
    from core.payments.base import Books, Cashier
    from core.payments.stripe.client import Access


class Money(Stores):
    """From a payment to its refund and the books. Without a company's key nothing of it is imported."""

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
