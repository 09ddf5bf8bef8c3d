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
_MOMENT = re.compile(r"[?&#]t=(?P<seconds>\d{1,6})")


def video_link(text: str) -> VideoLink | None:
    """The video a text points to, in the one form providers take; None when there is none."""
    found = _LINK.search(text)
    if found is None:
        return None
    moment = _MOMENT.search(found["rest"])
    url = f"https://www.youtube.com/watch?v={found['id']}"
    return VideoLink(url, int(moment["seconds"]) if moment else None)


def without_video_link(text: str) -> str:
    """What else a text says."""
    return "\n".join(" ".join(_LINK.sub(" ", line).split()) for line in text.splitlines()).strip()


def address(link: VideoLink) -> str:
    """The link as a person would paste it; `video_link` reads it back."""
    return link.url if link.moment_s is None else f"{link.url}&t={link.moment_s}s"


def at(link: VideoLink, moment_s: float) -> VideoLink:
    return replace(link, moment_s=int(moment_s))
