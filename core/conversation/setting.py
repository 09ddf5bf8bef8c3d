"""Settings: what /settings keeps for every later brief."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.conversation import answer, card
from core.conversation.action import Run, Set
from core.conversation.answer import Accepted, Unfit, Verdict
from core.conversation.effect import SaveSettings
from core.conversation.event import PhotosSent
from core.conversation.script import NONE, QUESTIONS
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import languages, speaker
from core.conversation.turn import Turn
from core.conversation.view import Fact, FieldKind, FormView, NoticeView, Option, TextView, Tone
from core.domain import typeface
from core.domain.brief import Brief
from core.domain.format import Quality
from core.domain.model import Catalogue
from core.domain.record import Json, to_record

SLOT = "settings"
BACK = "back"
"""To the overview where the card stands; asked for by its name alone it comes anew."""
SIGNATURE_LENGTH = 40
PAGE, ONE_PAGE = "page", 12
"""`page<number>` as a setting's value: the choices from there on, where there are more than a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting that is a field of Brief carries that field's name, so that it fills it."""

    id: str
    kind: FieldKind
    offers: Callable[[Catalogue], tuple[str, ...]]
    label: Callable[[Talk, str], str]
    read: Callable[[str], Verdict] | None = None
    """For what is answered in words."""


def _nothing(_: Catalogue) -> tuple[str, ...]:
    return ()


def _as_question(name: str) -> Callable[[Talk, str], str]:
    return lambda talk, value: card.label(talk.voice, name, value)


def _as_typed(_: Talk, value: str) -> str:
    return value


def _signature(text: str) -> Verdict:
    line = answer.clean(text)
    if not line:
        return Unfit("empty")
    return Accepted(line) if len(line) <= SIGNATURE_LENGTH else Unfit("signature_long", {"most": SIGNATURE_LENGTH})


def _colours(text: str) -> Verdict:
    return answer.typed(QUESTIONS["brand_colours"], text, ())


SETTINGS: dict[str, Setting] = {
    row.id: row
    for row in (
        Setting(
            id="language",
            kind=FieldKind.CHOICE,
            offers=lambda _: languages(),
            label=lambda _, value: speaker(value).say("language"),
        ),
        Setting(id="format", kind=FieldKind.CHOICE, offers=QUESTIONS["format"].offers, label=_as_question("format")),
        Setting(id="vibe", kind=FieldKind.CHOICE, offers=QUESTIONS["vibe"].offers, label=_as_question("vibe")),
        Setting(id="quality", kind=FieldKind.CHOICE, offers=lambda _: tuple(Quality), label=_as_question("quality")),
        Setting(id="brand_colours", kind=FieldKind.TEXT, offers=_nothing, label=_as_typed, read=_colours),
        Setting(
            id="logo",
            kind=FieldKind.PHOTOS,
            offers=_nothing,
            label=lambda talk, _: talk.voice.say("settings.logo_set"),
        ),
        Setting(
            id="brand_font",
            kind=FieldKind.CHOICE,
            offers=lambda _: tuple(typeface.NAMES),
            label=lambda _, value: typeface.name(value),
        ),
        Setting(id="signature", kind=FieldKind.TEXT, offers=_nothing, label=_as_typed, read=_signature),
        Setting(
            id="notifications",
            kind=FieldKind.CHOICE,
            offers=lambda _: ("on", "off"),
            label=lambda talk, value: talk.voice.say(f"settings.switch.{value}"),
        ),
    )
}


def overview(talk: Talk, note: str = "") -> TextView:
    voice = talk.voice
    facts = tuple(Fact(name=voice.say(f"setting.{row.id}.name"), value=_spoken(talk, row)) for row in SETTINGS.values())
    buttons = [button(voice.say(f"setting.{row.id}.name"), Set(row.id)) for row in SETTINGS.values()]
    return TextView(
        title=voice.say("settings.title"),
        text=note,
        facts=facts,
        rows=rows(*buttons, width=2),
        slot=SLOT,
    )


def _default(talk: Talk, row: Setting) -> str:
    """What holds while nothing is chosen; empty: nothing does."""
    plain = {**to_record(Brief()), "language": talk.voice.language, "notifications": "on"}
    value = plain.get(row.id)
    return row.label(talk, value) if row.kind is FieldKind.CHOICE and isinstance(value, str) else ""


def _spoken(talk: Talk, row: Setting) -> str:
    record: Json = talk.world.settings.get(row.id)
    if not record:
        default = _default(talk, row)
        return talk.voice.say("settings.default", value=default) if default else talk.voice.say("settings.unset")
    if isinstance(record, list):
        return ", ".join(map(str, record))
    return row.label(talk, str(record))


def pressed(talk: Talk, action: Set) -> Turn:
    row = SETTINGS.get(action.setting)
    if row is None:
        return Turn(talk.session, (overview(talk),))
    if not action.value:
        return asked(talk, row)
    if action.value == NONE:
        return saved(talk, row, [] if row.id == "brand_colours" else "")
    if action.value in row.offers(talk.world.catalogue):
        return saved(talk, row, action.value)
    if (number := action.value.removeprefix(PAGE)).isdecimal():
        return asked(talk, row, page=int(number))
    return asked(talk, row, card.noted(talk.voice, "gone", {}))


def asked(talk: Talk, row: Setting, note: str = "", page: int = 0) -> Turn:
    voice, offers = talk.voice, row.offers(talk.world.catalogue)
    pages = -(-len(offers) // ONE_PAGE) if row.kind is FieldKind.CHOICE else 1
    first = page % max(1, pages) * ONE_PAGE
    talk = talk.unasked().having(setting=row.id)
    now = str(talk.world.settings.get(row.id, ""))
    options = [
        Option(row.label(talk, value), value, Set(row.id, value).pack(), value == now)
        for value in offers[first : first + ONE_PAGE]
    ]
    if row.id not in ("language", "notifications"):
        options.append(Option(voice.say("option.none"), NONE, Set(row.id, NONE).pack(), not now))
    form = FormView(
        draft="",
        question=row.id,
        kind=row.kind,
        text=voice.say(f"setting.{row.id}.ask"),
        note=note,
        hint=voice.say("details.now", answer=_spoken(talk, row)),
        options=tuple(options),
        rows=rows(
            *([button(voice.say("button.more"), Set(row.id, f"{PAGE}{page + 1}"))] if pages > 1 else []),
            button(voice.say("button.back"), Run("settings", BACK)),
            button(voice.say("button.cancel"), Run("cancel")),
        ),
        slot=SLOT,
    )
    return Turn(talk.session, (form,))


def typed(talk: Talk, text: str) -> Turn:
    """Words while a setting is asked for."""
    row = SETTINGS[talk.session.setting]
    if row.read is None:
        wanted = answer.clean(text).casefold()
        for value in row.offers(talk.world.catalogue):
            if wanted in (value.casefold(), row.label(talk, value).casefold()):
                return saved(talk, row, value)
        return asked(talk, row, card.noted(talk.voice, "send_logo" if row.id == "logo" else "choose", {}))
    verdict = row.read(text)
    if isinstance(verdict, Unfit):
        return asked(talk, row, card.noted(talk.voice, verdict.note, verdict.values))
    return saved(talk, row, verdict.record)


def logo_sent(talk: Talk, event: PhotosSent) -> Turn:
    """The next picture after the question is the logo. (One with a caption is a selfie with its headline.)"""
    turn = saved(talk, SETTINGS["logo"], event.photos[0].asset)
    if len(event.photos) > 1:
        note = NoticeView(text=talk.voice.say("note.one_logo"), tone=Tone.WARNING)
        return replace(turn, views=(*turn.views, note))
    return turn


def saved(talk: Talk, row: Setting, record: Json) -> Turn:
    """Kept, and shown among the others; a new language answers in itself."""
    values = {row.id: record}
    world = replace(talk.world, settings={**talk.world.settings, **values})
    session = replace(talk.session, setting="")
    after = Talk.begin(session, world)
    name = after.voice.say(f"setting.{row.id}.name")
    note = after.voice.say("settings.saved", name=name, value=_spoken(after, row))
    return Turn(session, (overview(after, note),), (SaveSettings(values=values),))


def home(talk: Talk) -> Turn:
    return Turn(talk.unasked().session, (overview(talk),))


def stop(talk: Talk) -> Turn:
    text = talk.voice.say("cancel.setting")
    way_on = rows(button(talk.voice.say("button.settings"), Run("settings", BACK)))
    return Turn(talk.unasked().session, (NoticeView(text=text, rows=way_on, slot=SLOT),))
