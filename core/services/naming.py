"""What files are called where people keep them: plain letters, because chat clients and zip tools mangle the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from core.domain.job import Recipe
from core.domain.record import Json, from_record

PICTURES, SENT = "pictures", "sent"
"""Folders of an archive: what we drew, and what the person gave us."""
LOOSE = {"render": "preview", "original": "original"}


def ending(media_type: str) -> str:
    return media_type.rpartition("/")[2].replace("jpeg", "jpg")


def picture(recipe: Recipe, position: int, format_id: str, suffix: str, version: int = 0) -> str:
    """`i-quit-my-job-2-youtube.jpg`, with a version `…-youtube-v3.jpg`."""
    words = re.sub(r"[^a-z0-9]+", "-", recipe.brief.headline.lower()).strip("-")[:40].rstrip("-") or "thumbnail"
    return f"{words}-{position + 1}-{format_id}{f'-v{version}' if version else ''}.{suffix}"


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
