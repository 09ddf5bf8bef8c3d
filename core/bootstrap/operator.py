"""What operators come in by, do and hear."""

from __future__ import annotations

from functools import cached_property

from core.bootstrap.money import Money
from core.bootstrap.provider import Providers
from core.services.admission import Admission
from core.services.alarm import EMAIL, WEBHOOK, Alarm
from core.services.joining import Codes
from core.services.office.office import Office, furnished
from core.services.vouching import VOUCHER_LENGTH
from core.store.administration import Administration, AdminSessions
from core.store.alarm import Alarms
from core.store.direct import DirectTransport
from core.store.team import Seats

MICRO = 1_000_000
"""Of a dollar."""


class Operators(Providers, Money):
    """The office stands on both who draws and who takes money."""

    @cached_property
    def admission(self) -> Admission:
        sessions = AdminSessions(self.transport) if isinstance(self.transport, DirectTransport) else None
        return Admission(self.secret, self.settings.admins, sessions, self.settings.site)

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
    def alarm(self) -> Alarm:
        logins = [login for admin in self.settings.admins for login in admin.logins or (admin.name,)]
        given = {WEBHOOK: self.settings.alert_webhook_url, EMAIL: self.settings.smtp_url}
        addresses = tuple(platform for platform, address in given.items() if address)
        return Alarm(Alarms(self.direct), Seats(self.direct), logins, addresses)
