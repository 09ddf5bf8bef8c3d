"""Every sentence exists, is used, and gets what it asks for."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import core.conversation
from core.conversation.command import COMMANDS, Group
from core.conversation.draft import REFUSALS
from core.conversation.guild import ROWS as RULES
from core.conversation.join import PLATFORMS
from core.conversation.listing import MOVEMENTS
from core.conversation.payment import SIGNED
from core.conversation.plan import RUNNING
from core.conversation.present import KNOWN_AS
from core.conversation.script import QUESTIONS, Section
from core.conversation.setting import SETTINGS
from core.conversation.texts import PLURALS, languages, speaker
from core.conversation.typography import GROUPS
from core.conversation.world import Limit
from core.domain.advice import Ailment
from core.domain.alarm import Level
from core.domain.brief import AUTO_MODEL, FileType, Vibe
from core.domain.concern import Concern
from core.domain.door import Door
from core.domain.errand import Errand
from core.domain.format import FORMATS
from core.domain.guild import Closed, Payer, Unpaid
from core.domain.identity import Bar
from core.domain.job import Failure, JobKind, JobStatus, Stage
from core.domain.model import Origin
from core.domain.payment import Cause
from core.domain.plan import PLANS
from core.domain.preset import PRESETS
from core.domain.prompt import Touch
from core.domain.restyle import Shadow
from core.domain.score import DARK, LIGHT, Check, Grade, Measure, remedy
from core.domain.series import Fault
from core.domain.subscription import Status
from core.domain.team import SeatBar
from core.domain.voucher import VoucherBar
from core.providers.error import Reason as ProviderReason
from core.routing.route import Reason as Routed
from core.vision.identity import Likeness, Reason
from core.vision.upload import Refusal
from tests.conversation.building import WITH_PAID

ROOM = Path(core.conversation.__file__).parent
PLURAL_ENDINGS = {"one", "few", "many", "other"}

RESULTS = {
    JobKind.EDIT_TEXT,
    JobKind.RESTYLE,
    JobKind.CHANGE_VIBE,
    JobKind.REROLL,
    JobKind.EDIT_PROMPT,
    JobKind.UPSCALE,
    JobKind.RESIZE,
    JobKind.ALL_SIZES,
    JobKind.DOWNLOAD_ALL,
    JobKind.BEST_THREE,
    JobKind.EXPORT,
}
WORKING = set(JobKind) - {JobKind.PREVIEW, JobKind.SET}


def _options() -> Iterator[str]:
    plain = {"variants", "format", "extra_formats", "reserve_overlays", "fixed_seed", "search", "every_word"}
    for question in QUESTIONS.values():
        if question.id == "vibe":
            yield from (f"option.vibe.{vibe}" for vibe in Vibe)
        elif question.id == "file_type":
            yield from (f"option.file_type.{kind}" for kind in FileType)  # a finished variant has more of them
        elif question.id == "word_cap":
            yield "option.word_cap.0"
        elif question.id == "model":
            yield f"option.model.{AUTO_MODEL}"
        elif question.id not in plain:
            yield from (f"option.{question.id}.{value}" for value in question.offers(WITH_PAID))


_ABOUT = {Measure.CONTRAST: (LIGHT, DARK), Measure.OVERLAYS: ("words.badge", "face.badge")}
REMEDIES = {
    found.key
    for measure in Measure
    for about in _ABOUT.get(measure, ("",))
    for words in (1, 5)
    if (found := remedy(Check(measure, 1.0, 2.0, Grade.POOR, about), words, 1280))
}

FAMILIES: dict[str, set[str]] = {
    "alarm.pool.": {f"alarm.pool.{level}" for level in Level},
    "summary.label.": {f"summary.label.{name}" for name in ("jobs", "credits", "costs", "revenue", "alerts")},
    "help.": {f"help.{group}" for group in Group},
    "button.": {f"button.{name}" for name in ("new", "help", "gallery", "jobs", "plans", "export", "delete_me")},
    "kind.": {f"kind.{kind}" for kind in JobKind},
    "command.": {row.description for row in COMMANDS.values()},
    "menu.": {f"menu.{row.name}" for row in COMMANDS.values() if row.on_message},
    "parameter.": {f"parameter.{one.name}" for row in COMMANDS.values() for one in row.parameters},
    "status.": {f"status.{status}" for status in JobStatus if status.ended},
    "stage.": {f"stage.{stage}" for stage in Stage},
    "movement.": {f"movement.{kind}" for kind in MOVEMENTS},
    "plan.": {f"plan.{plan}" for plan in PLANS},
    "plans.": {f"plans.{status}" for status in (*RUNNING, Status.CANCELLED)},
    "plans.leave.": {"plans.leave.stripe", "plans.leave.stars", "plans.leave.discord"},
    "plans.best.": {f"plans.best.{plan.best}" for plan in PLANS.values()},
    "door.": {f"door.{door}" for door in Door},
    "claim.": {f"claim.{cause}" for cause in Cause if cause is not Cause.PAID},
    "money.": {f"money.{currency}" for currency in SIGNED},
    "platform.": {f"platform.{name}" for name in (*PLATFORMS, "other")},
    "link.bar.": {f"link.bar.{bar}" for bar in Bar},
    "team.bar.": {f"team.bar.{bar}" for bar in SeatBar},
    "voucher.bar.": {f"voucher.bar.{bar}" for bar in VoucherBar},
    "limit.": {f"limit.{limit}" for limit in Limit},
    "working.": {f"working.{kind}" for kind in WORKING},
    "reading.": {f"reading.{errand}" for errand in Errand},
    "done.": {f"done.{kind}" for kind in RESULTS},
    "server.rule.": {f"server.rule.{rule}.{part}" for rule in RULES for part in ("name", "ask")},
    "server.payer.": {f"server.payer.{payer}" for payer in (Payer.PERSON, Payer.GUILD)},
    "server.closed.": {f"server.closed.{why}" for why in Closed},
    "server.unpaid.": {f"server.unpaid.{why}" for why in Unpaid},
    "alphabet.": {f"alphabet.{name}" for name in KNOWN_AS},
    "series.": {f"series.{fault}" for fault in Fault},
    "type.": {f"type.{what}.{part}" for what in GROUPS for part in ("name", "ask")},
    "type.shadow.": {f"type.shadow.{shadow}" for shadow in Shadow},
    "file_use.": {f"file_use.{kind}" for kind in FileType},
    "touch.": {f"touch.{touch}" for touch in Touch},
    "advice.": {f"advice.{ailment}" for ailment in Ailment},
    "advice.passing.": {f"advice.passing.{ailment}" for ailment in (Ailment.LONG_WORD, Ailment.TINY)},
    "score.": {
        *(f"score.{grade}" for grade in Grade),
        *(f"score.{measure}.{part}" for measure in Measure for part in ("name", "value", *Grade)),
    },
    "score.fix.": {f"score.fix.{key}" for key in REMEDIES},
    "score.own.": {f"score.own.{name}" for name in ("contrast", "face", "sharpness", "overlays", "bytes")},
    "score.place.": {f"score.place.{zone.name}" for row in FORMATS.values() for zone in row.zones if zone.hard},
    "trouble.": {f"trouble.{reason}" for reason in ProviderReason},
    "passed.": {
        f"passed.{reason}" for reason in (Routed.GONE, Routed.DEARER, Routed.UNABLE, Routed.RESTING, Routed.UNFUNDED)
    },
    "likeness.": {f"likeness.{likeness}" for likeness in Likeness},
    "unscored.": {f"unscored.{reason}" for reason in (*Reason, "work_lost")},
    "failure.": {f"failure.{failure}" for failure in Failure},
    "next.": {f"next.{failure}" for failure in Failure},
    "refusal.": {f"refusal.{reason}" for reason in (*REFUSALS, "other")},
    "concern.": {f"concern.{concern}" for concern in Concern},
    "option.": set(_options()),
    "option.switch.": {"option.switch.yes", "option.switch.no"},
    "option.format.": {f"option.format.{name}" for name in FORMATS},
    "origin.": {f"origin.{origin}" for origin in Origin},
    "preset.": {f"preset.{name}" for name in PRESETS},
    "section.": {f"section.{section.value}" for section in Section},
    "question.": {f"question.{name}.{part}" for name in QUESTIONS for part in ("name", "ask")},
    "setting.": {f"setting.{name}.{part}" for name in SETTINGS for part in ("name", "ask")},
    "settings.switch.": {"settings.switch.on", "settings.switch.off"},
}
"""What the keys that are put together in code may become, by the literal part they begin with."""


@cache
def _nodes() -> tuple[ast.AST, ...]:
    return tuple(node for path in ROOM.glob("*.py") for node in ast.walk(ast.parse(path.read_text())))


def _says() -> Iterator[tuple[ast.expr, frozenset[str] | None]]:
    """Key expression and names of the values of every `say(...)`; None where the values are handed on."""
    for node in _nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
            names = [keyword.arg for keyword in node.keywords]
            values = None if None in names else frozenset(name for name in names if name)
            yield from ((key, values) for key in _branches(node.args[0]))


def _branches(key: ast.expr) -> Iterator[ast.expr]:
    if isinstance(key, ast.IfExp):
        yield from _branches(key.body)
        yield from _branches(key.orelse)
    else:
        yield key


def _notes() -> set[str]:
    """Notes are named where a verdict is made and looked up under `note.` in one place."""
    found: set[str] = set()
    for node in _nodes():
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = {"Unfit": 0, "Accepted": 1, "noted": 1}.get(name)
        if place is not None and len(node.args) > place:
            found |= {
                branch.value
                for branch in _branches(node.args[place])
                if isinstance(branch, ast.Constant) and isinstance(branch.value, str)
            }
    return {f"note.{name}" for name in found}


@cache
def _used() -> set[str]:
    keys = _notes()
    for key, _ in _says():
        match key:
            case ast.Constant(value=str() as literal):
                keys.add(literal)
            case ast.JoinedStr(values=[ast.Constant(value=str() as prefix), *_]):
                keys |= _notes() if prefix == "note." else FAMILIES[prefix]
            case ast.Attribute(attr="description"):
                keys |= FAMILIES["command."]
            case _:
                raise AssertionError(f"a key nobody can follow: {ast.unparse(key)}")
    return keys


def _plain(key: str) -> str:
    stem, _, ending = key.rpartition(".")
    return stem if ending in PLURAL_ENDINGS and f"{stem}.other" in speaker("en").table and stem in _used() else key


def _holes(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def _outside() -> str:
    """The source of the rooms that show views and say a few words of their own."""
    root = ROOM.parent.parent
    paths = (path for room in ("core", "bots", "web", "webhooks", "app") for path in (root / room).rglob("*"))
    return "\n".join(path.read_text() for path in paths if path.suffix in (".py", ".html") and ROOM not in path.parents)


def test_every_sentence_the_code_asks_for_exists_and_none_is_left_over() -> None:
    known, outside = {_plain(key) for key in speaker("en").table}, _outside()
    quoted = set(re.findall(r"""[^f]["']([a-z_]+(?:\.[a-z0-9_]*[a-z0-9])+)["']""", outside))
    built = tuple(re.findall(r"""["'](web\.[a-z_]+_)["'{]""", outside))
    elsewhere = {key for key in known if key in quoted or key.startswith(built)}
    assert not _used() - known, "asked for, not there"
    assert not known - _used() - elsewhere, "there, never said"
    said = set(re.findall(r"""\bsay\(["']([^"']+[^"'_])["']""", outside))
    assert not said - known, "asked for by another room, not there"


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_sentences_with_the_same_placeholders(language: str) -> None:
    def holes(name: str) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for key, template in speaker(name).table.items():
            found[_plain(key)] = found.get(_plain(key), frozenset()) | _holes(template)
        return found

    assert holes(language) == holes("en")


def test_every_placeholder_is_filled_and_no_value_is_given_for_nothing() -> None:
    table = speaker("en").table
    for key, values in _says():
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and values is not None:
            templates = [table[name] for name in table if _plain(name) == key.value]
            wanted = frozenset().union(*map(_holes, templates))
            unused = {"n"} if key.value == "card.free" or f"{key.value}.other" in table else set()
            assert wanted <= values, key.value
            assert values - wanted <= unused, key.value


def test_families_fill_their_placeholders() -> None:
    table = speaker("en").table
    for family, allowed in (("origin.", {"model"}), ("failure.", set()), ("stage.", set()), ("concern.", set())):
        assert all(_holes(table[key]) <= allowed for key in FAMILIES[family])


def test_every_concern_and_refusal_of_the_eyes_has_its_words() -> None:
    assert FAMILIES["concern."] <= speaker("en").table.keys()
    assert {str(reason) for reason in Refusal} <= REFUSALS


def test_a_language_tag_falls_back_to_its_base_and_then_to_english() -> None:
    assert speaker("en-GB").language == "en"
    assert speaker("EN_us").language == "en"
    assert speaker("tlh").language == "en"


def test_a_sentence_that_counts_takes_the_form_of_its_number() -> None:
    assert speaker("en").say("photos.count", n=1) == "1 photo"
    assert speaker("en").say("photos.count", n=3) == "3 photos"
    slavic = PLURALS["one_few_many"]
    assert [slavic(number) for number in (1, 2, 5, 11, 21, 24)] == ["one", "few", "many", "many", "one", "few"]


def test_braces_in_a_persons_words_are_only_words() -> None:
    assert speaker("en").say("card.headline", headline="{0} {price}") == "“{0} {price}”"
