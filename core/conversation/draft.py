"""The draft: what is sent and pressed while a brief is made."""

from __future__ import annotations

from core.conversation import answer, card, detail, doubt, errand, intake, offer, order, prefill, step
from core.conversation.action import (
    Again,
    Ask,
    Back,
    Cancel,
    Choose,
    Generate,
    GoOn,
    OpenDetails,
    Preview,
    Read,
    Run,
    UseLastSelfies,
    UsePreset,
)
from core.conversation.effect import SettleAlbum
from core.conversation.event import FormSent, PhotoRefused, PhotosSent
from core.conversation.script import OWN, QUESTIONS
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, Row, Style, Tone
from core.domain import series
from core.domain.brief import People
from core.domain.errand import Errand
from core.domain.format import MEGABYTE, UPLOAD_BYTES
from core.domain.model import Role
from core.domain.preset import PRESETS

REFUSALS = frozenset(
    {
        "empty",
        "too_large",
        "not_a_picture",
        "kind_not_accepted",
        "too_many_pixels",
        "broken",
        "too_small",
        "too_slow",
        "unsafe",
        "disk",
        "storage_full",
        "unreachable",
    }
)
"""Reasons an upload is not taken for that have a sentence of their own."""

_OnDraft = Generate | Preview | OpenDetails | Ask | Choose | UsePreset | Read | GoOn | Back | Cancel
DraftAction = _OnDraft | UseLastSelfies


def photos_sent(talk: Talk, event: PhotosSent) -> Turn:
    if event.anew:
        talk = talk.closed()
    elif _another(talk, event.caption):
        talk = intake.noting(talk.closed(), talk.voice.say("note.another_brief"))
    photos = talk.world.last_selfies if event.recall and not event.photos else event.photos
    together = bool(event.album) and event.album == talk.session.album
    talk = intake.with_photos(talk.drafting().unasked(), photos, together=together)
    if event.caption.strip():
        talk = intake.with_words(talk, event.caption)
    talk = intake.with_answers(talk, event.answers)
    if event.album:
        return Turn(talk.having(album=event.album).session, effects=(SettleAlbum(album=event.album),))
    if event.answers.get("format") == OWN and not talk.session.watch:
        return detail.ask_first(talk.having(notes=()), QUESTIONS["format"], "\n".join(talk.session.notes))
    return step.onward(talk)


def _another(talk: Talk, caption: str) -> bool:
    """Whether a picture with words of its own is a brief of its own: the one in the making has all it needs, so that
    neither was asked for."""
    session = talk.session
    whole = session.answers.get("headline") and (session.photos or session.without_person)
    asked = session.asking in ("headline", "selfies") or session.album or doubt.question(talk)
    return bool(caption.strip() and whole and not asked)


def album_settled(talk: Talk, album: str) -> Turn:
    """Answers the album once; an album another one overtook is answered with that one."""
    if talk.session.album != album:
        return Turn(talk.session)
    if talk.session.asking == "inspiration":
        return detail.more_liked(talk.having(album=""))
    return step.onward(talk.having(album=""))


def inspiration_sent(talk: Talk, event: PhotosSent) -> Turn:
    """Pictures while inspiration is asked for."""
    after = intake.liking(talk, [photo.asset for photo in event.photos])
    if event.album:
        return Turn(after.having(album=event.album).session, effects=(SettleAlbum(album=event.album),))
    return detail.more_liked(after)


def photo_refused(talk: Talk, event: PhotoRefused) -> Turn:
    """What was wrong with the file; a caption that came with it is the headline all the same."""
    talk = (talk.closed() if _another(talk, event.caption) else talk).drafting()
    if event.caption.strip():
        talk = intake.with_words(talk.unasked(), event.caption)
    reason = event.reason if event.reason in REFUSALS else "other"
    text = talk.voice.say(f"refusal.{reason}", megabytes=UPLOAD_BYTES // MEGABYTE)
    if headline := talk.session.answers.get("headline"):
        text = f"{text} {talk.voice.say('refusal.headline_kept', headline=headline)}"
    text = "\n\n".join((*talk.session.notes, text))
    return Turn(talk.having(notes=()).session, (NoticeView(text=text, tone=Tone.ERROR, rows=_photo_rows(talk)),))


def _photo_rows(talk: Talk) -> tuple[Row, ...]:
    if talk.session.photos:
        another = button(talk.voice.say("button.another_photo"), Ask(talk.session.draft, "selfies"), Style.PRIMARY)
        return (*rows(another), *card.steps(talk, prefill.brief(talk.session, talk.world), urged=False))
    return rows(
        *card.selfie_buttons(talk),
        button(talk.voice.say("button.cancel"), Cancel(talk.session.draft)),
    )


def text_sent(talk: Talk, text: str) -> Turn:
    """Words: the answer to what is asked, else the headline."""
    question = QUESTIONS.get(talk.session.asking)
    if question is None or question.id in ("headline", "selfies"):
        code, _ = series.find(text)
        if code and (fault := series.fault(code)):
            return unreadable(talk, fault)
        return _headline_sent(talk.drafting(), text)
    catalogue = talk.world.catalogue
    labels = [(value, card.named(talk.voice, question.id, value, catalogue)) for value in question.offers(catalogue)]
    brief = prefill.brief(talk.session, talk.world)
    labels += [(option.value, option.label) for option in card.options(talk, question, brief)]
    return detail.answered(talk, question, answer.typed(question, text, labels))


def _headline_sent(talk: Talk, text: str) -> Turn:
    trail = talk.session.trail
    after = intake.with_words(talk, text)
    if trail and talk.session.asking == "headline" and after.session.answers.get("headline"):
        return detail.one_up(after.having(notes=()), "\n".join(after.session.notes))
    return step.onward(after)


def form_sent(talk: Talk, event: FormSent) -> Turn:
    question = QUESTIONS.get(event.question)
    if not event.draft or event.draft != talk.session.draft or question is None:
        return stale(talk, Back(talk.session.draft))
    return detail.answered(talk, question, answer.chosen(question, event.values, question.offers(talk.world.catalogue)))


def unreadable(talk: Talk, fault: series.Fault) -> Turn:
    """A series' code that cannot be read: what is in the making stays as it is."""
    stays = [talk.voice.say("series.unchanged")] if talk.session.draft else []
    text = " ".join((talk.voice.say(f"series.{fault}"), *stays))
    ways = rows(button(talk.voice.say("button.gallery"), Run("gallery")))
    return Turn(talk.session, (NoticeView(text=text, tone=Tone.ERROR, rows=ways),))


def use_preset(talk: Talk, name: str) -> Turn:
    preset = PRESETS.get(name)
    filled = intake.with_preset(talk, preset) if preset else None
    if filled is None:
        return talk.toast(talk.voice.say("expired.preset"), Tone.WARNING)
    return step.next_step(filled.having(trail=(), asking=""))


def go_on(talk: Talk, about: str) -> Turn:
    if about in ("no_person", "words"):
        return step.next_step(talk.having(without_person=True, words_only=about == "words", asking=""))
    if about == "two":
        return step.next_step(talk.answering("people", People.TWO.value).having(trail=(), asking=""))
    if about == "no_series":
        return step.next_step(talk.having(answers=series.left(talk.session.answers), trail=(), asking=""))
    if about == "both":
        return step.next_step(talk.answering("people", People.TWO.value).having(accepted_concerns=True))
    if about == "inspiration":
        return detail.liked(talk) if talk.session.answers.get("inspiration") else detail.one_up(talk)
    return step.next_step(talk.having(accepted_concerns=True))


def use_last_selfies(talk: Talk) -> Turn:
    """Works from any old button: without a brief in the making it begins one."""
    if not talk.world.last_selfies:
        return talk.toast(talk.voice.say("photos.none_stored"), Tone.WARNING)
    talk = intake.with_photos(talk.drafting(), talk.world.last_selfies)
    return step.next_step(talk.having(asking="headline" if talk.session.asking == "headline" else ""))


def back(talk: Talk) -> Turn:
    trail = talk.session.trail[:-1]
    if trail:
        return detail.open_details(talk, trail[-1])
    if not talk.session.trail and talk.session.asking == "selfies":
        return step.opening(talk, "headline")
    return step.next_step(talk.having(asking="", trail=()))


def cancel(talk: Talk) -> Turn:
    voice = talk.voice
    view = NoticeView(text=voice.say("cancel.brief"), rows=rows(button(voice.say("button.new"), Run("new"))))
    waiting = talk.session.waiting
    if waiting and waiting.orders[0].options.get("draft") == talk.session.draft:
        talk = talk.having(waiting=None)
    return Turn(talk.closed().session, (view,))


def pressed(talk: Talk, action: DraftAction) -> Turn:
    if isinstance(action, UseLastSelfies):
        return use_last_selfies(talk.unasked() if talk.session.asking != "headline" else talk)
    if action.draft != talk.session.draft or not action.draft:
        return stale(talk, action)
    return _apply(talk.briefing(), action)


def _apply(talk: Talk, action: _OnDraft) -> Turn:
    match action:
        case Generate() | Preview():
            return _picture_pressed(talk, action)
        case OpenDetails():
            return detail.open_details(talk, action.section)
        case Ask():
            question = QUESTIONS.get(action.question)
            return detail.ask(talk, question) if question else detail.open_details(talk, "")
        case Choose():
            return detail.choose(talk, action.option)
        case UsePreset():
            return use_preset(talk, action.preset)
        case Read():
            return _read(talk, action.errand)
        case GoOn():
            return go_on(talk, action.about)
        case Back():
            return back(talk)
        case Cancel():
            return cancel(talk)


def _read(talk: Talk, name: str) -> Turn:
    """Rules of thumb only turn a person's own words round: without a model that reads there are no ideas."""
    if name == Errand.IDEAS and not talk.world.catalogue.for_role(Role.READER):
        return talk.toast(talk.voice.say("reading.no_ideas"))
    return errand.pressed(talk, name)


def _picture_pressed(talk: Talk, action: Generate | Preview) -> Turn:
    """Only a complete brief is ordered; otherwise what is missing is asked for."""
    if isinstance(action, Preview):
        return step.next_step(talk.having(previewed=""))
    ready = talk.session.answers.get("headline") and (talk.session.photos or talk.session.without_person)
    if not ready or doubt.question(talk):
        return step.next_step(talk)
    return order.generate(talk, action.offer)


def stale(talk: Talk, action: DraftAction) -> Turn:
    """A button of another brief: what became of that one, and a way on."""
    voice, job = talk.voice, talk.world.job
    if isinstance(action, Generate) and action.draft and action.draft == talk.session.ordered:
        return talk.toast(voice.say("expired.ordered"))
    if job is not None and job.recipe is not None:
        made = offer.offer(job.recipe.brief, talk.world.catalogue)
        text = voice.say("expired.recreate", headline=job.headline, price=offer.price(voice, made.credits))
        way_on = button(voice.say("button.again"), Again(job.code))
    elif talk.session.draft:
        text = voice.say("expired.other_brief")
        way_on = button(voice.say("button.this_brief"), Preview(talk.session.draft))
    else:
        text = voice.say("expired.brief")
        way_on = button(voice.say("button.new"), Run("new"))
    toast = NoticeView(text=voice.say("expired.button"), tone=Tone.WARNING, toast=True)
    return Turn(
        talk.session, (NoticeView(text=text, tone=Tone.WARNING, rows=rows(way_on), slot="expired"),), toast=toast
    )
