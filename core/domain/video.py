"""Links to public videos, in whatever form people paste them."""

from __future__ import annotations

import re
from dataclasses import replace

from core.domain.prompt import VideoLink

_LINK = re.compile(
    r"(?:https?://)?(?:www\.|m\.|music\.)?"
    r"(?:youtube\.com/(?:watch\?(?:[\w%=.~-]*&)*v=|shorts/|live/|embed/)|youtu\.be/)"
    r"(?P<id>[A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])(?P<rest>\S*)"
)
_ADDRESS = "https://www.youtube.com/watch?v="
_MOMENT = re.compile(r"[?&#]t=(?=\d)(?:(?P<h>\d{1,6})h)?(?:(?P<m>\d{1,6})m)?(?:(?P<s>\d{1,6})s?)?(?![A-Za-z0-9])")
"""Whole or not at all: half a moment is another one."""


def video_link(text: str) -> VideoLink | None:
    """The video a text points to, in the one form providers take; None when there is none."""
    found = _LINK.search(text)
    if found is None:
        return None
    url = _ADDRESS + found["id"]
    moment = _MOMENT.search(found["rest"])
    if moment is None:
        return VideoLink(url)
    hours, minutes, seconds = (int(part or 0) for part in moment.group("h", "m", "s"))
    return VideoLink(url, 3600 * hours + 60 * minutes + seconds)


def thumbnails(link: VideoLink) -> tuple[str, ...]:
    """Paths of the picture the video is listed with at YouTube's picture server, best first; the last always exists.
    (Those in between are 4:3 with black bars.)"""
    video = link.url.removeprefix(_ADDRESS)
    return (f"/vi/{video}/maxresdefault.jpg", f"/vi/{video}/mqdefault.jpg")


def video_links(text: str) -> tuple[VideoLink, ...]:
    """All of them, in the order they stand in."""
    return tuple(VideoLink(_ADDRESS + found["id"]) for found in _LINK.finditer(text))


def without_video_link(text: str) -> str:
    """What else a text says."""
    return "\n".join(" ".join(_LINK.sub(" ", line).split()) for line in text.splitlines()).strip()


def address(link: VideoLink) -> str:
    """The link as a person would paste it; `video_link` reads it back."""
    return link.url if link.moment_s is None else f"{link.url}&t={link.moment_s}s"


def at(link: VideoLink, moment_s: float) -> VideoLink:
    return replace(link, moment_s=int(moment_s))
