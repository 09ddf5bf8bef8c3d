"""A picture's own first and last bytes: what it is, how large, and whether it is whole."""

import io

import pytest
from PIL import Image

from core.providers.error import Undecodable
from core.providers.gemini.picture import Header, read
from tests.providers.gemini.sample import picture


def webp(size: tuple[int, int], **options: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGBA" if options.pop("alpha", False) else "RGB").save(file, "WEBP", **options)
    return file.getvalue()


@pytest.mark.parametrize("size", [(96, 64), (1376, 768), (1, 1), (3000, 17)])
@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_type_and_size_are_what_pillow_says(kind: str, media_type: str, size: tuple[int, int]) -> None:
    assert read(picture("teal", size, kind)) == Header(media_type, *size)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"alpha": True, "exif": b"Exif\0\0x"}])
def test_every_form_of_webp_is_read(options: dict[str, object]) -> None:
    assert read(webp((123, 45), **options)) == Header("image/webp", 123, 45)


def test_a_progressive_jpeg_and_one_with_metadata_are_read() -> None:
    file = io.BytesIO()
    image = Image.new("RGB", (320, 200), "red")
    image.save(file, "JPEG", progressive=True, exif=b"Exif\0\0" + b"x" * 5000, comment="hello")

    assert read(file.getvalue()) == Header("image/jpeg", 320, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.95])
def test_a_picture_cut_off_anywhere_is_refused(kind: str, share: float) -> None:
    file = io.BytesIO()
    Image.effect_noise((200, 120), 60).convert("RGB").save(file, kind)
    whole = file.getvalue()

    with pytest.raises(Undecodable):
        read(whole[: round(share * len(whole))])


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + bytes(50),
        b"<html></html>",
        b"\xff\xd8\xff\xe0\x00\x10" + bytes(40),
        b"RIFF\x10\x00\x00\x00WEBPVP8?" + bytes(40),
        b"\x89PNG\r\n\x1a\n" + bytes(16) + b"IEND\xaeB`\x82",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Undecodable):
        read(data)
