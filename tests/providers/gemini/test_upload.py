"""References are uploaded once for a job and deleted after it."""

import asyncio

import pytest
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.domain.prompt import Reference, ReferenceRole
from core.providers.error import BadRequest
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from core.providers.gemini.upload import Shelf
from tests.providers.gemini.sample import opened, picture, prompt, request

FACE = Reference(ReferenceRole.PERSON, picture("#00ff00", (400, 500)))


async def test_four_variants_send_a_shared_reference_by_address(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    async with provider.sharing([FACE]):
        assert len(service.files) == 1
        painted = await asyncio.gather(*(provider.paint(request(prompt(FACE), seed=seed)) for seed in range(4)))

    assert all("fileData" in part for call in service.calls for part in call.parts())
    assert service.files == {}
    for row in painted:
        assert row.original is not None
        value = opened(row.original.data).getpixel((1100, 500))
        assert isinstance(value, tuple) and value[1] > 200 > value[0]


async def test_what_two_jobs_share_is_deleted_with_the_last_of_them(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    await asyncio.gather(provider.share([FACE]), provider.share([FACE]))
    assert len(service.files) == 1

    await provider.release([FACE])
    assert len(service.files) == 1

    await provider.release([FACE])
    assert service.files == {}


async def test_a_shared_reference_stays_readable_in_the_conversation_after_the_job(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    async with provider.sharing([FACE]):
        first = await provider.paint(request(prompt(FACE, "Paint it.")))

    second = await provider.paint(request(prompt("Darker"), conversation=first.conversation))

    assert second.original is not None
    assert "inlineData" in service.calls[-1].body["contents"][0]["parts"][0]


async def test_a_reference_that_cannot_be_uploaded_goes_inline(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.key = "another key"
    await provider.share([FACE])
    service.key = ""

    await provider.paint(request(prompt(FACE)))

    assert "inlineData" in next(service.calls[-1].parts())


async def test_an_upload_that_is_gone_is_our_mistake_and_no_matter_of_permission(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    await provider.share([FACE])
    service.files.clear()

    with pytest.raises(BadRequest):
        await provider.paint(request(prompt(FACE)))

    assert "access the File" in service.refusals.pop()
    await provider.release([FACE])  # deleting what is gone is no failure


async def test_files_are_deleted_when_the_job_fails(service: GeminiStandIn, provider: GeminiProvider) -> None:
    with pytest.raises(RuntimeError):
        async with provider.sharing([FACE]):
            raise RuntimeError("the job died")

    assert service.files == {}


async def test_a_job_cancelled_while_it_uploads_leaves_nothing(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    job = asyncio.create_task(provider.share([FACE]))
    await asyncio.sleep(0)
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)

    await provider.release([FACE])

    assert service.files == {}


async def test_enterprise_has_no_shelf(service: GeminiStandIn, enterprise: genai.Client) -> None:
    provider = GeminiProvider(enterprise)
    async with provider.sharing([FACE]):
        await provider.paint(request(prompt(FACE)))

    assert "inlineData" in next(service.calls[-1].parts())


async def test_a_service_that_does_not_answer_keeps_nobody_from_the_picture() -> None:
    client = connect(Access(api_key="a-key", base_url="http://127.0.0.1:9"))
    shelf = Shelf(client)

    async with shelf.holding([FACE]):
        part = shelf.place(FACE.data, FACE.media_type)

    assert part.inline_data is not None
    await client.aio.aclose()
