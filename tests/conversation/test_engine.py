"""What holds for any sequence of events."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation import action
from core.conversation.action import Action
from core.conversation.effect import Order
from core.conversation.engine import advance, job_of, needs, page_of, variant_of
from core.conversation.event import (
    AlbumSettled,
    CommandSent,
    Event,
    FormSent,
    HasRead,
    Photo,
    PhotoRefused,
    PhotosSent,
    Pressed,
    Started,
    TextSent,
)
from core.conversation.script import QUESTIONS
from core.conversation.session import Session
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, View
from core.conversation.world import Limit, Need, World
from core.domain.concern import HARD
from core.domain.errand import Errand
from core.domain.job import SETS, Failure, JobStatus
from core.domain.record import from_record, to_record
from core.domain.wallet import Wallet
from tests.conversation.building import FREE_ONLY, WITH_PAID, WITH_READER, Chat, buttons, job, variant, world

WORDS = st.one_of(
    st.sampled_from(
        ["I QUIT", "hi", "🔥", "", " ", "a\nb", "1280x720", "#ff0000", "none", "Bold", " ".join(["w"] * 40), "x" * 400]
    ),
    st.sampled_from(["I QUIT youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ?t=9"]),
    st.text(max_size=40),
)
IDS = st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=10)
PHOTOS = st.builds(
    Photo,
    st.text("abcdef", min_size=1, max_size=2),
    st.lists(st.sampled_from(sorted(HARD)), max_size=2).map(tuple),
)
PARTS = {
    "offer": st.sampled_from(["4.standard.0", "4.standard.2", "2.draft.1", "9.x.1", "6.4k.6", "4.standard.1.night"]),
    "section": st.sampled_from([*"ABCDEFGH", "", "Z"]),
    "question": st.sampled_from([*QUESTIONS, "nothing"]),
    "option": st.sampled_from(
        ["vibe.clean", "variants.6", "headline.shorter", "headline.idea1", "title.none", "allowed.scene", "x.y", ""]
    ),
    "preset": st.sampled_from(["shock", "documentary", "gone"]),
    "about": st.sampled_from(["photo", "no_person", "x"]),
    "vibe": st.sampled_from(["", "clean.0", "clean.1", "neon.0", "bold"]),
    "rule": st.sampled_from(["channels", "daily_jobs", "payer", "give", "gone"]),
    "credits": st.sampled_from(["", "0", "1", "x"]),
    "change": st.sampled_from(["", "words.1", "words.x", "simpler.1", "fix_face.0", "gone.1"]),
    "words": st.sampled_from(["", "whole", "x"]),
    "format": st.sampled_from(["", "reels", "gone"]),
    "errand": st.sampled_from([*Errand, "gone"]),
    "type": st.sampled_from(["", "jpg", "png", "gif"]),
    "on": st.sampled_from(["0", "1"]),
    "sure": st.sampled_from(["", "1"]),
    "command": st.sampled_from(["new", "quick", "gallery", "jobs", "settings", "cancel", "delete_me", "nothing"]),
    "argument": st.sampled_from(["", "1", "yes"]),
    "setting": st.sampled_from(["language", "vibe", "logo", "signature", "gone"]),
    "value": st.sampled_from(["", "none", "en", "clean", "x"]),
}


VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=83s"
NOW = "NOW"
"""Stands for the draft of the session in a drawn press."""


def _made(kind: type[Action]) -> st.SearchStrategy[Action]:
    subjects = {"draft": st.sampled_from([NOW, NOW, NOW, "OTHER"]), "variant": IDS, "job": IDS}
    return st.builds(kind, *({**PARTS, **subjects}[row.name] for row in fields(kind)))


PRESSES = st.one_of([_made(kind) for kind in Action.kinds.values() if kind is not Action])
SENT_PHOTOS = st.lists(PHOTOS, min_size=1, max_size=4).map(tuple)
KINDS: dict[str, st.SearchStrategy[Event]] = {
    "start": st.just(Started()),
    "read": st.builds(
        HasRead,
        job=IDS,
        draft=st.sampled_from([NOW, "OTHER"]),
        errand=st.sampled_from(Errand),
        by=st.sampled_from(["local", "a-reader"]),
        headlines=st.sampled_from([(), ("I QUIT TODAY", "NEVER AGAIN")]),
        answers=st.sampled_from([{}, {"headline": "SO LONG", "vibe": "clean", "video": VIDEO}]),
        failure=st.sampled_from([None, None, Failure.PROVIDER_DOWN]),
    ),
    "reply": st.builds(TextSent, text=WORDS, variant=IDS),
    "text": st.builds(TextSent, text=WORDS),
    "photo": st.builds(PhotosSent, photos=SENT_PHOTOS, caption=st.one_of(st.just(""), WORDS)),
    "many": st.builds(PhotosSent, photos=st.lists(PHOTOS, max_size=12).map(tuple)),
    "album": st.builds(PhotosSent, photos=SENT_PHOTOS, caption=WORDS, album=st.sampled_from(["A", "B"])),
    "settled": st.builds(AlbumSettled, album=st.sampled_from(["A", "B"])),
    "refused": st.builds(PhotoRefused, reason=st.sampled_from(["too_large", "broken", "gone"]), caption=WORDS),
    "command": st.builds(CommandSent, name=st.sampled_from(["new", "quick", "info", "cancel", "x"]), argument=WORDS),
    "form": st.builds(
        FormSent,
        draft=st.sampled_from([NOW, "OTHER"]),
        question=PARTS["question"],
        values=st.lists(st.sampled_from(["clean", "stroke", "scene", "x"]), max_size=3).map(tuple),
    ),
    "press": st.builds(Pressed, action=PRESSES),
}
OFTEN = [*KINDS, "photo", "text", "press", "press", "text", "photo", *["shown"] * 8]


def draw_event(data: st.DataObject, session: Session, shown: tuple[Action, ...]) -> Event:
    """Anything a person can do; more often than not a button that was shown to them."""
    kind = data.draw(st.sampled_from(OFTEN))
    if kind == "shown":
        return Pressed(action=data.draw(st.sampled_from(shown))) if shown else Started()
    event = data.draw(KINDS[kind])
    if isinstance(event, FormSent | HasRead) and event.draft == NOW:
        return replace(event, draft=session.draft)
    if isinstance(event, Pressed) and getattr(event.action, "draft", "") == NOW:
        pressed: Any = event.action
        return Pressed(action=replace(pressed, draft=session.draft))
    return event


def opening() -> tuple[Session, tuple[Action, ...]]:
    """A brief whose card is on the screen, so that few events are enough to get anywhere."""
    chat = Chat(catalogue=WITH_PAID)
    chat.photo(Photo("aa"), caption="I QUIT")
    card = (action.OpenDetails(chat.session.draft), action.Generate(chat.session.draft, "4.standard.2"))
    return chat.session, card


WORLDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "catalogue": st.sampled_from([WITH_PAID, WITH_READER, FREE_ONLY]),
        "wallet": st.builds(Wallet, purchased=st.integers(0, 6), debt=st.sampled_from([0, 0, 3])),
        "variant": st.sampled_from(
            [None, variant(), variant(deleted=True), variant(version=2, versions=2, previous=1)]
        ),
        "job": st.sampled_from([None, job(), job(status=JobStatus.RUNNING), job(recipe=None)]),
        "jobs": st.sampled_from([(), (job(), job(code="K" * 10, status=JobStatus.QUEUED))]),
        "gallery": st.sampled_from([(), (variant(),)]),
        "last_selfies": st.sampled_from([(), (Photo("zz"),)]),
        "last_answers": st.sampled_from([{}, {"format": "reels", "vibe": "gone"}]),
        "settings": st.sampled_from([{}, {"brand_colours": ["#112233"], "language": "en"}]),
        "limit": st.sampled_from([None, None, None, *Limit]),
        "foreign": st.sampled_from([False, False, False, True]),
    }
)


def shown_by(turn: Turn) -> tuple[Action, ...]:
    return tuple(action.parse(button.token) for button in buttons(*turn.views))


def ends_brief(session: Session, event: Event, place: World) -> bool:
    """Cancel, Start and Delete, and what begins another brief in this one's place."""
    match event:
        case Started() | CommandSent(name="new" | "start" | "cancel" | "delete_me"):
            return True
        case Pressed(action=action.Run(command="new" | "start" | "cancel" | "delete_me")):
            return True
        case Pressed(action=action.Again() | action.SameLook()):
            return True
        case PhotosSent(caption=caption) | PhotoRefused(caption=caption) if caption.strip():
            return bool(session.answers.get("headline") and (session.photos or session.without_person))
        case Pressed(action=action.Cancel(draft=draft)):
            return draft == session.draft
        case _:
            return False


def kept(before: Session, turn: Turn) -> bool:
    """Every question answered before is answered still: in the session, or in the set that was ordered. So is every
    photo there that shows somebody; one that shows nobody makes way for the next, and is no selfie beside a face."""
    faces = {photo.asset for photo in before.photos if "no_face" not in photo.concerns}
    orders = [effect for effect in turn.effects if isinstance(effect, Order) and effect.kind in SETS]
    if orders:
        ordered = orders[0].brief
        selfies = set() if before.without_person else faces or {photo.asset for photo in before.photos[:1]}
        return selfies == set(ordered.selfies) and str(before.answers["headline"]) == ordered.headline
    assets = {photo.asset for photo in turn.session.photos}
    return before.answers.keys() <= turn.session.answers.keys() and faces <= assets


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_sequence_of_events_crashes_or_loses_an_answer(data: st.DataObject) -> None:
    session, shown = data.draw(st.sampled_from([(Session(), ()), opening()]), label="opening")
    for _ in range(data.draw(st.integers(1, 20), label="events")):
        event = draw_event(data, session, shown)
        place = world(**data.draw(WORLDS))
        assert needs(session, event) <= frozenset(Need)
        assert all(isinstance(found, str) for found in (variant_of(session, event), job_of(session, event)))
        assert page_of(event) >= 0
        turn = advance(session, event, place)
        assert turn == advance(session, event, place)
        assert ends_brief(session, event, place) or kept(session, turn)
        for button in buttons(*turn.views):
            pressed = action.parse(button.token)
            assert len(button.token.encode()) <= action.LIMIT_BYTES
            assert not isinstance(pressed, action.Expired)
            assert pressed.pack() == button.token
        assert from_record(Session, to_record(turn.session)) == turn.session
        for view in turn.views:
            kind: Any = View
            assert from_record(kind, to_record(view)) == view
        if isinstance(event, Pressed) and not turn.views and not turn.effects:
            assert isinstance(turn.toast, NoticeView), "a press nobody answers"
        session, shown = turn.session, (*shown, *shown_by(turn))[-60:]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_paid_order_never_exceeds_the_wallet_or_what_the_button_said(data: st.DataObject) -> None:
    session, shown = data.draw(st.sampled_from([(Session(), ()), opening()]), label="opening")
    for _ in range(10):
        event = draw_event(data, session, shown)
        place = replace(world(**data.draw(WORLDS)), limit=None, foreign=False)
        turn = advance(session, event, place)
        paid = sum(effect.quote.credits for effect in turn.effects if isinstance(effect, Order))
        assert paid <= place.wallet.available
        if paid:
            assert isinstance(event, Pressed)
            said = event.action.pack().removesuffix(".night").replace(":", ".").rpartition(".")[2]
            assert said == str(paid)
        session, shown = turn.session, (*shown, *shown_by(turn))[-60:]


def test_what_an_event_is_about_is_named_for_the_service() -> None:
    session = Session(draft="NOW", typing_for="V")
    assert needs(session, TextSent(text="x")) == {Need.VARIANT}
    assert variant_of(session, TextSent(text="x")) == "V"
    assert needs(Session(), Pressed(action=action.Generate("OLD", "4.standard.2"))) == {Need.JOB}
    assert job_of(Session(), Pressed(action=action.CancelJob("J"))) == "J"
    assert page_of(Pressed(action=action.Run("gallery", "3"))) == 3
    assert page_of(CommandSent(name="gallery", argument="٣")) == 0
    assert needs(Session(), CommandSent(name="info")) == {Need.LATEST}
    assert needs(Session(), CommandSent(name="score")) == {Need.GALLERY}
    assert needs(Session(), CommandSent(name="info", argument="abc")) == {Need.VARIANT}
