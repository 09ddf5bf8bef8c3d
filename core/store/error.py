"""What can go wrong in the store, whichever way in was taken.

StoreError
├── Rejected               the function refuses; asking again gives the same answer; `detail` holds its numbers
│   ├── Insufficient       TF402  not enough credits
│   ├── Blocked            TF403  this user may not
│   ├── Unknown            TF404  no such thing, or not yours
│   ├── Conflict           TF409  idempotency key reused with other arguments, or somebody was faster
│   ├── Ended              TF410  it was there and is over
│   └── LimitReached       TF429  too many, too fast
├── Unavailable            nobody answered in time or the connection broke: try again later (`retryable`)
├── Forbidden              the credentials do not open this door: a set-up fault
├── Fault                  every other refusal of the database or the Data API: a bug of ours; `code` says which
└── BlobError              pictures
    ├── BlobMissing        nothing is stored under that key
    ├── BlobsFull          no room left
    ├── BlobsUnavailable   the place does not answer: try again later (`retryable`)
    └── BlobFault          every other refusal of the place
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final


class StoreError(Exception):
    """Root of the tree. `code` is the SQLSTATE, or PostgREST's code, where there is one."""

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, code: str | None = None, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code: Final = code
        self.detail: Final = MappingProxyType(dict(detail or {}))


class Rejected(StoreError):
    pass


class Insufficient(Rejected):
    pass


class Blocked(Rejected):
    pass


class Unknown(Rejected):
    pass


class Conflict(Rejected):
    pass


class Ended(Rejected):
    pass


class LimitReached(Rejected):
    pass


class Unavailable(StoreError):
    retryable = True


class Forbidden(StoreError):
    pass


class Fault(StoreError):
    pass


class BlobError(StoreError):
    pass


class BlobMissing(BlobError):
    pass


class BlobsFull(BlobError):
    pass


class BlobsUnavailable(BlobError):
    retryable = True


class BlobFault(BlobError):
    pass


REJECTIONS: Final[Mapping[str, type[Rejected]]] = MappingProxyType(
    {
        "TF402": Insufficient,
        "TF403": Blocked,
        "TF404": Unknown,
        "TF409": Conflict,
        "TF410": Ended,
        "TF429": LimitReached,
    }
)

# SQLSTATE classes: connection exceptions, serialization and deadlock, out of connections or memory, shutting down.
TRANSIENT_CLASSES: Final = ("08", "40", "53", "57P")
# Lock not available, cancelled for taking too long; PGRST000-003: PostgREST cannot reach the database; the rest is
# what a proxy before it answers on its own account.
TRANSIENT_CODES: Final = frozenset(
    [
        "55P03",
        "57014",
        "PGRST000",
        "PGRST001",
        "PGRST002",
        "PGRST003",
        "429",
        "500",
        "502",
        "503",
        "504",
        "520",
        "521",
        "522",
        "523",
        "524",
    ]
)
# No privilege, no such login, wrong password; PostgREST's bad, expired and missing tokens; a gateway's refusals.
FORBIDDEN_CODES: Final = frozenset(
    ["42501", "28000", "28P01", "PGRST300", "PGRST301", "PGRST302", "PGRST303", "401", "403"]
)
SQLSTATE_LENGTH: Final = 5


def refusal(code: str | None, message: str, detail: object = None) -> StoreError:
    """The error for a code, with what the function wrote into DETAIL (a JSON object, or text from elsewhere).

    None is what a broken connection leaves: nobody lived to send a code.
    """
    kind: type[StoreError] = Fault
    if code is None or code in TRANSIENT_CODES:
        kind = Unavailable
    elif code in REJECTIONS:
        kind = REJECTIONS[code]
    elif code in FORBIDDEN_CODES:
        kind = Forbidden
    elif len(code) == SQLSTATE_LENGTH and code.startswith(TRANSIENT_CLASSES):
        kind = Unavailable
    return kind(message, code=code, detail=_detail(detail))


def _detail(raw: object) -> Mapping[str, Any]:
    if isinstance(raw, str) and raw:
        try:
            raw = json.loads(raw)
        except ValueError:
            return {"text": raw}
    if isinstance(raw, Mapping):
        return raw
    return {} if raw is None or raw == "" else {"text": str(raw)}
