"""What may be wrong with the photos of a brief: asked before anything is drawn, or mentioned once."""

from __future__ import annotations

from core.conversation import prefill
from core.conversation.action import Ask, Cancel, GoOn
from core.conversation.event import Photo
from core.conversation.talk import Talk, button, rows
from core.conversation.view import Button, NoticeView, Style, Tone
from core.domain.concern import HARD, SOFT, Concern


def _best(talk: Talk) -> Photo | None:
    photos = prefill.ranked(talk.session.photos)
    return photos[0] if photos and not talk.session.without_person else None


def question(talk: Talk) -> NoticeView | None:
    """What is wrong with even the best photo, with the choice to go on."""
    best, voice, draft = _best(talk), talk.voice, talk.session.draft
    hard = [code for code in best.concerns if code in HARD] if best else []
    if not hard or talk.session.accepted_concerns:
        return None
    reasons = "; ".join(voice.say(f"concern.{code}") for code in hard)
    ways: tuple[Button, ...]
    if Concern.NO_FACE in hard:
        text = voice.say("photos.nobody_in_it")
        ways = (
            button(voice.say("button.show_photo"), GoOn(draft, "no_person"), Style.PRIMARY),
            button(voice.say("button.another_photo"), Ask(draft, "selfies")),
            button(voice.say("button.words_only"), GoOn(draft, "words")),
        )
    else:
        text = voice.say("photos.concern", reasons=reasons)
        both = [button(voice.say("button.both"), GoOn(draft, "both"))] if Concern.SECOND_FACE in hard else []
        ways = (
            button(voice.say("button.another_photo"), Ask(draft, "selfies"), Style.PRIMARY),
            *both,
            button(voice.say("button.use_anyway"), GoOn(draft, "photo")),
            button(voice.say("button.no_person"), GoOn(draft, "no_person")),
        )
    return NoticeView(
        text=text, tone=Tone.WARNING, rows=rows(*ways, button(voice.say("button.cancel"), Cancel(draft)), width=2)
    )


def remark(talk: Talk) -> str:
    """Mentioned once, with the first picture."""
    best = _best(talk)
    soft = [code for code in best.concerns if code in SOFT] if best and not talk.session.previewed else []
    reasons = "; ".join(talk.voice.say(f"concern.{code}") for code in soft)
    return talk.voice.say("photos.soft_concern", reasons=reasons) if soft else ""
