import hashlib
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.domain.format import UPLOAD_BYTES
from core.vision.upload import Refusal, UploadRefused, decode
from tests.vision.picture import (
    CORNER,
    encoded,
    exif,
    png_claiming,
    profile_with_red_and_green_exchanged,
    scene,
)

HEIC = Path(__file__).parent / "pictures" / "turned.heic"


def picture(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg))


def is_corner(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, CORNER, strict=True))


def zipped_behind(jpeg: bytes) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>" * 3)
    return jpeg + archive.getvalue()


REFUSED = {
    "nothing": (b"", Refusal.EMPTY),
    "21 MB": (b"\xff\xd8\xff" + bytes(21_000_000), Refusal.TOO_LARGE),
    "100 megapixels in 100 kB": (encoded(Image.new("L", (10_000, 10_000)), "PNG"), Refusal.TOO_MANY_PIXELS),
    "a head of 50,000 squared": (png_claiming(50_000, 50_000), Refusal.TOO_MANY_PIXELS),
    "cut off JPEG": (encoded(scene(900, 900), "JPEG")[:2_000], Refusal.BROKEN),
    "cut off PNG": (encoded(scene(), "PNG")[:-60], Refusal.BROKEN),
    "cut off WebP": (encoded(scene(), "WEBP")[:-30], Refusal.BROKEN),
    "cut off AVIF": (encoded(scene(), "AVIF")[:-30], Refusal.BROKEN),
    "cut off HEIC": (HEIC.read_bytes()[:2_500], Refusal.BROKEN),
    "a head and no body": (b"\xff\xd8\xff\xe0 this is no JPEG", Refusal.BROKEN),
    "GIF": (encoded(scene(), "GIF"), Refusal.KIND_NOT_ACCEPTED),
    "TIFF": (encoded(scene(), "TIFF"), Refusal.KIND_NOT_ACCEPTED),
    "BMP": (encoded(scene(), "BMP"), Refusal.KIND_NOT_ACCEPTED),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Refusal.KIND_NOT_ACCEPTED),
    "HTML": (b"\n <!DOCTYPE html><script>alert(1)</script>", Refusal.KIND_NOT_ACCEPTED),
    "PDF": (b"%PDF-1.7", Refusal.KIND_NOT_ACCEPTED),
    "film": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", Refusal.KIND_NOT_ACCEPTED),
    "text": (b"a selfie, honestly", Refusal.NOT_A_PICTURE),
    "a thin line": (encoded(Image.new("RGB", (4_000, 63)), "PNG"), Refusal.TOO_SMALL),
    "a line thin once reduced": (encoded(Image.new("RGB", (8_000, 100)), "PNG"), Refusal.TOO_SMALL),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_a_usable_picture_is_refused_with_its_reason(data: bytes, reason: Refusal) -> None:
    with pytest.raises(UploadRefused) as refused:
        decode(data)
    assert refused.value.reason is reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "MPO"])
def test_the_kinds_phones_and_screens_write_are_taken(kind: str) -> None:
    upload = decode(encoded(scene(), kind))
    assert (upload.width, upload.height) == picture(upload.jpeg).size == (320, 240)
    assert upload.media_type == {"MPO": "image/jpeg"}.get(kind, f"image/{kind.lower()}")
    assert upload.sha256 == hashlib.sha256(upload.jpeg).hexdigest()
    assert is_corner(picture(upload.jpeg).getpixel((20, 20)))


def test_heic_is_taken_and_stands_upright() -> None:
    upload = decode(HEIC.read_bytes())
    assert (upload.width, upload.height, upload.media_type) == (240, 320, "image/heic")
    assert is_corner(picture(upload.jpeg).getpixel((230, 10)))


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (1, 0)), (8, (0, 1)), (2, (1, 0))])
def test_the_orientation_a_camera_noted_is_applied(orientation: int, corner: tuple[int, int]) -> None:
    upload = decode(encoded(scene(), "JPEG", exif=exif(orientation)))
    assert (upload.width, upload.height) == ((240, 320) if orientation in (6, 8) else (320, 240))
    x, y = (20 + place * (side - 40) for place, side in zip(corner, (upload.width, upload.height), strict=True))
    assert is_corner(picture(upload.jpeg).getpixel((x, y)))


def test_a_damaged_exif_costs_nobody_the_picture() -> None:
    broken = bytearray(exif(6))
    broken[-24:] = b"\xff" * 24
    upload = decode(encoded(scene(), "JPEG", exif=bytes(broken)))
    assert {upload.width, upload.height} == {240, 320}


def test_reading_uploads_loads_no_heavy_library() -> None:
    """The child that decodes, and every front end that starts one, stay small."""
    program = "import sys, core.vision.bounded; print(sorted({'numpy', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"[]\n"


TELLING = {
    "JPEG": encoded(scene(), "JPEG", exif=exif(), comment=b"Canary comment", xmp=b"<x:xmpmeta>Canary</x:xmpmeta>"),
    "PNG": encoded(scene(), "PNG", exif=exif()),
    "WEBP": encoded(scene(), "WEBP", exif=exif(), xmp=b"<x:xmpmeta>Canary</x:xmpmeta>"),
    "AVIF": encoded(scene(), "AVIF", exif=exif(), xmp=b"<x:xmpmeta>Canary</x:xmpmeta>"),
    "HEIC": HEIC.read_bytes(),
}


@pytest.mark.parametrize("data", TELLING.values(), ids=TELLING.keys())
def test_nothing_tells_where_and_by_what_a_photo_was_taken(data: bytes) -> None:
    assert b"canary" in data.lower()
    jpeg = decode(data).jpeg
    assert b"canary" not in jpeg.lower()
    assert not picture(jpeg).getexif()
    assert set(picture(jpeg).info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_is_hidden_behind_a_picture_disappears() -> None:
    sent = zipped_behind(encoded(scene(), "JPEG"))
    assert zipfile.is_zipfile(BytesIO(sent))
    kept = decode(sent).jpeg
    assert not zipfile.is_zipfile(BytesIO(kept))
    assert b"PK\x03\x04" not in kept
    assert b"<script" not in kept


def test_a_colour_profile_is_applied_before_it_goes() -> None:
    upload = decode(encoded(scene(), "JPEG", icc_profile=profile_with_red_and_green_exchanged()))
    red, green, _ = picture(upload.jpeg).getpixel((20, 20))  # type: ignore[misc]
    assert green > red + 80


def test_a_damaged_or_foreign_profile_costs_nobody_the_picture() -> None:
    grey = scene().convert("L")
    for image, profile in ((scene(), b"no profile"), (grey, profile_with_red_and_green_exchanged())):
        upload = decode(encoded(image, "JPEG", icc_profile=profile))
        assert (upload.width, upload.height) == (320, 240)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_transparency_becomes_white(mode: str) -> None:
    image = scene().convert("RGBA")
    image.paste((0, 0, 0, 0), (200, 150, 320, 240))
    image = image.quantize() if mode == "P" else image.convert("LA" if mode == "PA" else mode)
    upload = decode(encoded(image, "PNG"))
    assert min(picture(upload.jpeg).getpixel((300, 220))) > 245  # type: ignore[type-var]


@pytest.mark.parametrize(("mode", "bright"), [("I;16", 50_000), ("L", 195), ("1", 255), ("CMYK", (0, 0, 0, 60))])
def test_every_depth_of_grey_keeps_its_brightness(mode: str, bright: int) -> None:
    data = encoded(Image.new(mode, (100, 100), bright), "JPEG" if mode == "CMYK" else "PNG")
    level = picture(decode(data).jpeg).getpixel((50, 50))
    assert isinstance(level, tuple)
    assert level[0] == pytest.approx(255 if mode == "1" else 195, abs=4)


def test_of_an_animation_the_first_picture_stays() -> None:
    data = encoded(scene(), "WEBP", save_all=True, append_images=[Image.new("RGB", (320, 240))])
    assert is_corner(picture(decode(data).jpeg).getpixel((20, 20)))


def test_a_64_megapixel_phone_photo_is_taken_at_a_reduced_size() -> None:
    data = encoded(scene(9_248, 6_936), "JPEG")
    assert len(data) < UPLOAD_BYTES
    upload = decode(data)
    assert (upload.width, upload.height) == (2312, 1734)


def test_a_large_png_is_reduced_to_the_working_size() -> None:
    upload = decode(encoded(scene(4_000, 3_000), "PNG"))
    assert (upload.width, upload.height) == (2560, 1920)
