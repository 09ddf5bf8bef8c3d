import pytest

from core.domain.format import FORMATS, Family, Quality, Size, SizeRefused, custom, find


@pytest.mark.parametrize("row", FORMATS.values(), ids=lambda row: row.id)
def test_every_format_has_sizes_of_one_shape_and_zones_inside_the_canvas(row: object) -> None:
    assert row.four_k.ratio == pytest.approx(row.standard.ratio, rel=0.01)  # type: ignore[attr-defined]
    assert row.draft.ratio == pytest.approx(row.standard.ratio, rel=0.01)  # type: ignore[attr-defined]
    for zone in row.zones:  # type: ignore[attr-defined]
        assert 0 <= zone.left < zone.right <= 1
        assert 0 <= zone.top < zone.bottom <= 1
        assert zone.source


def test_a_custom_size_keeps_its_pixels_and_gets_the_family_of_its_shape() -> None:
    assert custom(1600, 900).size(Quality.STANDARD) == Size(1600, 900)
    assert [
        custom(*size).family for size in ((1920, 1080), (1080, 1920), (1080, 1350), (1000, 1000), (3000, 1000))
    ] == [
        Family.WIDE,
        Family.TALL,
        Family.PORTRAIT,
        Family.SQUARE,
        Family.HEADER,
    ]
    assert custom(4096, 4096).four_k == Size(4096, 4096)
    assert custom(1600, 900).draft == Size(768, 432)


@pytest.mark.parametrize("size", [(63, 100), (4097, 100), (1000, 199)])
def test_a_size_nobody_can_use_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(SizeRefused):
        custom(*size)


def test_a_stored_format_is_found_again() -> None:
    assert find("reels") is FORMATS["reels"]
    assert find("1600x900").standard == Size(1600, 900)
    with pytest.raises(KeyError):
        find("cinema")
