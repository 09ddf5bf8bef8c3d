"""What the person said, as the transcript keeps it: the browser's own kind of line beside the views."""

from __future__ import annotations

from dataclasses import dataclass

from core.conversation.view import View
from core.domain.record import Json, from_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    text: str = ""
    pictures: tuple[str, ...] = ()
    """Asset ids."""
    refused: tuple[str, ...] = ()
    """Names of files that could not be taken; the bot's answer says why."""


Utterance = View | Said


def read_utterance(record: Json) -> Utterance:
    """The view or the person's message of a transcript line. Raises RecordError."""
    kind: type[Utterance] = Utterance  # type: ignore[assignment]  # a union is a type to the codec, not to the checker
    return from_record(kind, record)
