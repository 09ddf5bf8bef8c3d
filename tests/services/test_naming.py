"""Names of files as people keep them."""

from __future__ import annotations

import pytest

from core.domain.brief import Brief
from core.domain.job import Recipe
from core.domain.model import Origin
from core.domain.record import Json, to_record
from core.services import naming


def recipe(headline: str = "I quit my job!") -> Recipe:
    return Recipe(brief=Brief(headline=headline), model="studio", origin=Origin.STUDIO, seed=1)


def asset(identity: str, kind: str = "render", media_type: str = "image/jpeg") -> Json:
    return {"id": identity, "kind": kind, "media_type": media_type, "created_at": "2026-11-20T10:00:00+00:00"}


def variant(*assets: str, position: int = 0, number: int = 1) -> Json:
    renders = [{"format": "youtube", "media_type": "image/jpeg", "asset": asset(one)} for one in assets]
    version = {"number": number, "recipe": to_record(recipe()), "created_at": "2026-11-20T10:00:00", "renders": renders}
    return {"position": position, "versions": [version]}


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("I quit my job!", "i-quit-my-job-2-reels-v3.jpg"),
        ("日本語", "日本語-2-reels-v3.jpg"),
        ("Cafe\u0301 in MÜNCHEN", "café-in-münchen-2-reels-v3.jpg"),
        ("हिन्दी में", "हिन्दी-में-2-reels-v3.jpg"),
        ("../..\\etc/\u202egpj\x00.exe", "etc-gpj-exe-2-reels-v3.jpg"),
        ("\U0001f525 ❤\ufe0f", "thumbnail-2-reels-v3.jpg"),
        ("1\ufe0f\u20e3 tip", "1-tip-2-reels-v3.jpg"),
        ("A" * 70, f"{'a' * 60}-2-reels-v3.jpg"),
        ("𠀋" * 60, f"{'𠀋' * 45}-2-reels-v3.jpg"),
        ("a" + "कि" * 40, f"a{'कि' * 29}-2-reels-v3.jpg"),
    ],
)
def test_a_pictures_name_is_its_headline_in_its_own_letters(headline: str, name: str) -> None:
    assert naming.picture(recipe(headline), 1, "reels", "jpg", 3) == name


def test_a_drawn_picture_is_found_by_date_headline_format_and_version() -> None:
    record = {"variants": [variant("a", position=1, number=2)], "assets": [asset("a")]}
    assert naming.exported(record) == {"a": "pictures/2026-11-20-i-quit-my-job-2-youtube-v2.jpg"}


def test_what_was_sent_lies_apart_from_what_was_drawn() -> None:
    record = {"variants": None, "assets": [asset("s", "selfie"), asset("p"), asset("l", "logo", "image/png")]}
    assert naming.exported(record) == {
        "s": "sent/2026-11-20-selfie.jpg",
        "p": "pictures/2026-11-20-preview.jpg",
        "l": "sent/2026-11-20-logo.png",
    }


def test_no_two_files_share_a_name() -> None:
    record = {"variants": [variant("a"), variant("b")], "assets": [asset(one) for one in "abcd"]}
    names = list(naming.exported(record).values())
    assert len(set(names)) == 4
    assert names[:2] == [
        "pictures/2026-11-20-i-quit-my-job-1-youtube-v1.jpg",
        "pictures/2026-11-20-i-quit-my-job-1-youtube-v1-2.jpg",
    ]
