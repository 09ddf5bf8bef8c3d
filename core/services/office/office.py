"""The office's rooms, furnished over one direct connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.administration import Admin
from core.services.catalogue import LiveCatalogue
from core.services.joining import Codes
from core.services.office.book import BookRoom
from core.services.office.code import CodeRoom
from core.services.office.job import JobRoom
from core.services.office.payment import PaymentRoom
from core.services.office.people import PeopleRoom
from core.services.office.pool import PoolRoom
from core.services.office.proposal import ProposalRoom
from core.services.office.switch import SwitchRoom
from core.services.office.usage import UsageRoom
from core.services.refunding import Refunding
from core.store.administration import Administration
from core.store.control import Control
from core.store.fund import Funds
from core.store.inner import Inner
from core.store.job import Jobs
from core.store.ledger import Ledger
from core.store.quarantine import Quarantine
from core.store.usage import Usage
from core.store.voucher import VoucherOffice


@dataclass(frozen=True, slots=True)
class Office:
    """Every method of a room raises Unavailable while the database is gone; acts raise Refused."""

    people: PeopleRoom
    proposals: ProposalRoom
    books: BookRoom
    payments: PaymentRoom
    codes: CodeRoom
    jobs: JobRoom
    switches: SwitchRoom
    pools: PoolRoom
    usage: UsageRoom


def furnished(
    inner: Inner,
    *,
    admins: Sequence[Admin] = (),
    alone_up_to: int,
    pools_alone_up_to: int,
    jobs: Jobs,
    catalogue: LiveCatalogue,
    refunding: Refunding,
    codes: Codes,
) -> Office:
    """What one operator moves without a second word: `alone_up_to` in credits, `pools_alone_up_to` in micro-USD."""
    administration, control, ledger = Administration(inner, alone_up_to), Control(inner), Ledger(inner)
    people = PeopleRoom(administration, ledger)
    models: dict[str, list[str]] = {}
    for row in catalogue.sheet.models:
        if not row.free:
            models.setdefault(row.provider, []).append(row.id)
    return Office(
        people=people,
        proposals=ProposalRoom(
            administration, {one.name: one.logins for one in admins if one.logins}, refunding.carry_out
        ),
        books=BookRoom(ledger, administration),
        payments=PaymentRoom(Quarantine(inner, alone_up_to), refunding, people),
        codes=CodeRoom(VoucherOffice(inner, alone_up_to), codes, people),
        jobs=JobRoom(control, jobs),
        switches=SwitchRoom(control, models, catalogue.doors),
        pools=PoolRoom(Funds(inner, pools_alone_up_to), catalogue),
        usage=UsageRoom(Usage(inner)),
    )
