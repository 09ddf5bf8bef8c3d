"""Builders: sessions, worlds and facts as tests need them; every argument has a good default."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from core.conversation.action import Action
from core.conversation.engine import advance
from core.conversation.event import CommandSent, Event, Photo, PhotosSent, Pressed, TextSent
from core.conversation.session import Session
from core.conversation.turn import Turn
from core.conversation.view import Button, FormView, GalleryView, NoticeView, Row, View
from core.conversation.world import JobFacts, VariantFacts, World
from core.domain.brief import Brief, Vibe
from core.domain.format import Quality
from core.domain.job import JobKind, JobStatus, Recipe, Stage
from core.domain.model import Capability, Catalogue, ModelSpec, Origin, Role
from core.domain.wallet import Wallet

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DRAWN = (Vibe.BOLD, Vibe.CLEAN, Vibe.CINEMATIC, Vibe.DOCUMENTARY)


def model(name: str, origin: Origin, *, free: bool = False) -> ModelSpec:
    return ModelSpec(
        id=name,
        provider=name,
        origin=origin,
        roles=(Role.DRAFT, Role.STANDARD),
        vibes=DRAWN,
        qualities=tuple(Quality),
        free=free,
        max_references=10,
    )


STUDIO = model("studio", Origin.STUDIO, free=True)
PAID = replace(model("stand-in", Origin.STAND_IN), capabilities=frozenset({Capability.SEARCH_WEB}))
READER = ModelSpec(
    id="a-reader",
    provider="reader",
    origin=Origin.MODEL,
    roles=(Role.READER,),
    vibes=(),
    qualities=(),
    label="A Reader",
    capabilities=frozenset({Capability.READ, Capability.VIDEO_CONTEXT}),
)
PATIENT = replace(PAID, batch_factor=0.5, capabilities=PAID.capabilities | {Capability.BATCH})
"""The paid model, with a batch API."""
FREE_ONLY = Catalogue((STUDIO,))
WITH_PAID = Catalogue((PAID, STUDIO))
WITH_READER = Catalogue((PATIENT, STUDIO), tools=(READER,))
SELFIE = Photo("a" * 8)
BLURRED = Photo("b" * 8, concerns=("blurred",))
FACELESS = Photo("c" * 8, concerns=("no_face",), faces=0)

_events = count(1)


def world(**changes: Any) -> World:
    plain = World(now=NOW, event_id=f"event-{next(_events)}", catalogue=FREE_ONLY, release="test")
    return replace(plain, **changes)


def rich(**changes: Any) -> World:
    """With a paid model and credits to spend."""
    return world(**{"catalogue": WITH_PAID, "wallet": Wallet(purchased=20), **changes})


def recipe(**answers: Any) -> Recipe:
    brief = replace(Brief(headline="I QUIT", selfies=("a" * 8,)), **answers)
    return Recipe(brief=brief, model="studio", origin=Origin.STUDIO, seed=7)


def variant(**changes: Any) -> VariantFacts:
    plain = VariantFacts(
        code="V" * 10,
        job="J" * 10,
        position=0,
        version=1,
        versions=1,
        recipe=recipe(),
        picture="picture-1",
        made_at=NOW,
        previous_recipe=recipe(),
    )
    return replace(plain, **changes)


def job(**changes: Any) -> JobFacts:
    plain = JobFacts(
        code="J" * 10,
        kind=JobKind.SET,
        status=JobStatus.DONE,
        stage=Stage.FINISHING,
        price=2,
        captured=2,
        headline="I QUIT",
        created_at=NOW,
        recipe=recipe(),
        variants=("V" * 10,),
    )
    return replace(plain, **changes)


class Chat:
    """Plays events against the engine and remembers the last turn."""

    def __init__(self, **facts: Any) -> None:
        self.session = Session()
        self.facts = facts
        self.turn = Turn(self.session)

    def send(self, event: Event, **changes: Any) -> Turn:
        self.turn = advance(self.session, event, world(**{**self.facts, **changes}))
        self.session = self.turn.session
        return self.turn

    def photo(self, *photos: Photo, caption: str = "", album: str = "", **changes: Any) -> Turn:
        return self.send(PhotosSent(photos=photos or (SELFIE,), caption=caption, album=album), **changes)

    def say(self, text: str, **changes: Any) -> Turn:
        return self.send(TextSent(text=text), **changes)

    def press(self, action: Action, **changes: Any) -> Turn:
        return self.send(Pressed(action=action), **changes)

    def command(self, name: str, argument: str = "", **changes: Any) -> Turn:
        return self.send(CommandSent(name=name, argument=argument), **changes)


def buttons(*views: View) -> list[Button]:
    """Every button in the views, those of single pictures and chips included."""
    found: list[Button] = []
    for view in views:
        found += _in(view.rows)
        if isinstance(view, GalleryView):
            for picture in view.pictures:
                found += _in(picture.rows)
        if isinstance(view, FormView):
            found += [Button(option.label, option.token) for option in view.options]
    return found


def _in(rows: tuple[Row, ...]) -> list[Button]:
    return [button for row in rows for button in row.buttons]


def labels(turn: Turn) -> list[str]:
    return [button.label for button in buttons(*turn.views)]


def texts(turn: Turn) -> str:
    """All that a turn says, in one string."""
    said = [view.text for view in turn.views]
    for view in turn.views:
        if isinstance(view, FormView):
            said += [view.note, view.hint]
    if isinstance(turn.toast, NoticeView):
        said.append(turn.toast.text)
    return "\n".join(said)
