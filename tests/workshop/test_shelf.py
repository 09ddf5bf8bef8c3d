"""What a child keeps between two edits, and that it never holds more than it may."""

import numpy as np
import pytest

from core.compose.plate import Plate, PlateFacts, is_plain
from core.domain.format import FORMATS
from core.domain.record import to_record
from core.workshop import craft
from core.workshop.shelf import Shelf
from tests.compose.builder import recipe

YOUTUBE = FORMATS["youtube"]


class Counting:
    """Makes a thing of as many bytes as it is given kilobytes, and counts."""

    def __init__(self) -> None:
        self.made: list[bytes] = []

    def __call__(self, content: bytes) -> bytes:
        self.made.append(content)
        if content == b"broken":
            raise ValueError(content)
        return content * 1024


def test_the_same_bytes_are_made_once_whoever_brings_them() -> None:
    make = Counting()
    shelf = Shelf(make, len, 1_000_000)
    assert shelf.of(b"one") is shelf.of(bytes(bytearray(b"one")))
    assert make.made == [b"one"]


def test_what_nobody_asked_for_the_longest_goes_first_and_the_limit_holds() -> None:
    make = Counting()
    shelf = Shelf(make, len, 10 * 1024)
    for content in (b"aaaa", b"bbbb", b"aaaa", b"cccc"):
        shelf.of(content)
        assert shelf.held_bytes <= 10 * 1024
    shelf.of(b"aaaa")
    assert make.made == [b"aaaa", b"bbbb", b"cccc"]
    shelf.of(b"bbbb")
    assert make.made[-1] == b"bbbb"


def test_what_is_larger_than_the_shelf_is_made_and_pushes_nothing_off() -> None:
    make = Counting()
    shelf = Shelf(make, len, 10 * 1024)
    shelf.of(b"small")
    assert len(shelf.of(b"x" * 11)) == 11 * 1024
    shelf.of(b"small")
    assert make.made == [b"small", b"x" * 11] and shelf.held_bytes == 5 * 1024


def test_what_cannot_be_made_is_tried_anew() -> None:
    make = Counting()
    shelf = Shelf(make, len, 10 * 1024)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            shelf.of(b"broken")
    assert len(make.made) == 2 and shelf.held_bytes == 0


def test_an_edited_headline_leaves_its_plate_as_it_was() -> None:
    size = (YOUTUBE.draft.width, YOUTUBE.draft.height)
    plate = craft.paint(to_record(recipe()), "youtube", size, ())
    before = bytes(bytearray(plate))

    first, edited = (
        craft.finish(to_record(recipe(headline=headline)), "youtube", size, bytes(plate), b"", "", "png")["data"]
        for headline in ("I quit", "They fired me")
    )

    assert first != edited
    assert plate == before


def test_what_is_painted_or_refitted_keeps_how_it_is_seen_small() -> None:
    size, tall = (YOUTUBE.draft.width, YOUTUBE.draft.height), (432, 768)
    plate = craft.paint(to_record(recipe()), "youtube", size, ())
    refitted = craft.refit(to_record(recipe()), "reels", tall, plate)
    for stored, (wide, high) in ((plate, size), (refitted, tall)):
        seen = craft.kept(stored).seen
        assert seen is not None
        assert seen.shape == (round(168 * high / wide), 168, 3)


@pytest.mark.parametrize("side", [64, 1600])
def test_a_plate_is_read_only_and_decoded_once_if_at_all(side: int) -> None:
    blank = Plate(np.zeros((side, side, 3), np.uint8), np.zeros((side, side), np.uint8), PlateFacts(None, None))
    plate = blank.to_bytes()
    assert (craft.kept(plate) is craft.kept(bytes(bytearray(plate)))) == (not is_plain(plate))
    assert np.shares_memory(craft.kept(plate).picture, np.frombuffer(plate, np.uint8)) == is_plain(plate)
    for pixels in (craft.kept(plate).picture, craft.kept(plate).silhouette):
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0] = 0
