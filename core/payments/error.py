"""What can go wrong where money is taken.

PaymentError
├── Away            no answer, or none that is one     → again later
│   ├── Unreachable   refused, reset, no answer in time
│   ├── ServerFault   5xx
│   └── Busy          429
├── KeyRefused      401, 403                           → an operator has to act
├── Rejected        it does not do what we asked       → an operator has to know
│   ├── Reused        the key of an order, with something else
│   └── Gone          there is no such thing, a price for one
└── Declined        the customer's card, at its bank   → theirs to mend

Forged is none of them: somebody else called us.
"""

from __future__ import annotations


class PaymentError(Exception):
    pass


class Away(PaymentError):
    pass


class Unreachable(Away):
    pass


class ServerFault(Away):
    pass


class Busy(Away):
    pass


class KeyRefused(PaymentError):
    pass


class Rejected(PaymentError):
    pass


class Reused(Rejected):
    pass


class Gone(Rejected):
    pass


class Declined(PaymentError):
    pass


class Forged(ValueError):
    """A call that the company has not signed, or not now."""
