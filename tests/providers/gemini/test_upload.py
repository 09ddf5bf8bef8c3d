"""References are uploaded once for a job and deleted after it."""

import asyncio
from dataclasses import replace

import pytest
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.domain.prompt import Reference, ReferenceRole
from core.providers.error import BadRequest, Unreachable
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from core.providers.gemini.upload import Shelf
from tests.providers.gemini.sample import opened, picture, prompt, request

FACE = Reference(ReferenceRole.PERSON, picture("#00ff00", (400, 500)))
OTHER = Reference(ReferenceRole.STYLE, picture("#0000ff", (300, 300)))


async def filled(provider: GeminiProvider, *references: Reference) -> Shelf:
    shelf = provider.shelf(references)
    await shelf.fill()
    return shelf


async def test_four_variants_send_a_shared_reference_by_address(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    shelf = await filled(provider, FACE, FACE)
    assert len(service.files) == 1

    asked = [replace(request(prompt(FACE), seed=seed), shelf=shelf) for seed in range(4)]
    painted = await asyncio.gather(*(provider.paint(row) for row in asked))
    await shelf.clear()

    assert all("fileData" in part for call in service.calls for part in call.parts())
    assert service.files == {}
    for row in painted:
        assert row.original is not None
        value = opened(row.original.data).getpixel((1100, 500))
        assert isinstance(value, tuple) and value[1] > 200 > value[0]


async def test_what_is_uploaded_has_the_name_that_was_known_before(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    shelf = provider.shelf([FACE, OTHER])
    before = shelf.names
    assert len(before) == 2 and service.files == {}

    await shelf.fill()

    assert {f"files/{name}" for name in service.files} == set(before) == set(shelf.names)


async def test_the_same_reference_of_two_jobs_goes_with_each_job_of_its_own(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    one, other = await filled(provider, FACE), await filled(provider, FACE)

    await one.clear()

    assert [f"files/{name}" for name in service.files] == [*other.names]


async def test_a_reference_that_is_not_on_the_shelf_goes_inline(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    shelf = await filled(provider, FACE)

    await provider.paint(replace(request(prompt(FACE, OTHER)), shelf=shelf))

    assert ["fileData" in part for part in service.calls[-1].parts()] == [True, False]


async def test_a_shared_reference_stays_readable_in_the_conversation_after_the_job(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    shelf = await filled(provider, FACE)
    first = await provider.paint(replace(request(prompt(FACE, "Paint it.")), shelf=shelf))
    await shelf.clear()

    second = await provider.paint(request(prompt("Darker"), conversation=first.conversation))

    assert second.original is not None
    assert "inlineData" in service.calls[-1].body["contents"][0]["parts"][0]


async def test_a_reference_that_cannot_be_uploaded_goes_inline(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.key = "another key"
    shelf = await filled(provider, FACE)
    service.key = ""

    await provider.paint(replace(request(prompt(FACE)), shelf=shelf))

    assert "inlineData" in next(service.calls[-1].parts())


async def test_an_upload_that_is_gone_is_our_mistake_and_no_matter_of_permission(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    shelf = await filled(provider, FACE)
    service.files.clear()

    with pytest.raises(BadRequest):
        await provider.paint(replace(request(prompt(FACE)), shelf=shelf))

    assert "access the File" in service.refusals.pop()
    await shelf.clear()  # deleting what is gone is no failure


async def test_a_shelf_that_was_cut_off_while_it_was_filled_is_cleared_whole(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    shelf = provider.shelf([FACE, OTHER])
    filling = asyncio.create_task(shelf.fill())
    for _ in range(1000):
        if service.files:
            break
        await asyncio.sleep(0.001)
    filling.cancel()
    await asyncio.gather(filling, return_exceptions=True)

    await shelf.clear()

    assert service.files == {}


async def test_enterprise_has_no_shelf(service: GeminiStandIn, enterprise: genai.Client) -> None:
    provider = GeminiProvider(enterprise)
    shelf = await filled(provider, FACE)
    assert shelf.names == ()

    await provider.paint(replace(request(prompt(FACE)), shelf=shelf))

    assert "inlineData" in next(service.calls[-1].parts())


async def test_a_service_that_does_not_answer_keeps_nobody_from_the_picture() -> None:
    client = connect(Access(api_key="a-key", base_url="http://127.0.0.1:9"))
    shelf = Shelf(client, [FACE])

    await shelf.fill()

    assert shelf.place(FACE.data, FACE.media_type).inline_data is not None
    with pytest.raises(Unreachable):
        await shelf.clear()
    await client.aio.aclose()
