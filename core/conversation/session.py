"""The session of one person in one place: everything the conversation remembers between two events."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.conversation.effect import Order
from core.conversation.event import Photo
from core.domain.record import Json


@dataclass(frozen=True, slots=True)
class Waiting:
    """Orders of one press that lacked credits: they are placed once some were bought. Their codes are those they would
    have had, so that none is placed twice."""

    orders: tuple[Order, ...]
    until: int
    """Seconds since 1970; later nobody expects it any more."""

    @property
    def credits(self) -> int:
        return sum(one.quote.credits for one in self.orders)

    def same(self, orders: tuple[Order, ...]) -> bool:
        """Whether one of them is being placed anyway."""
        return bool({*map(_subject, self.orders)} & {*map(_subject, orders)})


def _subject(order: Order) -> tuple[str, str, str]:
    return order.kind, order.variant, str(order.options.get("draft", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Frozen; stored with a version by the store. Unknown fields of older releases are ignored when it is read."""

    draft: str = ""
    """Id of the brief being made; buttons carry it, so those of an earlier brief are recognised."""
    answers: dict[str, Json] = field(default_factory=dict)
    """Question id -> the record of an answer the person gave (or a preset gave for them)."""
    photos: tuple[Photo, ...] = ()
    without_person: bool = False
    """The person chose to go on without a face."""
    words_only: bool = False
    """... and without the photo that shows none."""
    accepted_concerns: bool = False
    asking: str = ""
    """Question that the next text answers."""
    trail: tuple[str, ...] = ()
    """Questions and sections behind the one shown, for Back."""
    typing_for: str = ""
    """Variant whose new headline the next text is."""
    edited_for: str = ""
    """Variant whose text was last typed; if the job `edited_by` could not set it, the next text is tried instead."""
    edited_by: str = ""
    changing_for: str = ""
    """Variant whose picture the next text says how to change, for the `changing_at` credits that were said."""
    changing_at: int = 0
    setting: str = ""
    """Setting that the next text answers."""
    judging: bool = False
    """The next picture is one to be scored."""
    judged: tuple[str, ...] = ()
    """Pictures that were sent to be scored last; the store knows by this that they are nobody's selfies."""
    judged_album: str = ""
    """The album they came in: what else of it arrives is to be scored too."""
    album: str = ""
    """Album still arriving; answered once it has settled."""
    previewed: str = ""
    """Fingerprint of the brief whose preview was ordered, so that nothing is previewed twice."""
    watch: str = ""
    """Link to a video that was sent and is still to be read."""
    reading: str = ""
    """Job of the errand sent last: what it brought makes way for what the next one brings."""
    ideas: tuple[str, ...] = ()
    """Headlines a reader thought of; buttons carry their numbers."""
    notes: tuple[str, ...] = ()
    """Sentences gathered while an album arrives, said with the answer to it."""
    quoted: str = ""
    """Words replied to the variant in `quoted_for`, until the person says what they are."""
    quoted_for: str = ""
    beside: str = ""
    """Slot of the card about a variant, or of a brief's details, that was the last thing said."""
    detailed: bool = False
    """The details of the brief stand below its card: nobody looks at the card any more."""
    ordered: str = ""
    """Draft whose set was ordered last, so that a second tap on its button is recognised."""
    waiting: Waiting | None = None
    """What was ordered last and lacked credits."""
    language: str = "en"
