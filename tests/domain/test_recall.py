"""What counts as read, and of which scripts anything can be said."""

import pytest

from core.domain.recall import covered, recall


@pytest.mark.parametrize(
    ("wanted", "seen", "share"),
    [
        ("I quit my job", ["I QUIT", "MY JOB"], 1.0),
        ("I quit my job", ["IQUITMYJOB"], 1.0),  # run together
        ("How I became an astronaut", ["Howl", "became an", "astronaut"], 1.0),  # a lookalike
        ("This changes everything", ["THIS CHANGES", "EVERVTHlNG"], 1.0),  # two letters of ten are lookalikes
        ("Olé, señor", ["OLE SENOR"], 1.0),
        ("Never again", ["AGAIN"], 0.5),
        ("Cat or dog", ["CUT OR DIG"], 0.25),  # nothing may be wrong in a short word
        ("我辞职了", ["我辞了"], 0.75),
        ("Never again", [], 0.0),
        ("!?", ["!?"], 0.0),
    ],
)
def test_words_are_found_as_an_eye_finds_them(wanted: str, seen: list[str], share: float) -> None:
    assert recall(wanted, seen) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ünïque Łódź 2026", True),
        ("我辞职了", True),
        ("我 QUIT 🔥", True),
        ("Почему", False),
        ("Γιατί", False),
        ("どうして", False),
        ("왜", False),
        ("لماذا", False),
        ("STOP Почему", False),
        ("2026", False),
    ],
)
def test_only_latin_and_chinese_are_told_of(text: str, told: bool) -> None:
    assert covered(text) is told
