"""Commands: what the one table comes to when a person calls one, asks its form, or types into one of its options."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bots.discord.form import Choice, Field, Form, Pictures, Words
from bots.discord.incoming import Called, Handed, Typing
from core.conversation import menu, texts
from core.conversation.action import Run
from core.conversation.answer import HEADLINE_KEPT_LENGTH
from core.conversation.command import COMMANDS, ON_PICTURES, Command, Parameter, Takes, known
from core.conversation.event import CommandSent, Event
from core.conversation.menu import Completion
from core.conversation.script import OWN, QUESTIONS, Question
from core.conversation.texts import Speaker
from core.conversation.view import FieldKind, NoticeView, Option, Tone
from core.domain.brief import MAX_SELFIES
from core.domain.model import Catalogue
from core.services.desk import Envelope

FALLBACK = texts.speaker(texts.FALLBACK)
"""Discord calls a command by the name it has without a language."""

_ARGUMENTS = frozenset({Takes.WORDS, Takes.VARIANT, Takes.JOB})

Complete = Callable[[Envelope, Parameter, str], Awaitable[Sequence[Completion]]]


@dataclass(frozen=True, slots=True)
class Commands:
    """`catalogue`: as it was last read; `complete` looks up what a person may mean."""

    catalogue: Callable[[], Catalogue]
    lookup: Complete

    def call(self, called: Called, envelope: Envelope) -> Event | Handed | Form | NoticeView:
        """What it comes to; a notice answers it at once. A name of another release is the engine's to explain."""
        voice = texts.speaker(envelope.language)
        if called.on_message:
            return _on_message(called, voice)
        command = COMMANDS.get(known(called.name))
        if command is None:
            return CommandSent(name=called.name)
        return self._form(command, voice) if command.form else _said(command, called)

    async def complete(self, typing: Typing, envelope: Envelope) -> Sequence[Completion]:
        command = COMMANDS.get(known(typing.name))
        wanted = next((one for one in command.parameters if one.name == typing.option), None) if command else None
        return await self.lookup(envelope, wanted, typing.typed) if wanted else ()

    def _form(self, command: Command, voice: Speaker) -> Form:
        fields = tuple(_field(QUESTIONS[name], voice, self.catalogue()) for name in command.form)
        return Form(Run(command.name).pack(), voice.say(command.description), fields)


def _field(question: Question, voice: Speaker, catalogue: Catalogue) -> Field:
    """Nothing but the headline must be filled in: what is missing is asked, or has a default."""
    label, hint = menu.asked(voice, question.id)
    match question.kind:
        case FieldKind.PHOTOS:
            return Pictures(id=question.id, label=label, hint=hint, most=MAX_SELFIES, required=False)
        case FieldKind.CHOICE | FieldKind.CHOICES:
            options = menu.choices(voice, question.id, catalogue)
            if question.open:
                options = (*options, Option(voice.say("form.own_size"), OWN, ""))
            return Choice(id=question.id, label=label, hint=hint, options=options, required=False)
        case FieldKind.CHANNELS | FieldKind.ROLES:
            raise ValueError(f"{question.id}: no question of a brief lists what is Discord's")
        case FieldKind.TEXT:
            needed = not question.optional
            most = HEADLINE_KEPT_LENGTH if needed else 1000
            return Words(id=question.id, label=label, hint=hint, lines=not needed, most=most, required=needed)


def _said(command: Command, called: Called) -> Event | Handed:
    given = {one: str(called.options[one.name]) for one in command.parameters if one.name in called.options}
    words = " ".join(value for one, value in given.items() if one.takes in _ARGUMENTS)
    answers = {one.answers: value for one, value in given.items() if one.takes in (Takes.PRESET, Takes.ANSWER)}
    files = tuple(called.uploads.values())
    if files and command.name in ON_PICTURES:
        return Handed(files=files, command=command.name)
    if files or answers:
        return Handed(files=files, caption=words, answers=answers, anew=True, recall=not files)
    return CommandSent(name=command.name, argument=words)


def _on_message(called: Called, voice: Speaker) -> Event | Handed | NoticeView:
    entries = {menu.entry(FALLBACK, row): row.name for row in COMMANDS.values() if row.on_message}
    name = entries.get(called.name, called.name)
    if not called.variants:
        if name not in ON_PICTURES:
            return NoticeView(text=voice.say("menu.none"), tone=Tone.WARNING)
        if not called.files:
            return NoticeView(text=voice.say("menu.nothing"), tone=Tone.WARNING)
        return Handed(files=called.files[:1], command=name)
    first, *others = called.variants
    return CommandSent(name=name, variants=called.variants) if others else CommandSent(name=name, argument=first)
