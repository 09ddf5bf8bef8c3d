"""Stripe's exceptions as ours. A test lists the SDK's classes and fails on one that is not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import stripe

from core.payments.error import (
    Busy,
    Declined,
    Gone,
    KeyRefused,
    PaymentError,
    Rejected,
    Reused,
    ServerFault,
    Unreachable,
)

FAULTS: Mapping[type[stripe.StripeError], type[PaymentError]] = {
    stripe.APIConnectionError: Unreachable,
    stripe.RateLimitError: Busy,
    stripe.APIError: ServerFault,
    stripe.AuthenticationError: KeyRefused,
    stripe.PermissionError: KeyRefused,
    stripe.IdempotencyError: Reused,
    stripe.InvalidRequestError: Rejected,
    stripe.CardError: Declined,
    # Of the second version of the API, for things we have not got.
    stripe.StripeError: Rejected,
}
_GONE = "resource_missing"


def ours(error: stripe.StripeError) -> PaymentError:
    """Carries Stripe's code and the id of the request, by which its dashboard finds it; never what was sent."""
    kind = next(FAULTS[parent] for parent in type(error).__mro__ if parent in FAULTS)
    if kind is Rejected and error.code == _GONE:
        kind = Gone
    return kind(" ".join(filter(None, (error.code or type(error).__name__, error.request_id))))


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        raise ours(error) from error
