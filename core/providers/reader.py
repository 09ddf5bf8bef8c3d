"""The seam to whoever reads: words out of words, pictures and videos. And the one that needs nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from core.domain.brief import (
    HEADLINE_WORDS,
    ColourPriority,
    Emotion,
    FaceSide,
    TextPlace,
    TypeEffect,
    TypeMood,
    Vibe,
)
from core.domain.clause import clause
from core.domain.prompt import Prompt
from core.providers.base import Usage
from core.providers.error import Unable

READ_S, WATCH_S = 30.0, 120.0
"""How long one call of a reader may take: of words or a picture, of a video."""

T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[T_co]):
    """What was read, and by whom: a view says when it was only rules of thumb."""

    value: T_co
    by: str
    """Model id, or "local"."""
    usage: Usage | None = None

    @property
    def local(self) -> bool:
        return self.by == LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a sentence says of a brief; None: it says nothing about that."""

    title: str = ""
    headline: str = ""
    subtext: str = ""
    vibe: Vibe | None = None
    emotion: Emotion | None = None
    colours: ColourPriority | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A thumbnail as read."""

    headline: str
    """The words painted in it, in their own script; empty without any."""
    subtext: str
    vibe: Vibe
    emotion: Emotion
    colours: ColourPriority
    face_side: FaceSide
    text_place: TextPlace
    type_mood: TypeMood
    effects: tuple[TypeEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoReading:
    title: str
    headline: str
    subtext: str
    moment_s: float
    """The second whose picture tells the story best."""
    vibe: Vibe
    emotion: Emotion
    colours: ColourPriority


class Reader(Protocol):
    """Every method raises ProviderError and nothing else; who cannot do it at all raises Unable."""

    async def headlines(self, about: str, count: int = 3) -> Reading[tuple[str, ...]]:
        """Ideas of 2 to 6 words in the language of `about`; at most `count`, all different."""
        ...

    async def shorten(self, headline: str, words: int = HEADLINE_WORDS) -> Reading[str]:
        """The headline itself, where it cannot be made shorter."""
        ...

    async def brief(self, sentence: str) -> Reading[Wishes]: ...

    async def alt_text(self, picture: bytes, media_type: str, about: str = "") -> Reading[str]:
        """One sentence for people who do not see the picture, in the language of `about`."""
        ...

    async def describe(self, picture: bytes, media_type: str) -> Reading[Description]: ...

    async def video(self, prompt: Prompt) -> Reading[VideoReading]:
        """`prompt` is `core.prompting.video.from_video`."""
        ...


LOCAL = "local"
ALT_LENGTH = 250
"""Characters; screen readers stop listening to more."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SMALL = frozenset(
    _WORD.findall(
        "a an and are as at be but by for from had has have i in into is it its me my of on or our so that the their "
        "them then this to was we were will with you your"
    )
)
"""English words a headline can do without."""

_VIBES: Mapping[Vibe, str] = {
    Vibe.BOLD: "bold loud punchy viral challenge",
    Vibe.CLEAN: "clean tutorial explainer lesson",
    Vibe.CINEMATIC: "cinematic film movie story epic",
    Vibe.NEON: "neon cyberpunk night gaming",
    Vibe.PASTEL: "pastel soft cute",
    Vibe.TECH: "tech phone laptop gadget ai software coding",
    Vibe.MINIMALIST: "minimalist minimal simple plain",
    Vibe.MEME: "meme funny joke",
    Vibe.DOCUMENTARY: "documentary history investigation",
}
_EMOTIONS: Mapping[Emotion, str] = {
    Emotion.SHOCK: "shock shocked shocking surprised unbelievable omg",
    Emotion.CURIOSITY: "curious curiosity wondering secret mystery why",
    Emotion.AUTHORITY: "serious confident authority expert",
    Emotion.JOY: "happy joy joyful smiling laughing fun",
    Emotion.CONCERN: "worried concern concerned sad danger",
    Emotion.DEADPAN: "deadpan bored dry",
}
_COLOURS: Mapping[ColourPriority, str] = {
    ColourPriority.WARM: "warm orange red",
    ColourPriority.COOL: "cool cold blue teal",
    ColourPriority.HIGH_CONTRAST: "contrast contrasty",
    ColourPriority.GREYSCALE_ACCENT: "greyscale grayscale monochrome",
}


class LocalReader:
    """Rules of thumb: English key words, no eyes. It says so by its name in every reading."""

    async def headlines(self, about: str, count: int = 3) -> Reading[tuple[str, ...]]:
        words = _WORD.findall(about)
        weighty = [word for word in words if word.lower() not in _SMALL] or words
        ideas = (weighty[:4], weighty[-3:], words[:HEADLINE_WORDS], weighty[:2], weighty[-HEADLINE_WORDS:])
        found = dict.fromkeys(" ".join(idea) for idea in ideas if idea)
        return Reading(value=tuple(found)[:count], by=LOCAL)

    async def shorten(self, headline: str, words: int = HEADLINE_WORDS) -> Reading[str]:
        return Reading(value=clause(headline, words) or headline, by=LOCAL)

    async def brief(self, sentence: str) -> Reading[Wishes]:
        said = {word.lower() for word in _WORD.findall(sentence)}
        wishes = Wishes(
            title=sentence.strip(),
            vibe=_named(_VIBES, said),
            emotion=_named(_EMOTIONS, said),
            colours=_named(_COLOURS, said),
        )
        return Reading(value=wishes, by=LOCAL)

    async def alt_text(self, picture: bytes, media_type: str, about: str = "") -> Reading[str]:
        raise Unable("the local reader does not see")

    async def describe(self, picture: bytes, media_type: str) -> Reading[Description]:
        raise Unable("the local reader does not see")

    async def video(self, prompt: Prompt) -> Reading[VideoReading]:
        raise Unable("the local reader does not watch")


def _named(table: Mapping[E, str], said: set[str]) -> E | None:
    return next((value for value, words in table.items() if said & set(words.split())), None)
