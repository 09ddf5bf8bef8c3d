"""A deposit: what a job has lying at a provider, written down before it lies there.

Once the job has ended, however it did, a trigger of the store hands the note to housekeeping.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.record import Json, from_record, to_record
from core.store.job import StoredJob

STATE = "batch"
"""Where a job's `provider_state` keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    provider: str = ""
    model: str = ""
    """Who was handed a batch; empty: there is none, only references."""
    name: str = ""
    """The provider's. Empty beside a model: it is not known that it was handed in. A batch may still lie there, under
    the job's id."""
    shared: tuple[str, ...] = ()
    """References uploaded for the job, by all its attempts."""

    @classmethod
    def of(cls, job: StoredJob) -> Deposit:
        return from_record(cls, job.provider_state.get(STATE, {}))

    def record(self) -> dict[str, Json]:
        return {STATE: to_record(self)}
