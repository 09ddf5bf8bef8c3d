"""The picture of a newcomer's first message."""

import io
from importlib import resources

from PIL import Image

from app.demo.example import draw
from core.domain.format import FORMATS
from core.services.example import EXAMPLE, SIZE, example


def test_the_bundled_example_is_a_light_picture_of_the_size_it_says() -> None:
    asset = example()
    with Image.open(io.BytesIO(asset.data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", SIZE)
    assert asset.id == EXAMPLE
    assert len(asset.data) < 300_000 < FORMATS["youtube"].byte_budget


def test_the_example_can_be_made_again_from_the_bundled_portrait() -> None:
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    with Image.open(io.BytesIO(draw(portrait))) as picture:
        assert (picture.format, picture.size) == ("JPEG", SIZE)
