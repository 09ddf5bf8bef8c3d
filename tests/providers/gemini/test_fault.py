"""Everything that goes wrong: its class, what the route does about it, and the reason the person is told."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import aiohttp
import httpx2
import pytest
from aiohttp import client_exceptions
from google.auth import exceptions as auth
from google.genai import _api_client, errors

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.providers import error as ours
from core.providers.error import Busy, Change, ProviderError, Reaction, Reason
from core.providers.gemini.client import Access, connect
from core.providers.gemini.fault import CAUGHT, FAULTS, fault_of
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import opened, request

EXPECTED: dict[Case, tuple[type[ProviderError], Reaction, Reason]] = {
    Case.BLOCKED_PROMPT: (ours.PromptRefused, Reaction.STOP, Reason.PROMPT_REFUSED),
    Case.IMAGE_SAFETY: (ours.PictureRefused, Reaction.STOP, Reason.PICTURE_REFUSED),
    Case.PROHIBITED_CONTENT: (ours.PictureRefused, Reaction.STOP, Reason.PICTURE_REFUSED),
    Case.RECITATION: (ours.Recited, Reaction.NEXT, Reason.RECITED),
    Case.NO_IMAGE: (ours.NoPicture, Reaction.RETRY, Reason.NO_PICTURE),
    Case.TEXT_ONLY: (ours.NoPicture, Reaction.RETRY, Reason.NO_PICTURE),
    Case.EMPTY: (ours.NoPicture, Reaction.RETRY, Reason.NO_PICTURE),
    Case.UNKNOWN_FINISH: (ours.NoPicture, Reaction.RETRY, Reason.NO_PICTURE),
    Case.MAX_TOKENS: (ours.CutShort, Reaction.NEXT, Reason.CUT_SHORT),
    Case.BAD_ARGUMENT: (ours.BadRequest, Reaction.NEXT, Reason.BAD_REQUEST),
    Case.BAD_KEY: (ours.KeyRefused, Reaction.NEXT, Reason.KEY_REFUSED),
    Case.FORBIDDEN: (ours.Forbidden, Reaction.NEXT, Reason.FORBIDDEN),
    Case.NOT_FOUND: (ours.Retired, Reaction.NEXT, Reason.RETIRED),
    Case.TOO_MANY: (ours.Busy, Reaction.RETRY, Reason.BUSY),
    Case.DAY_IS_OVER: (ours.Busy, Reaction.RETRY, Reason.BUSY),
    Case.INTERNAL: (ours.ServerFault, Reaction.NEXT, Reason.SERVER_FAULT),
    Case.BAD_GATEWAY: (ours.ServerFault, Reaction.NEXT, Reason.SERVER_FAULT),
    Case.UNAVAILABLE: (ours.Overloaded, Reaction.RETRY, Reason.OVERLOADED),
    Case.GATEWAY_TIMEOUT: (ours.TimedOut, Reaction.NEXT, Reason.TIMED_OUT),
    Case.SILENCE: (ours.TimedOut, Reaction.NEXT, Reason.TIMED_OUT),
    Case.HANG_UP: (ours.Unreachable, Reaction.NEXT, Reason.UNREACHABLE),
    Case.TRUNCATED_BODY: (ours.Garbled, Reaction.NEXT, Reason.GARBLED),
    Case.BROKEN_PICTURE: (ours.Undecodable, Reaction.NEXT, Reason.UNDECODABLE),
    Case.HALF_A_PICTURE: (ours.Undecodable, Reaction.NEXT, Reason.UNDECODABLE),
    Case.WRONG_SIZE: (ours.WrongSize, Reaction.NEXT, Reason.WRONG_SIZE),
}


def test_every_case_the_service_knows_is_expected_here() -> None:
    assert set(EXPECTED) | {Case.UNMARKED_DRAFT, Case.BREAKS_OFF} == set(Case)


@pytest.mark.filterwarnings("ignore:SOMETHING_NEW is not a valid FinishReason")
@pytest.mark.parametrize(("case", "expected"), EXPECTED.items())
async def test_what_goes_wrong_has_one_class_one_reaction_and_one_reason(
    service: GeminiStandIn,
    provider: GeminiProvider,
    case: Case,
    expected: tuple[type[ProviderError], Reaction, Reason],
) -> None:
    service.next(case)

    with pytest.raises(ProviderError) as failed:
        await provider.paint(request(timeout_s=1.0 if case is Case.SILENCE else 20.0))

    assert (type(failed.value), failed.value.reaction, failed.value.reason) == expected
    assert len(service.calls) == 1, "nobody but the router asks again"


async def test_only_recitations_are_reworded_and_only_missing_models_retired() -> None:
    changes = {case: kind.change for case, (kind, _, _) in EXPECTED.items() if kind.change is not Change.NONE}

    assert changes == {Case.RECITATION: Change.REWORD, Case.NOT_FOUND: Change.RETIRE}


async def test_a_refused_connection_is_not_tried_twice() -> None:
    client = connect(Access(api_key="a-key", base_url="http://127.0.0.1:9"))
    try:
        with pytest.raises(ours.Unreachable):
            await GeminiProvider(client).paint(request())
    finally:
        await client.aio.aclose()


async def test_a_wrong_address_retires_no_model(service: GeminiStandIn) -> None:
    client = connect(Access(api_key="a-key", base_url=f"{service.base_url}/elsewhere"))
    try:
        with pytest.raises(ours.ServerFault):
            await GeminiProvider(client).paint(request())
    finally:
        await client.aio.aclose()


@pytest.mark.parametrize(("case", "wait_s"), [(Case.TOO_MANY, 34.0), (Case.DAY_IS_OVER, 3600.0)])
async def test_a_busy_service_says_how_long_to_wait(
    service: GeminiStandIn, provider: GeminiProvider, case: Case, wait_s: float
) -> None:
    service.next(case)

    with pytest.raises(Busy) as failed:
        await provider.paint(request())

    assert failed.value.retry_after_s == wait_s


async def test_an_answer_without_a_picture_has_cost_its_tokens(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.next(Case.NO_IMAGE)

    with pytest.raises(ours.NoPicture) as failed:
        await provider.paint(request())

    assert failed.value.cost_micro_usd == 14  # 9 tokens in at 1.5


async def test_the_last_picture_is_taken_and_not_the_draft_before_it(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.next(Case.UNMARKED_DRAFT)

    painted = await provider.paint(request())

    assert painted.original is not None
    assert opened(painted.original.data).size == (1376, 768)


def _exceptions(module: ModuleType) -> Iterator[type[BaseException]]:
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, Exception) and not issubclass(kind, Warning) and kind.__module__ == module.__name__:
            yield kind


NOT_OURS: dict[type[BaseException], str] = {
    client_exceptions.WSMessageTypeError: "web sockets are not used",
    httpx2.CookieConflict: "cookies are not read",
    httpx2.StreamError: "the SDK's own misuse of its transport",
}


def _raised_by_the_sdk() -> list[type[BaseException]]:
    public = [getattr(httpx2, name) for name in httpx2.__all__]
    transports = [kind for kind in public if isinstance(kind, type) and issubclass(kind, Exception)]
    found: set[type[BaseException]] = {
        *_exceptions(errors),
        *_exceptions(client_exceptions),
        *_exceptions(auth),
        *transports,
        _api_client.EphemeralTokenAPIKeyError,
        *_api_client._AIOHTTP_TRANSIENT_EXC,
        *_api_client._HTTPX_TRANSIENT_EXC,
    }
    left_out = tuple(NOT_OURS)
    # httpx without the 2 is spoken only when an environment variable asks for it and aiohttp is missing.
    ours_to_map = (kind for kind in found if not issubclass(kind, left_out) and kind.__module__ != "httpx")
    return sorted(ours_to_map, key=lambda kind: (kind.__module__, kind.__qualname__))


@pytest.mark.parametrize("kind", _raised_by_the_sdk(), ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_exception_of_the_sdk_and_its_transports_is_mapped(kind: type[BaseException]) -> None:
    assert issubclass(kind, CAUGHT)
    assert any(parent in FAULTS for parent in kind.__mro__)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (aiohttp.ServerTimeoutError(), ours.TimedOut),
        (aiohttp.ClientPayloadError("cut"), ours.Garbled),
        (aiohttp.ServerDisconnectedError(), ours.Unreachable),
        (httpx2.ReadTimeout("late"), ours.TimedOut),
        (httpx2.ConnectError("refused"), ours.Unreachable),
        (httpx2.RemoteProtocolError("cut"), ours.Garbled),
        (auth.RefreshError("expired"), ours.KeyRefused),  # type: ignore[no-untyped-call]
        (auth.TransportError("no way"), ours.Unreachable),  # type: ignore[no-untyped-call]
        (ValueError("only supported in Enterprise"), ours.BadRequest),
        (errors.UnknownApiResponseError("not JSON"), ours.Garbled),
        (errors.APIError(418, {}), ours.BadRequest),
        (errors.APIError(401, {}), ours.KeyRefused),
        (errors.APIError(599, {}), ours.ServerFault),
    ],
)
def test_the_most_special_class_decides(raised: BaseException, expected: type[ProviderError]) -> None:
    assert type(fault_of(raised)) is expected


def test_a_mistake_of_our_own_stays_one() -> None:
    with pytest.raises(TypeError):
        fault_of(AttributeError("a bug"))
