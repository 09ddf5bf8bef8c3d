import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from core.compose import encode, sheet
from core.compose.encode import OverBudget
from core.compose.sheet import FeedWords
from core.domain import feed
from core.domain.brief import FileType

NOISE = np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)


def test_a_file_under_its_budget_keeps_the_best_quality() -> None:
    assert encode.jpeg(NOISE, 10_000_000) == encode.jpeg(NOISE)


@pytest.mark.parametrize("quality", [30, 77, 90])
def test_a_jpeg_of_a_quality_is_what_others_understand_by_it(quality: int) -> None:
    file = io.BytesIO()
    Image.fromarray(NOISE).save(file, "JPEG", quality=quality, subsampling=2)
    theirs, ours = Image.open(file), Image.open(io.BytesIO(encode.jpeg(NOISE, best=quality)))
    assert isinstance(theirs, JpegImageFile)
    assert isinstance(ours, JpegImageFile)
    assert ours.quantization == theirs.quantization
    assert get_sampling(ours) == get_sampling(theirs)
    assert np.abs(np.asarray(ours).astype(int) - np.asarray(theirs)).max() <= 1


def test_what_is_not_three_channels_is_refused_and_loses_none() -> None:
    for shape in ((8, 8), (8, 8, 4)):
        with pytest.raises(ValueError, match="no RGB"):
            encode.jpeg(np.zeros(shape, np.uint8))


def test_the_best_quality_under_the_budget_is_found() -> None:
    sizes = {quality: len(encode.jpeg(NOISE, best=quality)) for quality in (60, 61)}
    data = encode.jpeg(NOISE, sizes[60])
    assert data == encode.jpeg(NOISE, best=60)
    assert sizes[61] > sizes[60]


def test_a_budget_no_quality_reaches_is_refused() -> None:
    with pytest.raises(OverBudget) as refused:
        encode.jpeg(NOISE, 2000)
    assert refused.value.smallest > refused.value.budget == 2000


@pytest.mark.parametrize("kind", [FileType.JPG, FileType.PNG, FileType.WEBP])
def test_files_are_srgb_and_exact(kind: FileType) -> None:
    image = Image.open(io.BytesIO(encode.encode(NOISE, kind, 8_000_000)))
    assert image.size == (640, 360) and image.mode == "RGB"
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_a_png_is_lossless_and_so_is_a_webp_that_fits() -> None:
    for data in (encode.png(NOISE), encode.webp(NOISE, 8_000_000)):
        assert (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) == NOISE).all()


def test_a_file_to_keep_uses_its_budget_and_gives_up_detail_in_colour_last() -> None:
    picture = np.asarray(Image.fromarray(NOISE).resize((160, 90)).resize((640, 360), Image.Resampling.BICUBIC))
    free, tight = (encode.finest(picture, budget) for budget in (2_000_000, 45_000))
    shown = len(encode.jpeg(picture))
    assert len(free) > 2 * shown > 2 * len(tight)
    assert [_sampling(data) for data in (encode.jpeg(picture), free, tight)] == ["4:2:0", "4:4:4", "4:2:0"]
    packed = encode.webp(picture, 30_000)
    assert 25_000 < len(packed) <= 30_000


def _sampling(data: bytes) -> str:
    return {(2, 2): "4:2:0", (1, 1): "4:4:4"}[Image.open(io.BytesIO(data)).layer[0][1:3]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [2, 4, 6])
@pytest.mark.parametrize("shape", [(360, 640), (640, 360), (400, 400), (200, 600)])
def test_a_contact_sheet_shows_every_variant(count: int, shape: tuple[int, int]) -> None:
    pictures = [np.full((*shape, 3), 60 + 30 * index, np.uint8) for index in range(count)]
    result = sheet.contact_sheet(pictures)
    assert result.shape[1] == 1280
    for index in range(count):
        assert (result == 60 + 30 * index).all(axis=2).sum() > 5000


def test_the_feed_shows_every_size_on_dark_and_light() -> None:
    picture = np.full((720, 1280, 3), (10, 200, 30), np.uint8)
    result = sheet.feed_preview(picture, FeedWords("A title that is much too long for its column", "A channel"))
    green: NDArray[np.bool_] = np.all(np.abs(result.astype(int) - (10, 200, 30)) < 3, axis=2)
    half = result.shape[0] // 2
    for part in (green[:half], green[half:]):
        assert part.sum() > 0.85 * sum(width * width * 9 // 16 for width in feed.WIDTHS)
    assert result[2, 2].mean() < 30 < 200 < result[half + 2, 2].mean()


def test_a_title_no_face_writes_is_left_out() -> None:
    sheet.feed_preview(NOISE, FeedWords("বাংলা", "🔥"))


def test_a_mark_is_small_and_leaves_the_original_alone() -> None:
    picture = np.full((720, 1280, 3), 200, np.uint8)
    marked = sheet.mark(picture, "STAND-IN")
    changed = (marked != picture).any(axis=2)
    assert 0 < changed.mean() < 0.02 and (picture == 200).all()
