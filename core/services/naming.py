"""What files are called where people keep them: letters and digits of any script, no sign a file system minds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from core.domain.job import Recipe
from core.domain.record import Json, from_record

PICTURES, SENT = "pictures", "sent"
"""Folders of an archive: what we drew, and what the person gave us."""
_LETTERS, _BYTES = 60, 180
"""Of a headline in a name: file systems stop at 255 bytes, and a date, a place and a format stand beside it."""
_KEPT = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"))
_EMOJI = "\ufe0f"
"""A mark that only makes a sign an emoji."""
LOOSE = {"render": "preview", "original": "original"}


def ending(media_type: str) -> str:
    return media_type.rpartition("/")[2].replace("jpeg", "jpg")


def picture(recipe: Recipe, position: int, format_id: str, suffix: str, version: int = 0) -> str:
    """`i-quit-my-job-2-youtube.jpg`, with a version `…-youtube-v3.jpg`."""
    words = _worded(recipe.brief.headline) or "thumbnail"
    return f"{words}-{position + 1}-{format_id}{f'-v{version}' if version else ''}.{suffix}"


def _worded(headline: str) -> str:
    """The headline's letters, their marks, and digits, case folded; anything else is a hyphen between words, and what
    only steers the writing (joiners, direction) is nothing."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", headline).casefold())
    kept = (
        sign if unicodedata.category(sign) in _KEPT and sign != _EMOJI else " "
        for sign in plain
        if unicodedata.category(sign) != "Cf"
    )
    words = "-".join("".join(kept).split())
    short = words[:_LETTERS].encode()[:_BYTES].decode(errors="ignore")
    if unicodedata.category(words[len(short) : len(short) + 1] or "-")[0] == "M":
        # A letter without its vowel sign is another one.
        while unicodedata.category(short[-1:] or "-")[0] == "M":
            short = short[:-1]
        short = short[:-1]
    return short.rstrip("-")


def exported(record: Mapping[str, Json]) -> dict[str, str]:
    """Asset id -> path in the archive of everything known of a person (`People.export`). Every path is another one."""
    named = dict(_of_versions(record.get("variants") or ()))
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for asset in record.get("assets") or ():
        path = named.get(asset["id"]) or _loose(asset)
        paths[asset["id"]] = _other(path, taken)
    return paths


def _of_versions(variants: Iterable[Json]) -> Iterator[tuple[str, str]]:
    for variant in variants:
        for version in variant["versions"] or ():
            recipe = from_record(Recipe, version["recipe"])
            for render in version["renders"]:
                name = picture(
                    recipe, variant["position"], render["format"], ending(render["media_type"]), version["number"]
                )
                yield render["asset"]["id"], f"{PICTURES}/{_date(version)}-{name}"


def _loose(asset: Json) -> str:
    """What belongs to no version: uploads, previews, contact sheets."""
    folder = PICTURES if asset["kind"] == "render" else SENT
    return f"{folder}/{_date(asset)}-{LOOSE.get(asset['kind'], asset['kind'])}.{ending(asset['media_type'])}"


def _date(row: Json) -> str:
    """Of an ISO 8601 time."""
    return str(row["created_at"])[:10]


def _other(path: str, taken: set[str]) -> str:
    whole, number = PurePosixPath(path), 1
    while path in taken:
        number += 1
        path = str(whole.with_name(f"{whole.stem}-{number}{whole.suffix}"))
    taken.add(path)
    return path
