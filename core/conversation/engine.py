"""The engine: one event and a session in, one turn out. Pure: same session, event and world, equal turn.

A wrong answer is the same question with a note, a button nobody can use any more a sentence with a way on; nothing a
person does raises.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from core.conversation import (
    card,
    draft,
    guild,
    home,
    job,
    payment,
    plan,
    reading,
    refinement,
    retouch,
    rewording,
    scoring,
    setting,
    voucher,
)
from core.conversation.action import (
    Action,
    Again,
    AltText,
    Ask,
    Back,
    BeforeAfter,
    BestThree,
    Cancel,
    CancelJob,
    ChangeVibe,
    Choose,
    Delete,
    DownloadAll,
    EditText,
    FeedPreview,
    Generate,
    GetFile,
    GoOn,
    Info,
    OpenDetails,
    OpenVariant,
    OtherSize,
    Pin,
    Preview,
    Read,
    Reroll,
    Restyle,
    Retouch,
    Rule,
    Run,
    SameLook,
    Score,
    Set,
    Share,
    Undo,
    Upscale,
    UseLastSelfies,
    UsePreset,
)
from core.conversation.command import ADMIN, COMMANDS, ON_VARIANTS, known
from core.conversation.draft import DraftAction
from core.conversation.event import (
    AlbumSettled,
    CommandSent,
    CreditsMoved,
    Event,
    FormSent,
    HasRead,
    PhotoRefused,
    PhotosSent,
    PlanStalled,
    Pressed,
    Started,
    TextSent,
)
from core.conversation.job import JobAction
from core.conversation.order import set_code
from core.conversation.refinement import VariantAction
from core.conversation.rework import CHOICE
from core.conversation.script import Section
from core.conversation.session import Session
from core.conversation.setting import SETTINGS
from core.conversation.talk import Talk
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, Tone
from core.conversation.world import Need, World
from core.domain.errand import Errand
from core.domain.job import JobStatus

_ON_DRAFT = (Generate, Preview, OpenDetails, Ask, Choose, UsePreset, UseLastSelfies, Read, GoOn, Back, Cancel)
_ON_VARIANT = (
    OpenVariant,
    EditText,
    ChangeVibe,
    Reroll,
    Retouch,
    Restyle,
    Upscale,
    OtherSize,
    GetFile,
    FeedPreview,
    Score,
    Info,
    Share,
    AltText,
    Pin,
    SameLook,
    Undo,
    BeforeAfter,
    Delete,
)
_ON_JOB = (CancelJob, Again, DownloadAll, BestThree)


# -- what the service loads first ----------------------------------------------------------------------------------


def needs(session: Session, event: Event) -> frozenset[Need]:
    """What the world must bring for this event beyond profile, settings and wallet."""
    found: set[Need] = set()
    if variant_of(session, event):
        found.add(Need.VARIANT)
    if job_of(session, event):
        found.add(Need.JOB)
    if isinstance(event, Pressed) and isinstance(event.action, Rule):
        found.add(Need.GIVEABLE)
    if isinstance(event, CommandSent) and event.name == ADMIN:
        found.add(Need.ADMIN)
    if isinstance(event, PlanStalled):
        found.add(Need.SUBSCRIPTIONS)
    command = _command_of(event)
    if command in COMMANDS:
        found |= COMMANDS[command].needs
    if command in ON_VARIANTS and not variant_of(session, event):
        found = {Need.GALLERY if command == "score" else Need.LATEST}
    recalls = isinstance(event, PhotosSent) and event.recall
    if recalls or not (session.photos or found):
        found.add(Need.LAST_SELFIES)
    return frozenset(found)


def variant_of(session: Session, event: Event) -> str:
    """Code of the variant an event is about; empty: none."""
    match event:
        case Pressed(action=action) if isinstance(action, _ON_VARIANT):
            return action.variant
        case HasRead(variant=code):
            return code
        case TextSent() if session.typing_for:
            return session.typing_for
        case TextSent(variant=code):
            return code or session.changing_for or session.edited_for
        case CommandSent(name=name, argument=argument, variants=variants) if name in ON_VARIANTS:
            return argument.strip().upper() or (variants[0] if len(variants) == 1 else "")
        case Pressed(action=Run(command=name, argument=argument)) if name in ON_VARIANTS:
            return argument
        case _:
            return ""


def job_of(session: Session, event: Event) -> str:
    """Code of the job an event is about. A button of an earlier draft is about the set that draft became."""
    if isinstance(event, TextSent) and not event.variant:
        return session.edited_by
    if isinstance(event, CommandSent) and known(event.name) == "cancel":
        return event.argument.strip().upper()
    if not isinstance(event, Pressed):
        return ""
    action = event.action
    if isinstance(action, _ON_JOB):
        return action.job
    if isinstance(action, _ON_DRAFT) and action.draft and action.draft != session.draft:
        return set_code(action.draft)
    return ""


def page_of(event: Event) -> int:
    """The page of a listing that is asked for, from 0."""
    match event:
        case Pressed(action=Run(argument=argument)) | CommandSent(argument=argument):
            return int(argument) if argument.isascii() and argument.isdecimal() and len(argument) < 6 else 0
        case _:
            return 0


def _command_of(event: Event) -> str:
    match event:
        case Started():
            return "redeem" if voucher.entered(event) else "start"
        case CommandSent(name=name) | Pressed(action=Run(command=name)):
            return known(name)
        case _:
            return ""


# -- the turn ------------------------------------------------------------------------------------------------------


def advance(session: Session, event: Event, world: World) -> Turn:
    """The next session, what to show and what to have done."""
    talk = Talk.begin(session, world)
    if closed := _closed(talk, event):
        return Turn(session, toast=closed)
    turn = _carded(_beside(_advance(talk, event), event, session), event, session)
    return _below(turn, event) if turn.session.draft == session.draft else _left(_below(turn, event), session.draft)


def _below(turn: Turn, event: Event) -> Turn:
    """Whoever presses looks at the card, which changes where it stands; whoever writes, or opens something by its name
    alone (a menu does), looks below."""
    views = (
        replace(view, retires=tuple(dict.fromkeys((*view.retires, view.slot))))
        if view.slot and _asks_anew(event, view.slot)
        else view
        for view in turn.views
    )
    return replace(turn, views=tuple(views))


def _asks_anew(event: Event, slot: str) -> bool:
    match event:
        case Pressed(action=Run(command=name, argument="")):
            return known(name) == slot
        case Pressed() | FormSent() | HasRead(errand=Errand.ALT):
            return False
        case _:
            return True


def _beside(turn: Turn, event: Event, session: Session) -> Turn:
    """A card about a variant, and the details of a brief, change where they stand as long as they were the last thing
    said or are themselves what was pressed; else they come anew, below, where whoever pressed is looking. `session`: as
    it was before."""
    if not turn.views:
        return turn
    view = turn.views[-1]
    about = view.slot if view.slot.startswith((CHOICE, card.DETAILS)) else ""
    pressed = about.startswith(card.DETAILS) and _in_details(event, session)
    if about and about != session.beside and not pressed:
        view = replace(view, retires=tuple(dict.fromkeys((*view.retires, about))))
    return replace(turn, session=replace(turn.session, beside=about), views=(*turn.views[:-1], view))


def _carded(turn: Turn, event: Event, session: Session) -> Turn:
    """The card of a brief changes where it stands only for who pressed something on it; any other answer that makes it
    anew comes below, and whatever stands of the brief loses its buttons."""
    draft = turn.session.draft
    slot, details = card.card_slot(draft), card.details_slot(draft)
    slots = [view.slot for view in turn.views]
    views = turn.views
    if slot in slots and (session.detailed or not _on_card(event)):
        views = tuple(
            replace(view, retires=tuple(dict.fromkeys((*view.retires, slot, details)))) if view.slot == slot else view
            for view in views
        )
    detailed = draft == session.draft and session.detailed
    detailed = bool(draft) and slot not in slots and (details in slots or detailed)
    return replace(turn, session=replace(turn.session, detailed=detailed), views=views)


def _on_card(event: Event) -> bool:
    """Whether what was pressed makes the card anew and is found on it."""
    match event:
        case Pressed(action=UsePreset() | GoOn(about="two" | "no_series")):
            return True
        case _:
            return False


def _in_details(event: Event, session: Session) -> bool:
    """Whether what was pressed is a button that only the details have; what is chosen and gone back from may also be an
    opening question, while nothing of the details is open."""
    match event:
        case Pressed(action=OpenDetails(section=name)):
            return name in list(Section)
        case Pressed(action=Choose() | Back()):
            return bool(session.trail)
        case _:
            return False


def _left(turn: Turn, draft: str) -> Turn:
    """A brief that is no longer in the making leaves no buttons behind."""
    if not draft or not turn.views:
        return turn
    first, *others = turn.views
    cards = (card.card_slot(draft), card.details_slot(draft))
    return replace(turn, views=(replace(first, retires=(*first.retires, *cards)), *others))


def _advance(talk: Talk, event: Event) -> Turn:
    match event:
        case Started():
            return home.started(talk) if voucher.entered(event) else home.command(talk, "start")
        case CommandSent():
            return home.command(talk, event.name, event.argument, event.variants)
        case PhotosSent():
            return _photos(talk, event)
        case PhotoRefused():
            return draft.photo_refused(talk, event)
        case TextSent():
            return _text(talk, event)
        case FormSent():
            return _form(talk, event)
        case Pressed():
            return _pressed(talk, event.action)
        case AlbumSettled() | HasRead() | CreditsMoved() | PlanStalled():
            return _followed(talk, event)
        case _:
            assert_never(event)


def _followed(talk: Talk, event: AlbumSettled | HasRead | CreditsMoved | PlanStalled) -> Turn:
    """Something that nobody did just now comes of what they did before."""
    match event:
        case AlbumSettled():
            return draft.album_settled(talk, event.album)
        case HasRead():
            return reading.returned(talk, event)
        case CreditsMoved():
            return payment.moved(talk, event.credits, event.receipt)
        case PlanStalled():
            return plan.stalled(talk)


def _closed(talk: Talk, event: Event) -> NoticeView | None:
    world = talk.world
    return guild.closed(talk.voice, world.member, world.guild.rules, event, talk.session) if world.member else None


def _form(talk: Talk, event: FormSent) -> Turn:
    """Answers belong to a brief, or are about the server."""
    if not event.draft and event.question in guild.ROWS:
        return guild.chosen(talk, event)
    return draft.form_sent(talk, event)


def _photos(talk: Talk, event: PhotosSent) -> Turn:
    if not (event.photos or event.answers or event.anew):
        return _text(talk, TextSent(text=event.caption))
    if event.photos and scoring.meant(talk, event):
        return scoring.sent(talk, event)
    if talk.session.setting == "logo" and not event.caption.strip():
        return setting.logo_sent(talk, event)
    if talk.session.asking == "inspiration" and not (event.caption.strip() or event.answers or event.anew):
        return draft.inspiration_sent(talk, event)
    return draft.photos_sent(talk, event)


def _text(talk: Talk, event: TextSent) -> Turn:
    """Words go to whoever asked for some last; unasked ones are a headline."""
    session = talk.session
    if session.typing_for:
        return rewording.retyped(talk, event.text)
    if event.variant:
        return retouch.replied(talk, event.text)
    if event.variants:
        return retouch.replied_to_several(talk, event.text, event.variants)
    if session.changing_for:
        return retouch.described(talk, event.text)
    edit = talk.world.job if session.edited_by else None
    if edit is not None and edit.status is JobStatus.FAILED:
        return rewording.retyped(talk, event.text)
    if session.setting in SETTINGS:
        return setting.typed(talk, event.text)
    return draft.text_sent(talk.briefing(), event.text)


def _pressed(talk: Talk, action: Action) -> Turn:
    if talk.world.foreign:
        return talk.toast(talk.voice.say("expired.foreign"), Tone.WARNING)
    if isinstance(action, DraftAction):
        if talk.world.group and action.draft != talk.session.draft and not talk.owns(action.draft):
            return talk.toast(talk.voice.say("expired.foreign"), Tone.WARNING)
        return draft.pressed(talk, action)
    if isinstance(action, VariantAction):
        return refinement.pressed(talk, action)
    if isinstance(action, JobAction):
        return job.pressed(talk, action)
    match action:
        case Run():
            return home.command(talk, action.command, action.argument)
        case Set():
            return setting.pressed(talk, action)
        case Rule():
            return guild.pressed(talk, action)
        case _:
            return home.expired(talk)
