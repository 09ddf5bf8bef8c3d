"""Every exception the SDK and its transports raise → our tree. A test holds the table against the SDK's classes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import aiohttp
import httpx2
import pydantic
from google.auth import exceptions as auth
from google.genai import errors

from core.providers.error import (
    BadRequest,
    Busy,
    Forbidden,
    Garbled,
    KeyRefused,
    Overloaded,
    ProviderError,
    Retired,
    ServerFault,
    ThreadLost,
    TimedOut,
    Unreachable,
)

T = TypeVar("T")

CAPACITY_WAIT_S = 2.0
QUOTA_WAIT_S = 5.0
"""Where a 429 names no time."""
DAY_WAIT_S = 3600.0
"""A used-up daily quota: longer than any walk waits, so the next model is asked."""


@contextmanager
def translated() -> Iterator[None]:
    """Around calls of the SDK, and nothing else: a ValueError of our own must stay one."""
    try:
        yield
    except CAUGHT as error:
        raise fault_of(error) from error


async def each(stream: AsyncIterable[T]) -> AsyncIterator[T]:
    """What a stream or a list of the SDK yields; what is done with it between is not the SDK's."""
    items = aiter(stream)
    while True:
        with translated():
            try:
                item = await anext(items)
            except StopAsyncIteration:
                return
        yield item


def fault_of(error: BaseException) -> ProviderError:
    """By the most special class the table knows."""
    for kind in type(error).__mro__:
        if kind in FAULTS:
            return FAULTS[kind](error)
    raise TypeError(f"{type(error).__name__} is no error of the SDK") from error


def _api(error: errors.APIError) -> ProviderError:
    said = f"{error.code} {error.status}: {(error.message or '')[:300]}"
    match error.code:
        case 400:
            return _bad_request(error, said)
        case 401:
            return KeyRefused(said)
        case 403:
            # An upload that is gone is no matter for an operator.
            return BadRequest(said) if "access the File" in said else Forbidden(said)
        case 404 | 410:
            return _missing(error, said)
        case 408 | 504:
            return TimedOut(said)
        case 429:
            return Busy(said, _retry_after_s(error))
        case 503:
            return Overloaded(said, _retry_delay_s(error) or CAPACITY_WAIT_S)
        case code if 400 <= code < 500:
            return BadRequest(said)
    return ServerFault(said)


def _bad_request(error: errors.APIError, said: str) -> ProviderError:
    reasons = {row.get("reason") for row in _details(error)}
    if "API_KEY_INVALID" in reasons or "API key not valid" in said:
        return KeyRefused(said)
    if error.status == "FAILED_PRECONDITION":  # region or billing
        return Forbidden(said)
    # "Thought signature is not valid", "missing a thought_signature": the field goes by both spellings.
    if "thought signature" in said.lower().replace("_", " "):
        return ThreadLost(said)
    return BadRequest(said)


def _missing(error: errors.APIError, said: str) -> ProviderError:
    """Only an answer of the service that names a model retires one: a wrong base URL answers 404 to everything."""
    if error.status == "NOT_FOUND" and "model" in said.lower():
        return Retired(said)
    return ServerFault(said)


def _retry_after_s(error: errors.APIError) -> float:
    if (delay := _retry_delay_s(error)) is not None:
        return delay
    quotas = " ".join(str(row.get("violations")) for row in _details(error))
    return DAY_WAIT_S if "PerDay" in quotas else QUOTA_WAIT_S


def _retry_delay_s(error: errors.APIError) -> float | None:
    """RetryInfo's duration, "34s" or "0.5s"."""
    for row in _details(error):
        delay = str(row.get("retryDelay", ""))
        if delay.endswith("s") and delay[:-1].replace(".", "", 1).isdecimal():
            return float(delay[:-1])
    return None


def _details(error: errors.APIError) -> list[dict[str, Any]]:
    body = error.details if isinstance(error.details, dict) else {}
    inner = body.get("error")
    rows = inner.get("details") if isinstance(inner, dict) else None
    return [row for row in rows or () if isinstance(row, dict)]


def _as(kind: type[ProviderError]) -> Callable[[Any], ProviderError]:
    return lambda error: kind(f"{type(error).__name__}: {error}"[:300])


FAULTS: Mapping[type[BaseException], Callable[[Any], ProviderError]] = {
    # The SDK's own
    errors.APIError: _api,
    errors.UnknownApiResponseError: _as(Garbled),
    errors.ContinuationInterruptedError: _as(Garbled),
    ValueError: _as(BadRequest),  # raised before anything is sent
    KeyError: _as(Garbled),  # an upload that answers without its address
    # Reading the answer
    pydantic.ValidationError: _as(Garbled),
    json.JSONDecodeError: _as(Garbled),
    UnicodeDecodeError: _as(Garbled),
    # The transport in use
    TimeoutError: _as(TimedOut),
    OSError: _as(Unreachable),
    aiohttp.ClientError: _as(Unreachable),
    aiohttp.ServerTimeoutError: _as(TimedOut),
    aiohttp.ClientPayloadError: _as(Garbled),
    aiohttp.ContentTypeError: _as(Garbled),
    # The SDK's other transport, which it falls back to
    httpx2.HTTPError: _as(Unreachable),
    httpx2.TimeoutException: _as(TimedOut),
    httpx2.InvalidURL: _as(Unreachable),
    httpx2.DecodingError: _as(Garbled),
    httpx2.RemoteProtocolError: _as(Garbled),
    # Enterprise credentials
    auth.GoogleAuthError: _as(KeyRefused),
    auth.TransportError: _as(Unreachable),
    auth.TimeoutError: _as(TimedOut),
}
CAUGHT = tuple(FAULTS)
