"""The draft: how photos and words become a complete brief, and its details are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.conversation import answer, card, errand, offer, order, prefill
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
from core.conversation.answer import Accepted, Unfit, Verdict
from core.conversation.effect import SettleAlbum
from core.conversation.event import FormSent, Photo, PhotoRefused, PhotosSent
from core.conversation.script import IDEA, NONE, OWN, QUESTIONS, SHORTER, Question, Reading, Section
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import Button, FieldKind, FormView, NoticeView, Row, Style, TextView, Tone, View
from core.domain import concern, series
from core.domain.brief import MAX_INSPIRATIONS, MAX_SELFIES, People
from core.domain.errand import Errand
from core.domain.model import Role
from core.domain.preset import PRESETS, Preset
from core.domain.record import Json, to_record
from core.domain.video import address, video_link, without_video_link

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


# -- what comes in -------------------------------------------------------------------------------------------------


def photos_sent(talk: Talk, event: PhotosSent) -> Turn:
    if event.anew:
        talk = talk.closed()
    elif _another(talk, event.caption):
        talk = _noting(talk.closed(), talk.voice.say("note.another_brief"))
    photos = talk.world.last_selfies if event.recall and not event.photos else event.photos
    together = bool(event.album) and event.album == talk.session.album
    talk = with_photos(talk.drafting().unasked(), photos, together=together)
    if event.caption.strip():
        talk = with_words(talk, event.caption)
    talk = _with_answers(talk, event.answers)
    if event.album:
        return Turn(talk.having(album=event.album).session, effects=(SettleAlbum(album=event.album),))
    if event.answers.get("format") == OWN and not talk.session.watch:
        return _ask_first(talk.having(notes=()), QUESTIONS["format"], "\n".join(talk.session.notes))
    return onward(talk)


def _another(talk: Talk, caption: str) -> bool:
    """Whether a picture with words of its own is a brief of its own: the one in the making has all it needs, so that
    neither was asked for."""
    session = talk.session
    whole = session.answers.get("headline") and (session.photos or session.without_person)
    asked = session.asking in ("headline", "selfies") or session.album or _concern(talk)
    return bool(caption.strip() and whole and not asked)


def album_settled(talk: Talk, album: str) -> Turn:
    """Answers the album once; an album another one overtook is answered with that one."""
    if talk.session.album != album:
        return Turn(talk.session)
    if talk.session.asking == "inspiration":
        return _more_liked(talk.having(album=""))
    return onward(talk.having(album=""))


def inspiration_sent(talk: Talk, event: PhotosSent) -> Turn:
    """Pictures while inspiration is asked for."""
    after = _liking(talk, [photo.asset for photo in event.photos])
    if event.album:
        return Turn(after.having(album=event.album).session, effects=(SettleAlbum(album=event.album),))
    return _more_liked(after)


def _liking(talk: Talk, more: Sequence[str]) -> Talk:
    """Added to what is liked already."""
    known = [str(one) for one in talk.session.answers.get("inspiration") or ()]
    liked = list(dict.fromkeys((*known, *more)))
    after = talk.answering("inspiration", liked[:MAX_INSPIRATIONS])
    return _noting(after, talk.voice.say("note.too_many_inspirations")) if len(liked) > MAX_INSPIRATIONS else after


def _more_liked(talk: Talk) -> Turn:
    """The question stays: pictures and links may come one by one, until somebody says that this is all."""
    return ask(talk.having(notes=()), QUESTIONS["inspiration"], "\n".join(talk.session.notes))


def _liked(talk: Talk) -> Turn:
    """A model that reads says what makes the look; whoever paints is shown the pictures in any case."""
    if not talk.world.catalogue.for_role(Role.READER):
        return _one_up(talk, talk.voice.say("note.inspiration_kept"))
    return errand.send(talk.having(asking="", trail=()), Errand.LOOK)


def photo_refused(talk: Talk, event: PhotoRefused) -> Turn:
    """What was wrong with the file; a caption that came with it is the headline all the same."""
    talk = (talk.closed() if _another(talk, event.caption) else talk).drafting()
    if event.caption.strip():
        talk = with_words(talk.unasked(), event.caption)
    text = talk.voice.say(f"refusal.{event.reason if event.reason in REFUSALS else 'other'}")
    if headline := talk.session.answers.get("headline"):
        text = f"{text} {talk.voice.say('refusal.headline_kept', headline=headline)}"
    text = "\n\n".join((*talk.session.notes, text))
    return Turn(talk.having(notes=()).session, (NoticeView(text=text, tone=Tone.ERROR, rows=_photo_rows(talk)),))


def _photo_rows(talk: Talk) -> tuple[Row, ...]:
    if talk.session.photos:
        return card.steps(talk, prefill.brief(talk.session, talk.world))
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
    return answered(talk, question, answer.typed(question, text, labels))


def _headline_sent(talk: Talk, text: str) -> Turn:
    trail = talk.session.trail
    after = with_words(talk, text)
    if trail and talk.session.asking == "headline" and after.session.answers.get("headline"):
        return _one_up(after.having(notes=()), "\n".join(after.session.notes))
    return onward(after)


def form_sent(talk: Talk, event: FormSent) -> Turn:
    question = QUESTIONS.get(event.question)
    if not event.draft or event.draft != talk.session.draft or question is None:
        return stale(talk, Back(talk.session.draft))
    return answered(talk, question, answer.chosen(question, event.values, question.offers(talk.world.catalogue)))


def with_photos(talk: Talk, photos: tuple[Photo, ...], *, together: bool = False) -> Talk:
    """The first ten are kept, whatever the rest; the same picture counts once. One that shows nobody takes the place of
    those before it, for the one just sent is the one to be shown; not of those it came `together` with."""
    before = talk.session.photos
    if not together and any(map(prefill.faceless, photos)):
        before = tuple(photo for photo in before if not prefill.faceless(photo))
    known = {photo.asset: photo for photo in (*before, *photos)}
    kept = tuple(known.values())[:MAX_SELFIES]
    after = talk.having(photos=kept, without_person=False, words_only=False)
    if len(known) > MAX_SELFIES:
        after = _noting(after, talk.voice.say("note.too_many_photos", most=MAX_SELFIES))
    return after


def with_words(talk: Talk, text: str) -> Talk:
    """First line the headline, the lines below it the subtext; what fits neither is kept as the video's message. A link
    to a video is where the brief comes from."""
    if link := video_link(text):
        talk = talk.answering("video", address(link)).having(watch=link.url)
        text = without_video_link(text)
        if not text:
            return talk
    found, text = series.find(text)
    if found:
        talk = _in_series(talk, found)
        if not text.strip():
            return talk
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    verdict = answer.headline(lines[0])
    talk = talk.having(asking="headline" if isinstance(verdict, Unfit) else "")
    if isinstance(verdict, Accepted):
        talk = talk.answering("headline", verdict.record)
    elif verdict.note in answer.BEYOND:
        talk = _with_message(talk, lines[0])
    if verdict.note:
        talk = _noting(talk, card.noted(talk.voice, verdict.note, verdict.values))
    if len(lines) > 1:
        below = " ".join(lines[1:])
        fits = answer.typed(QUESTIONS["subtext"], below, ())
        if isinstance(fits, Accepted):
            return talk.answering("subtext", fits.record)
        talk = _noting(_with_message(talk, below), talk.voice.say("note.message_kept"))
    return talk


def unreadable(talk: Talk, fault: series.Fault) -> Turn:
    """A series' code that cannot be read: what is in the making stays as it is."""
    stays = [talk.voice.say("series.unchanged")] if talk.session.draft else []
    text = " ".join((talk.voice.say(f"series.{fault}"), *stays))
    ways = rows(button(talk.voice.say("button.gallery"), Run("gallery")))
    return Turn(talk.session, (NoticeView(text=text, tone=Tone.ERROR, rows=ways),))


def _in_series(talk: Talk, code: str) -> Talk:
    """With all that a series' code says; one that cannot be read is only said, for it came with a picture."""
    found = series.decode(code)
    if isinstance(found, series.Fault):
        return _noting(talk, talk.voice.say(f"series.{found}"))
    answers = {**talk.session.answers, **found.answers, "series": found.code}
    return _noting(talk.having(answers=answers), card.noted(talk.voice, "series", {"code": found.code}))


def _with_answers(talk: Talk, answers: Mapping[str, str]) -> Talk:
    """What came along with the pictures; what does not fit is said, and asked for nowhere: a default stands for it."""
    if "preset" in answers:
        # First, so that what was chosen beside it stands.
        talk = _with_preset(talk, answers["preset"])
    for name, value in answers.items():
        question = QUESTIONS.get(name)
        if question is None:
            continue  # a form of another release
        verdict = _read_answer(talk, question, value)
        if isinstance(verdict, Accepted):
            talk = talk.answering(name, verdict.record)
        if verdict.note:
            talk = _noting(talk, card.noted(talk.voice, verdict.note, verdict.values))
    return talk


def _read_answer(talk: Talk, question: Question, value: str) -> Verdict:
    """An option, by its value or in words, or what the question takes besides."""
    catalogue = talk.world.catalogue
    offered = question.offers(catalogue)
    if value in offered:
        return answer.chosen(question, (value,), offered)
    labels = [(one, card.named(talk.voice, question.id, one, catalogue)) for one in offered]
    return answer.typed(question, value, labels)


def _with_preset(talk: Talk, name: str) -> Talk:
    """By its id or its words."""
    wanted = name.strip().casefold()
    for preset in PRESETS.values():
        if wanted in (preset.id, talk.voice.say(f"preset.{preset.id}").casefold()):
            return _preset(talk, preset) or _noting(talk, talk.voice.say("expired.preset"))
    return _noting(talk, card.noted(talk.voice, "preset", {"name": answer.clean(name)[: card.SHOWN_LENGTH]}))


def _with_message(talk: Talk, text: str) -> Talk:
    known = str(talk.session.answers.get("title", ""))
    message = answer.clean(text)
    joined = known if message in known else f"{known} {message}".strip()
    return talk.answering("title", joined[: answer.WORDS_LENGTH])


def _noting(talk: Talk, note: str) -> Talk:
    return talk if note in talk.session.notes else talk.having(notes=(*talk.session.notes, note))


def onward(talk: Talk) -> Turn:
    """First the video that was sent, if anybody here can watch it; what it says goes into the brief."""
    if not talk.session.watch:
        return next_step(talk)
    talk = talk.having(watch="")
    if errand.can_watch(talk.world.catalogue):
        return errand.send(talk.having(notes=()), Errand.VIDEO, *_notes(talk))
    return next_step(_noting(talk.answering("video", ""), talk.voice.say("note.nobody_watches")))


# -- what comes next -----------------------------------------------------------------------------------------------


def next_step(talk: Talk, *, anew: bool = False) -> Turn:
    """Ask for the one thing that is missing, or show the picture. `anew`: also where it is as it was shown."""
    session = talk.session
    if session.asking == "headline" or not session.answers.get("headline"):
        return _ask(talk, "headline")
    if not session.photos and not session.without_person:
        return _ask(talk, "selfies")
    if (doubt := _concern(talk)) is not None:
        return Turn(talk.having(notes=(), asking="").session, (*_notes(talk), doubt))
    if not anew and prefill.look(prefill.brief(session, talk.world)) == session.previewed:
        return settled(talk)
    return order.preview(talk, *_notes(talk, _soft(talk)))


def _ask(talk: Talk, name: str) -> Turn:
    """The opening questions: a message of their own below what was just sent."""
    note = "\n".join(talk.session.notes)
    talk = talk.having(asking=name, trail=(), notes=())
    form = card.form(talk, QUESTIONS[name], note)
    text, hint, ways = form.text, form.hint, form.rows
    headline = str(talk.session.answers.get("headline", ""))
    if name == "headline":
        text = talk.voice.say("photos.received", n=len(talk.session.photos)) if talk.session.photos else text
        hint = _remembered(talk)
    elif headline:
        # What was typed is repeated, for it may not have been meant as the headline; there is no person to tell of yet.
        text, hint = talk.voice.say("photos.wanted", headline=headline), ""
        ways = (*_shorter(talk), *ways)
    details = button(talk.voice.say("button.details"), OpenDetails(talk.session.draft))
    shown = FormView(
        draft=form.draft,
        question=form.question,
        kind=form.kind,
        text=text,
        note=form.note,
        hint=hint,
        options=form.options,
        rows=(*ways, *rows(details)),
    )
    return Turn(talk.session, (shown,))


def _shorter(talk: Talk) -> tuple[Row, ...]:
    """The way out of too many words; nothing where there are few."""
    proposal = card.proposed(prefill.brief(talk.session, talk.world))
    if not proposal:
        return ()
    shorter = Choose(talk.session.draft, f"headline.{SHORTER}")
    return rows(button(talk.voice.say("option.shorter", proposal=proposal), shorter))


def _remembered(talk: Talk) -> str:
    """What fills the rest, said once where the headline is asked for."""
    brief = prefill.brief(talk.session, talk.world)
    look = {
        "format": card.label(talk.voice, "format", brief.format),
        "vibe": card.label(talk.voice, "vibe", brief.vibe),
    }
    return talk.voice.say("photos.last_look" if talk.world.last_answers else "photos.first_look", **look)


def _notes(talk: Talk, *more: str) -> tuple[View, ...]:
    """Notes stand in a message of their own, because the picture soon takes the place of the one below."""
    notes = [note for note in (*talk.session.notes, *more) if note]
    if not notes:
        return ()
    shorter = _shorter(talk) if talk.session.notes else ()
    return (NoticeView(text="\n".join(notes), tone=Tone.WARNING, rows=shorter),)


def _best(talk: Talk) -> Photo | None:
    photos = prefill.ranked(talk.session.photos)
    return photos[0] if photos and not talk.session.without_person else None


def _concern(talk: Talk) -> NoticeView | None:
    """What is wrong with even the best photo, with the choice to go on."""
    best, voice, draft = _best(talk), talk.voice, talk.session.draft
    hard = [code for code in best.concerns if code in concern.HARD] if best else []
    if not hard or talk.session.accepted_concerns:
        return None
    reasons = "; ".join(voice.say(f"concern.{code}") for code in hard)
    ways: tuple[Button, ...]
    if concern.Concern.NO_FACE in hard:
        text = voice.say("photos.nobody_in_it")
        ways = (
            button(voice.say("button.show_photo"), GoOn(draft, "no_person"), Style.PRIMARY),
            button(voice.say("button.another_photo"), Ask(draft, "selfies")),
            button(voice.say("button.words_only"), GoOn(draft, "words")),
        )
    else:
        text = voice.say("photos.concern", reasons=reasons)
        both = [button(voice.say("button.both"), GoOn(draft, "both"))] if concern.Concern.SECOND_FACE in hard else []
        ways = (
            button(voice.say("button.another_photo"), Ask(draft, "selfies"), Style.PRIMARY),
            *both,
            button(voice.say("button.use_anyway"), GoOn(draft, "photo")),
            button(voice.say("button.no_person"), GoOn(draft, "no_person")),
        )
    return NoticeView(
        text=text, tone=Tone.WARNING, rows=rows(*ways, button(voice.say("button.cancel"), Cancel(draft)), width=2)
    )


def _soft(talk: Talk) -> str:
    """Mentioned once, with the first picture."""
    best = _best(talk)
    soft = [code for code in best.concerns if code in concern.SOFT] if best and not talk.session.previewed else []
    reasons = "; ".join(talk.voice.say(f"concern.{code}") for code in soft)
    return talk.voice.say("photos.soft_concern", reasons=reasons) if soft else ""


def settled(talk: Talk) -> Turn:
    """The picture is as shown; only what is said about it may have changed."""
    voice, draft = talk.voice, talk.session.draft
    brief = prefill.brief(talk.session, talk.world)
    view = TextView(
        text="\n\n".join((*talk.session.notes, card.summary(voice, brief, talk.world.catalogue, talk.world.means))),
        title=voice.say("card.title"),
        rows=card.card_rows(voice, draft, brief, talk.world.catalogue, talk.world.means),
        slot=card.details_slot(draft),
    )
    return Turn(talk.having(trail=(), asking="", notes=()).session, (view,))


# -- the details ---------------------------------------------------------------------------------------------------


def answered(talk: Talk, question: Question, verdict: Verdict) -> Turn:
    note = card.noted(talk.voice, verdict.note, verdict.values)
    if isinstance(verdict, Unfit):
        first = talk.session.asking == question.id and not talk.session.trail
        return _ask_first(talk, question, note) if first else ask(talk, question, note)
    if question.id == "inspiration" and verdict.record:
        return _more_liked(_liking(talk, verdict.record))
    after = talk.answering(question.id, verdict.record)
    if not talk.session.trail:
        return next_step(_noting(after.having(asking=""), note) if note else after.having(asking=""))
    return _one_up(after, note)


def _one_up(talk: Talk, note: str = "") -> Turn:
    """From a question back to its section."""
    name = next((step for step in reversed(talk.session.trail) if step in list(Section)), Section.PROJECT)
    talk = talk.having(trail=("sections", str(name)), asking="")
    return Turn(talk.session, (card.one_section(talk, Section(name), note),))


def ask(talk: Talk, question: Question, note: str = "") -> Turn:
    talk = talk.having(asking=question.id, trail=("sections", question.section.value, question.id))
    return Turn(talk.session, (card.form(talk, question, note),))


def _ask_first(talk: Talk, question: Question, note: str) -> Turn:
    """Before the card is shown at all: what comes next goes on from there."""
    talk = talk.having(asking=question.id, trail=())
    return Turn(talk.session, (card.form(talk, question, note),))


def open_details(talk: Talk, name: str) -> Turn:
    if name == card.MORE_PRESETS:
        return Turn(talk.having(trail=("sections",), asking="").session, (card.presets(talk),))
    if name not in list(Section):
        talk = talk.having(trail=("sections",), asking="")
        return Turn(talk.session, (card.sections(talk),))
    talk = talk.having(trail=("sections", name), asking="")
    return Turn(talk.session, (card.one_section(talk, Section(name)),))


def choose(talk: Talk, option: str) -> Turn:
    name, _, value = option.partition(".")
    question = QUESTIONS.get(name)
    if question is None:
        return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
    if value == NONE and question.optional:
        several = question.reading in (Reading.COLOURS, Reading.VIDEOS, Reading.HEADLINES)
        return answered(talk, question, Accepted([] if several else ""))
    brief = prefill.brief(talk.session, talk.world)
    if value == SHORTER and question.id == "headline":
        proposal = card.proposed(brief)
        if not proposal:
            return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
        return answered(talk, question, Accepted(proposal))
    if value.startswith(IDEA) and question.id == "headline":
        number = value.removeprefix(IDEA)
        if not number.isdecimal() or int(number) >= len(talk.session.ideas):
            return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
        return answered(talk, question, answer.headline(talk.session.ideas[int(number)]))
    catalogue = talk.world.catalogue
    value, offered = question.unpack(catalogue, value), question.offers(catalogue)
    if question.kind is not FieldKind.CHOICES:
        return answered(talk, question, answer.chosen(question, (value,), offered))
    return _toggle(talk, question, value, to_record(getattr(brief, question.id)))


def _toggle(talk: Talk, question: Question, value: str, now: Json) -> Turn:
    """One of several on or off; the question stays, so that more can be switched."""
    wanted = {*now} ^ {value}
    verdict = answer.chosen(question, tuple(wanted), question.offers(talk.world.catalogue))
    if isinstance(verdict, Unfit):
        return ask(talk, question, card.noted(talk.voice, verdict.note, verdict.values))
    return ask(talk.answering(question.id, verdict.record), question)


def use_preset(talk: Talk, name: str) -> Turn:
    preset = PRESETS.get(name)
    filled = _preset(talk, preset) if preset else None
    if filled is None:
        return talk.toast(talk.voice.say("expired.preset"), Tone.WARNING)
    return next_step(filled.having(trail=(), asking=""))


def _preset(talk: Talk, preset: Preset) -> Talk | None:
    """With its answers; None for one that cannot be drawn here."""
    if preset.vibe not in talk.world.catalogue.vibes():
        return None
    filled = {question: to_record(value) for question, value in preset.answers.items()}
    return talk.having(answers={**talk.session.answers, **filled})


def go_on(talk: Talk, about: str) -> Turn:
    if about in ("no_person", "words"):
        return next_step(talk.having(without_person=True, words_only=about == "words", asking=""))
    if about == "two":
        return next_step(talk.answering("people", People.TWO.value).having(trail=(), asking=""))
    if about == "no_series":
        return next_step(talk.having(answers=series.left(talk.session.answers), trail=(), asking=""))
    if about == "both":
        return next_step(talk.answering("people", People.TWO.value).having(accepted_concerns=True))
    if about == "inspiration":
        return _liked(talk) if talk.session.answers.get("inspiration") else _one_up(talk)
    return next_step(talk.having(accepted_concerns=True))


def use_last_selfies(talk: Talk) -> Turn:
    """Works from any old button: without a brief in the making it begins one."""
    if not talk.world.last_selfies:
        return talk.toast(talk.voice.say("photos.none_stored"), Tone.WARNING)
    talk = with_photos(talk.drafting(), talk.world.last_selfies)
    return next_step(talk.having(asking="headline" if talk.session.asking == "headline" else ""))


def back(talk: Talk) -> Turn:
    trail = talk.session.trail[:-1]
    if trail:
        return open_details(talk, trail[-1])
    if not talk.session.trail and talk.session.asking == "selfies":
        return _ask(talk, "headline")
    return next_step(talk.having(asking="", trail=()))


def cancel(talk: Talk) -> Turn:
    voice = talk.voice
    view = NoticeView(text=voice.say("cancel.brief"), rows=rows(button(voice.say("button.new"), Run("new"))))
    waiting = talk.session.waiting
    if waiting and waiting.orders[0].options.get("draft") == talk.session.draft:
        talk = talk.having(waiting=None)
    return Turn(talk.closed().session, (view,))


# -- presses -------------------------------------------------------------------------------------------------------


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
            return open_details(talk, action.section)
        case Ask():
            question = QUESTIONS.get(action.question)
            return ask(talk, question) if question else open_details(talk, "")
        case Choose():
            return choose(talk, action.option)
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
        return next_step(talk.having(previewed=""))
    ready = talk.session.answers.get("headline") and (talk.session.photos or talk.session.without_person)
    if not ready or _concern(talk):
        return next_step(talk)
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
