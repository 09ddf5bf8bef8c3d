"""A wallet as a page of Python that knows no SQL: lots that end each by itself, what was bought, and what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class Lot:
    """Days are whole numbers; a month ends half-way through its last day, a returned grant after 7 full days."""

    until: float
    credits: int
    """What it comes to: fewer once money goes back."""
    granted: bool = False
    """It was given back after its own month had ended."""
    used: int = 0
    """Held or spent."""

    @property
    def owed(self) -> int:
        return max(0, self.used - self.credits)

    def left(self, today: int) -> int:
        return max(0, self.credits - self.used) if self.until > today else 0


Parts = Sequence[tuple[Lot, int]]


def pile(lots: Iterable[Lot], today: int, *, granted: bool) -> int:
    return sum(one.left(today) for one in lots if one.granted is granted)


def draw(lots: Iterable[Lot], credits_: int, today: int) -> Parts:
    """Months first, then what was given back, of each what ends first; fewer if there are not as many."""
    parts = []
    for one in sorted(lots, key=lambda lot: (lot.granted, lot.until)):
        part = min(credits_, one.left(today))
        credits_ -= part
        one.used += part
        if part:
            parts.append((one, part))
    return parts


@dataclass
class Held:
    parts: Parts
    purchased: int

    @property
    def total(self) -> int:
        return self.purchased + sum(part for _, part in self.parts)


@dataclass
class Purse:
    today: int = 0
    lots: list[Lot] = field(default_factory=list)
    purchased: int = 0
    debt: int = 0
    holds: dict[str, Held] = field(default_factory=dict)

    @property
    def monthly(self) -> int:
        return pile(self.lots, self.today, granted=False)

    @property
    def granted(self) -> int:
        return pile(self.lots, self.today, granted=True)

    @property
    def spendable(self) -> int:
        return self.monthly + self.granted + self.purchased

    def put(self, credits_: int) -> None:
        repaid = min(self.debt, credits_)
        self.debt -= repaid
        self.purchased += credits_ - repaid

    def take(self, credits_: int) -> None:
        taken = min(self.purchased, credits_)
        self.purchased -= taken
        self.debt += credits_ - taken

    def refusal(self, credits_: int) -> str | None:
        if self.debt:
            return "TF403"
        return "TF402" if self.spendable < credits_ else None

    def set(self, lot: Lot, credits_: int) -> int:
        """To so many credits; by how much more there is, what is owed taken off."""
        left, owed = lot.left(self.today), lot.owed
        lot.credits = credits_
        owes = lot.owed - owed
        (self.take if owes > 0 else self.put)(abs(owes))
        return lot.left(self.today) - left - owes

    def hold(self, name: str, credits_: int) -> None:
        parts = draw(self.lots, credits_, self.today)
        purchased = credits_ - sum(part for _, part in parts)
        self.purchased -= purchased
        self.holds[name] = Held(parts, purchased)

    def settle(self, name: str, captured: int) -> None:
        """What comes back goes first to what was bought, and pays what is owed of its lot."""
        one = self.holds.pop(name)
        back = one.total - captured
        purchased = min(back, one.purchased)
        back -= purchased
        self.purchased += purchased
        renewed = freed = 0
        for lot, taken in reversed(one.parts):
            part = min(back, taken)
            back -= part
            owed = min(part, lot.owed)
            freed += owed
            lot.used -= owed
            if lot.until > self.today:
                lot.used -= part - owed
            else:
                renewed += part - owed
        if renewed:
            self.lots.append(Lot(self.today + 7, renewed, granted=True))
        self.put(freed)

    def take_in(self, other: Purse) -> None:
        """Everything of somebody who holds nothing; each lot keeps its end."""
        self.lots += other.lots
        self.debt += other.debt
        self.purchased += other.purchased
        repaid = min(self.debt, self.purchased)
        self.debt -= repaid
        self.purchased -= repaid
