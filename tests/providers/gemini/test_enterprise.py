"""Enterprise: the same pictures by other paths, and the Imagen family."""

import base64
from dataclasses import replace

import pytest
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.domain.format import Quality
from core.domain.model import Capability
from core.domain.prompt import Reference, ReferenceRole
from core.providers.base import Original
from core.providers.error import BadRequest, NoPicture, PictureRefused, ProviderError, Undecodable, WrongSize
from core.providers.gemini import imagen
from core.providers.gemini.batch import GeminiBatches
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import FAMILY, IMAGEN, opened, picture, prompt, request

EDITOR = replace(
    IMAGEN,
    id="imagen-3.0-capability-001",
    capabilities=IMAGEN.capabilities | {Capability.EDIT, Capability.COMPOSE},
    max_references=4,
)
ENLARGER = replace(IMAGEN, id="imagen-4.0-upscale-preview", capabilities=frozenset({Capability.UPSCALE}))


@pytest.mark.parametrize("model", FAMILY, ids=lambda row: row.id)
async def test_every_model_paints_on_enterprise_too(
    service: GeminiStandIn, enterprise: genai.Client, model: object
) -> None:
    painted = await GeminiProvider(enterprise).paint(request(model=model))  # type: ignore[arg-type]

    assert painted.original is not None
    assert service.calls[-1].path.startswith("/v1beta1/publishers/google/models/gemini-")


async def test_edits_go_on_on_enterprise_too(enterprise: genai.Client) -> None:
    provider = GeminiProvider(enterprise)
    first = await provider.paint(request())

    second = await provider.paint(request(prompt("Darker"), conversation=first.conversation))

    assert second.original is not None


async def test_a_project_is_named_in_the_path(service: GeminiStandIn) -> None:
    from google.oauth2.credentials import Credentials

    access = Access(enterprise=True, project="p1", location="europe-west4", base_url=service.base_url)
    client = connect(access, credentials=Credentials(token="a-token"))  # type: ignore[no-untyped-call]

    await GeminiProvider(client).paint(request())
    await client.aio.aclose()

    prefix = "/v1beta1/projects/p1/locations/europe-west4/publishers/google/models/"
    assert service.calls[-1].path.startswith(prefix)


async def test_imagen_generates(service: GeminiStandIn, enterprise: genai.Client) -> None:
    asked = request(prompt("A lighthouse", system="No letters."), model=IMAGEN, format_id="reels", strict=True)

    painted = await GeminiProvider(enterprise).paint(asked)

    assert painted.original is not None and painted.original.media_type == "image/png"
    assert opened(painted.original.data).size == (1536, 2816)
    assert painted.usage is not None and painted.usage.cost_micro_usd == 40_000
    sent = service.calls[-1].body
    assert sent["instances"] == [{"prompt": "No letters.\nA lighthouse"}]
    assert sent["parameters"]["aspectRatio"] == "9:16" and sent["parameters"]["sampleImageSize"] == "2K"
    assert sent["parameters"]["seed"] == 7 and sent["parameters"]["addWatermark"] is False
    assert sent["parameters"]["safetySetting"] == "BLOCK_LOW_AND_ABOVE"


async def test_imagen_edits_with_its_references_in_their_roles(
    service: GeminiStandIn, enterprise: genai.Client
) -> None:
    canvas = Reference(ReferenceRole.CANVAS, picture("#808080", (1408, 768)))
    face = Reference(ReferenceRole.PERSON, picture("#00ff00"))
    style = Reference(ReferenceRole.STYLE, picture("#0000ff"))

    said = prompt(canvas, face, style, "Darker, please", system="")
    painted = await GeminiProvider(enterprise).paint(request(said, model=EDITOR))

    assert painted.original is not None and opened(painted.original.data).size == (1408, 768)
    (instance,) = service.calls[-1].body["instances"]
    assert instance["prompt"].splitlines() == [
        "Image [1] is the picture to change.",
        "Image [2] is the person.",
        "Image [3] is the style.",
        "Darker, please",
    ]
    assert [row["referenceType"] for row in instance["referenceImages"]] == [
        "REFERENCE_TYPE_RAW",
        "REFERENCE_TYPE_SUBJECT",
        "REFERENCE_TYPE_STYLE",
    ]


async def test_imagen_enlarges(service: GeminiStandIn, enterprise: genai.Client) -> None:
    small = Original(data=picture("red", (300, 200)), media_type="image/jpeg")

    painted = await imagen.upscale(enterprise, ENLARGER, small, "x4")

    assert painted.original is not None and opened(painted.original.data).size == (1200, 800)
    assert service.calls[-1].body["parameters"]["mode"] == "upscale"


async def test_imagen_refuses_what_it_cannot_do_before_sending(
    service: GeminiStandIn, enterprise: genai.Client
) -> None:
    provider = GeminiProvider(enterprise)
    with pytest.raises(BadRequest, match="no references"):
        await provider.paint(request(prompt(Reference(ReferenceRole.PERSON, picture())), model=IMAGEN))
    with pytest.raises(BadRequest, match="enlarge"):
        await imagen.upscale(enterprise, IMAGEN, Original(data=picture(), media_type="image/jpeg"), "x2")

    assert service.calls == []


@pytest.mark.parametrize(
    ("predictions", "expected"),
    [
        ([{"raiFilteredReason": "blocked by safety"}], PictureRefused),
        ([], NoPicture),
        ([{"mimeType": "image/png", "bytesBase64Encoded": "bm8gcGljdHVyZQ=="}], Undecodable),
    ],
)
async def test_imagen_says_why_there_is_no_picture(
    service: GeminiStandIn, enterprise: genai.Client, predictions: object, expected: type[ProviderError]
) -> None:
    service.answer_with({"predictions": predictions})

    with pytest.raises(expected):
        await GeminiProvider(enterprise).paint(request(model=IMAGEN))


async def test_imagen_bills_a_picture_nobody_can_use(service: GeminiStandIn, enterprise: genai.Client) -> None:
    small = base64.b64encode(picture("red", (64, 36))).decode()
    for data, expected in (("bm8gcGljdHVyZQ==", Undecodable), (small, WrongSize)):
        service.answer_with({"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": data}]})

        with pytest.raises(expected) as failed:
            await GeminiProvider(enterprise).paint(request(model=IMAGEN))

        assert failed.value.cost_micro_usd == 40_000


async def test_imagen_takes_no_more_references_than_it_can_hold(
    service: GeminiStandIn, enterprise: genai.Client
) -> None:
    faces = [Reference(ReferenceRole.PERSON, picture(size=(64 + n, 64))) for n in range(5)]

    with pytest.raises(BadRequest, match="5 references"):
        await GeminiProvider(enterprise).paint(request(prompt(*faces), model=EDITOR))

    assert service.calls == []


async def test_batches_on_enterprise_are_refused_before_sending(
    service: GeminiStandIn, enterprise: genai.Client
) -> None:
    with pytest.raises(BadRequest, match="bucket"):
        await GeminiBatches(enterprise, GeminiProvider(enterprise)).submit([request()], "tonight")

    assert service.calls == []


async def test_by_key_imagen_is_refused_by_the_sdk(service: GeminiStandIn, provider: GeminiProvider) -> None:
    with pytest.raises(BadRequest, match="Enterprise"):
        await provider.paint(request(model=IMAGEN, quality=Quality.DRAFT))

    assert service.calls == []
