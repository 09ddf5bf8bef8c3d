"""Many pictures overnight."""

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from google import genai

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.domain.model import Capability
from core.domain.prompt import Reference, ReferenceRole
from core.providers.base import Painted
from core.providers.batch import BatchState
from core.providers.error import BadRequest, Faulty, Forbidden, NoPicture, PictureRefused, ProviderError, ServerFault
from core.providers.gemini.batch import GeminiBatches
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import PREMIUM, STANDARD, opened, picture, prompt, request


@pytest.fixture
def batches(client: genai.Client, provider: GeminiProvider) -> GeminiBatches:
    return GeminiBatches(client, provider)


async def test_a_batch_is_polled_to_its_end_and_by_another_process_fetched(
    service: GeminiStandIn, batches: GeminiBatches
) -> None:
    requests = [request(seed=seed) for seed in range(3)]
    name = await batches.submit(requests, "tonight")
    assert await batches.poll(name) is BatchState.WAITING

    client = connect(Access(api_key="a-key", base_url=service.base_url))
    later = GeminiBatches(client, GeminiProvider(client))
    assert await later.poll(name) is BatchState.DONE
    painted = await later.results(name, requests)
    await client.aio.aclose()

    pictures = [row.original.data for row in painted if isinstance(row, Painted) and row.original]
    assert len(set(pictures)) == 3
    assert opened(pictures[0]).size == (1376, 768)


async def test_a_batch_costs_half(batches: GeminiBatches, provider: GeminiProvider, service: GeminiStandIn) -> None:
    service.batch_looks = 1
    now = await provider.paint(request())
    name = await batches.submit([request()], "tonight")

    assert (await batches.poll(name)).ended
    (tonight,) = await batches.results(name, [request()])

    assert isinstance(tonight, Painted) and tonight.usage and now.usage
    assert tonight.usage.tokens == now.usage.tokens
    assert tonight.usage.cost_micro_usd == pytest.approx(now.usage.cost_micro_usd / 2, abs=1)


async def test_a_picture_of_a_batch_can_be_edited_on(batches: GeminiBatches, provider: GeminiProvider) -> None:
    name = await batches.submit([request()], "tonight")
    while not (await batches.poll(name)).ended:
        pass
    (painted,) = await batches.results(name, [request()])
    assert isinstance(painted, Painted)

    edited = await provider.paint(request(prompt("Darker"), conversation=painted.conversation))

    assert edited.original is not None


async def test_one_failure_in_a_batch_costs_the_others_nothing(service: GeminiStandIn, batches: GeminiBatches) -> None:
    service.batch_looks = 1
    requests = [request(seed=seed) for seed in range(4)]
    name = await batches.submit(requests, "tonight")
    service.next(Case.IMAGE_SAFETY, Case.BAD_ARGUMENT)

    await batches.poll(name)
    refused, failed, *painted = await batches.results(name, requests)

    assert isinstance(refused, PictureRefused)
    assert isinstance(failed, BadRequest)
    assert all(isinstance(row, Painted) for row in painted)


@pytest.mark.parametrize(
    ("code", "expected"), [(3, BadRequest), (7, Forbidden), (13, ServerFault), (None, ServerFault)]
)
async def test_the_codes_of_a_batch_are_those_of_remote_calls(
    service: GeminiStandIn, batches: GeminiBatches, code: int | None, expected: type[ProviderError]
) -> None:
    service.batch_looks = 1
    name = await batches.submit([request()], "tonight")
    await batches.poll(name)
    error = {"message": "no"} | ({"code": code} if code else {})
    service.batches[name.rpartition("/")[2]].responses = [{"metadata": {"key": "0"}, "error": error}]

    (failed,) = await batches.results(name, [request()])

    assert type(failed) is expected


async def test_an_answer_that_is_missing_is_no_picture(service: GeminiStandIn, batches: GeminiBatches) -> None:
    service.batch_looks = 1
    name = await batches.submit([request()], "tonight")
    await batches.poll(name)

    results = await batches.results(name, [request(), request()])

    assert isinstance(results[1], NoPicture)


async def test_a_cancelled_batch_has_no_results(batches: GeminiBatches) -> None:
    name = await batches.submit([request()], "tonight")

    await batches.cancel(name)

    assert await batches.poll(name) is BatchState.CANCELLED
    with pytest.raises(Faulty):
        await batches.results(name, [request()])


async def test_a_deleted_batch_leaves_nothing_behind(service: GeminiStandIn, batches: GeminiBatches) -> None:
    name = await batches.submit([request()], "tonight")

    await batches.delete(name)

    assert service.batches == {}


async def test_references_are_shared_by_a_whole_batch_and_deleted_with_it_by_another_process(
    service: GeminiStandIn, batches: GeminiBatches
) -> None:
    service.batch_looks = 1
    face = Reference(ReferenceRole.PERSON, picture("#00ff00", (400, 500)))
    requests = [request(prompt(face), seed=seed) for seed in range(2)]

    shelf = batches.shelf(requests)
    await shelf.fill()
    assert [f"files/{file}" for file in service.files] == [*shelf.names]
    name = await batches.submit([replace(row, shelf=shelf) for row in requests], "tonight")
    await batches.poll(name)
    painted = await batches.results(name, requests)

    assert all(isinstance(row, Painted) for row in painted)
    assert all("fileData" in part for call in service.calls for row in _rows(call.body) for part in row)
    client = connect(Access(api_key="a-key", base_url=service.base_url))
    later = GeminiBatches(client, GeminiProvider(client))
    for _ in range(2):  # the second time there is nothing left to delete
        await later.discard(name, shelf.names)
    await client.aio.aclose()
    assert (service.files, service.batches) == ({}, {})


async def test_a_batch_is_found_by_its_label_if_its_name_was_lost(batches: GeminiBatches) -> None:
    await batches.submit([request()], "another")
    name = await batches.submit([request()], "tonight")

    assert await batches.find("tonight") == name
    assert await batches.find("never") == ""


async def test_a_batch_nobody_knows_any_more_is_gone(batches: GeminiBatches) -> None:
    assert await batches.poll("batches/none") is BatchState.GONE


async def test_a_404_that_is_not_the_services_own_says_nothing_of_the_batch() -> None:
    async def lost(_: web.Request) -> web.Response:
        return web.Response(status=404, text="<html>Not Found</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", lost)
    async with TestServer(app) as proxy:
        client = connect(Access(api_key="a-key", base_url=str(proxy.make_url("/")).rstrip("/")))
        batches = GeminiBatches(client, GeminiProvider(client))
        with pytest.raises(ServerFault):
            await batches.poll("batches/running")
        with pytest.raises(ServerFault):
            await batches.discard("batches/running", ())
        await client.aio.aclose()


async def test_a_batch_that_still_runs_is_stopped_before_it_is_discarded(
    service: GeminiStandIn, batches: GeminiBatches
) -> None:
    name = await batches.submit([request()], "tonight")
    (row,) = service.batches.values()

    await batches.discard(name, ())

    assert (row.state, service.batches) == ("BATCH_STATE_CANCELLED", {})


def _rows(body: dict) -> list:  # type: ignore[type-arg]
    rows = body["batch"]["inputConfig"]["requests"]["requests"]
    return [row["request"]["contents"][0]["parts"] for row in rows]


async def test_a_batch_too_heavy_to_send_inline_is_refused_before_sending(
    service: GeminiStandIn, batches: GeminiBatches
) -> None:
    heavy = Reference(ReferenceRole.PERSON, picture("red", (2500, 2500), "BMP"), "image/png")

    with pytest.raises(BadRequest, match="too much"):
        await batches.submit([request(prompt(heavy))], "tonight")

    assert service.calls == []


async def test_a_batch_has_one_model_that_takes_batches(batches: GeminiBatches) -> None:
    with pytest.raises(ValueError, match="one model"):
        await batches.submit([request(), request(model=PREMIUM)], "tonight")

    single = replace(STANDARD, capabilities=STANDARD.capabilities - {Capability.BATCH})
    with pytest.raises(BadRequest, match="batches"):
        await batches.submit([request(model=single)], "tonight")
