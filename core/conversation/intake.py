"""What comes into a brief: photos, words, series, presets and answers, each read into the conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.conversation import answer, card, prefill
from core.conversation.answer import Accepted, Unfit, Verdict
from core.conversation.event import Photo
from core.conversation.script import QUESTIONS, Question
from core.conversation.talk import Talk
from core.domain import series
from core.domain.brief import MAX_INSPIRATIONS, MAX_SELFIES
from core.domain.preset import PRESETS, Preset
from core.domain.record import to_record
from core.domain.video import address, video_link, without_video_link


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
        after = noting(after, talk.voice.say("note.too_many_photos", most=MAX_SELFIES))
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
        talk = noting(talk, card.noted(talk.voice, verdict.note, verdict.values))
    if len(lines) > 1:
        below = " ".join(lines[1:])
        fits = answer.typed(QUESTIONS["subtext"], below, ())
        if isinstance(fits, Accepted):
            return talk.answering("subtext", fits.record)
        talk = noting(_with_message(talk, below), talk.voice.say("note.message_kept"))
    return talk


def _in_series(talk: Talk, code: str) -> Talk:
    """With all that a series' code says; one that cannot be read is only said, for it came with a picture."""
    found = series.decode(code)
    if isinstance(found, series.Fault):
        return noting(talk, talk.voice.say(f"series.{found}"))
    answers = {**talk.session.answers, **found.answers, "series": found.code}
    return noting(talk.having(answers=answers), card.noted(talk.voice, "series", {"code": found.code}))


def with_answers(talk: Talk, answers: Mapping[str, str]) -> Talk:
    """What came along with the pictures; what does not fit is said, and asked for nowhere: a default stands for it."""
    if "preset" in answers:
        # First, so that what was chosen beside it stands.
        talk = _named_preset(talk, answers["preset"])
    for name, value in answers.items():
        question = QUESTIONS.get(name)
        if question is None:
            continue  # a form of another release
        verdict = _read_answer(talk, question, value)
        if isinstance(verdict, Accepted):
            talk = talk.answering(name, verdict.record)
        if verdict.note:
            talk = noting(talk, card.noted(talk.voice, verdict.note, verdict.values))
    return talk


def _read_answer(talk: Talk, question: Question, value: str) -> Verdict:
    """An option, by its value or in words, or what the question takes besides."""
    catalogue = talk.world.catalogue
    offered = question.offers(catalogue)
    if value in offered:
        return answer.chosen(question, (value,), offered)
    labels = [(one, card.named(talk.voice, question.id, one, catalogue)) for one in offered]
    return answer.typed(question, value, labels)


def _named_preset(talk: Talk, name: str) -> Talk:
    """By its id or its words."""
    wanted = name.strip().casefold()
    for preset in PRESETS.values():
        if wanted in (preset.id, talk.voice.say(f"preset.{preset.id}").casefold()):
            return with_preset(talk, preset) or noting(talk, talk.voice.say("expired.preset"))
    return noting(talk, card.noted(talk.voice, "preset", {"name": answer.clean(name)[: card.SHOWN_LENGTH]}))


def with_preset(talk: Talk, preset: Preset) -> Talk | None:
    """With its answers; None for one that cannot be drawn here."""
    if preset.vibe not in talk.world.catalogue.vibes():
        return None
    filled = {question: to_record(value) for question, value in preset.answers.items()}
    return talk.having(answers={**talk.session.answers, **filled})


def _with_message(talk: Talk, text: str) -> Talk:
    known = str(talk.session.answers.get("title", ""))
    message = answer.clean(text)
    joined = known if message in known else f"{known} {message}".strip()
    return talk.answering("title", joined[: answer.WORDS_LENGTH])


def noting(talk: Talk, note: str) -> Talk:
    return talk if note in talk.session.notes else talk.having(notes=(*talk.session.notes, note))


def liking(talk: Talk, more: Sequence[str]) -> Talk:
    """Added to what is liked already."""
    known = [str(one) for one in talk.session.answers.get("inspiration") or ()]
    liked = list(dict.fromkeys((*known, *more)))
    after = talk.answering("inspiration", liked[:MAX_INSPIRATIONS])
    return noting(after, talk.voice.say("note.too_many_inspirations")) if len(liked) > MAX_INSPIRATIONS else after
