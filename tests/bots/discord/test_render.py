"""Every view as Discord gets it: within contract and rules, with nothing to press left out."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bots.discord.form import Choice, Field, Form, Pictures, Words
from bots.discord.markdown import escape, paragraphs, unescape
from bots.discord.message import Buttons, File, Gallery, Message, Premium, Select, Text
from bots.discord.payload import body, file_name
from bots.discord.render import AMBER, BRAND, RED, render
from core.conversation.action import Cancel, Choose, FillIn, HandIn, OpenVariant, parse
from core.conversation.prose import clean, units
from core.conversation.texts import speaker
from core.conversation.view import (
    Button,
    Fact,
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    NoticeView,
    Option,
    Picture,
    ProgressView,
    Row,
    TextView,
    Tone,
    View,
    ended,
)
from core.domain.pack import Pack
from core.domain.score import Grade
from tests.bots.discord.sample import TEXTS, VIEWS
from tests.discord_server import rules
from tests.discord_server.contract import Contract
from tests.discord_server.layout import tokens, walk, words

VOICE = speaker("en")
PACKS = tuple(Pack(str(7000 + n), 10 * n) for n in (5, 3, 1, 2, 4, 6))
CHANNEL = "/channels/{channel_id}/messages"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def sent(message: Message) -> tuple[dict[str, Any], dict[str, rules.File]]:
    """The body of a new message, and its files."""
    names = {asset: f"{number}-{file_name(asset)}.jpg" for number, asset in enumerate(message.assets)}
    files = {f"files[{n}]": rules.File(name, "image/jpeg", b"x") for n, name in enumerate(names.values())}
    listed = [{"id": str(n), "filename": name} for n, name in enumerate(names.values())]
    return {**body(message, names), "attachments": listed}, files


def faults(contracts: Path, template: str, payload: Any, files: dict[str, rules.File]) -> list[str]:
    contract = Contract.load(contracts)
    path = "/".join("1" if part.startswith("{") else part for part in template.split("/"))
    operation = contract.find("POST", path)
    assert operation is not None
    found = contract.problems(operation, {}, payload, multipart=bool(files))
    return found + rules.problems(rules.Asked(template, "POST", payload, files))


def shown(view: View) -> list[dict[str, Any]]:
    """Every component of every message."""
    return [one for message in render(view, VOICE) for one in walk(sent(message)[0]["components"])]


def pressable(view: View) -> set[str]:
    """Tokens somebody can act on: of buttons, and of lists with their options."""
    components = shown(view)
    values = (option["value"] for one in components for option in one.get("options", ()))
    return {*tokens(components), *values}


def said(view: View) -> str:
    return "\n".join(words(sent(message)[0]["components"]) for message in render(view, VOICE))


@settings(max_examples=150, deadline=None, suppress_health_check=_SLOW)
@given(view=VIEWS)
def test_any_view_keeps_discords_contract(view: View, contracts: Path) -> None:
    for message in render(view, VOICE, sold=[one.item for one in PACKS]):
        assert faults(contracts, CHANNEL, *sent(message)) == []


@settings(max_examples=100, deadline=None, suppress_health_check=_SLOW)
@given(view=VIEWS)
def test_nothing_to_press_is_lost_however_much_there_is(view: View) -> None:
    wanted = {button.token for row in view.rows for button in row.buttons}
    if isinstance(view, GalleryView) and len(view.pictures) == 1:
        wanted |= {button.token for row in view.pictures[0].rows for button in row.buttons}
    offered = pressable(view)
    assert wanted <= offered
    if isinstance(view, FormView):
        if view.kind in (FieldKind.CHANNELS, FieldKind.ROLES):
            return  # Discord's own list; the options are what it begins with
        values = {option.value for option in view.options}
        assert {option.token for option in view.options} <= offered or values <= offered


@given(TEXTS)
@example("a\\*b")
def test_what_was_written_is_shown_as_written(text: str) -> None:
    assert unescape(escape(text)) == text


@settings(deadline=None)
@given(TEXTS, st.integers(10, 4000))
def test_long_words_come_in_pieces_that_fit_and_lose_nothing(text: str, limit: int) -> None:
    pieces = list(paragraphs(text, "**", "**", limit=limit))
    assert all(units(piece) <= limit for piece in pieces)
    assert "".join("".join(map(unescape, pieces)).split()) == "".join(clean(text).split())


def picture(name: str, *rows: Row, caption: str = "") -> Picture:
    return Picture(asset=name, alt=f"A picture of {name}", caption=caption, rows=rows)


def numbered(count: int) -> Row:
    return Row(tuple(Button(f"Open {number}", OpenVariant(f"v{number}").pack()) for number in range(count)))


def question(kind: FieldKind, count: int = 0, **more: Any) -> FormView:
    options = tuple(Option(f"Option {n}", f"v{n}", Choose("d", f"q.v{n}").pack(), n == 1) for n in range(count))
    return FormView(draft="d", question="q", kind=kind, text="Which?", options=options, **more)


@pytest.mark.parametrize("kind", get_args(View))
def test_every_kind_of_view_is_rendered(kind: type[View]) -> None:
    examples: dict[type, View] = {
        TextView: TextView(text="Hello"),
        GalleryView: GalleryView(pictures=(picture("a"),)),
        FormView: question(FieldKind.TEXT),
        ProgressView: ProgressView(text="Drawing", done=1, total=4),
        NoticeView: NoticeView(text="Saved"),
        FileView: FileView(asset="a", name="a.png", media_type="image/png"),
    }
    assert render(examples[kind], VOICE)


def test_a_title_is_a_heading_and_facts_are_lines() -> None:
    plain = (Fact(name="Language", value="English"), Fact(name="Logo", value="set"))
    judged = Fact(name="Contrast", value="9 : 1", note="Stands out.", grade=Grade.GOOD)
    text = said(TextView(title="Table", text="Below.", facts=(*plain, judged)))
    assert text == "### Table\nBelow.\n\nLanguage: English\nLogo: set\n\n✅ Contrast: 9 : 1\nStands out."


def test_pictures_are_one_gallery_with_words_for_who_cannot_see_them() -> None:
    view = GalleryView(pictures=tuple(picture(name, caption="Drawn here") for name in "abcd"), rows=(numbered(4),))
    (message,) = render(view, VOICE)
    (gallery,) = [part for part in message.parts if isinstance(part, Gallery)]
    assert [one.alt for one in gallery.items] == [f"A picture of {name}" for name in "abcd"]
    assert said(view) == "Drawn here"


def test_one_picture_has_its_own_buttons_below_it_and_several_the_gallerys() -> None:
    own = Row((Button("Pin", Cancel("pin").pack()),))
    one = pressable(GalleryView(pictures=(picture("a", own),), rows=(numbered(1),)))
    several = pressable(GalleryView(pictures=(picture("a", own), picture("b", own)), rows=(numbered(2),)))
    assert Cancel("pin").pack() in one and Cancel("pin").pack() not in several


def test_eleven_pictures_are_two_messages() -> None:
    messages = render(GalleryView(pictures=tuple(picture(str(n)) for n in range(11))), VOICE)
    assert [len(message.assets) for message in messages] == [10, 1]


def test_few_options_are_buttons_and_many_are_a_list() -> None:
    def kinds(view: View) -> list[type]:
        (message,) = render(view, VOICE)
        return [type(part) for part in message.parts]

    assert kinds(question(FieldKind.CHOICE, 4)) == [Text, Buttons]
    assert kinds(question(FieldKind.CHOICE, 6)) == [Text, Select]
    assert kinds(question(FieldKind.CHOICE, 30)) == [Text, Select, Select]
    assert kinds(question(FieldKind.CHOICES, 3)) == [Text, Select]


def test_several_options_at_once_are_told_by_their_values_and_one_by_its_token() -> None:
    (several,) = [one for one in shown(question(FieldKind.CHOICES, 3)) if one["type"] == 3]
    assert (several["min_values"], several["max_values"]) == (0, 3)
    assert [one["value"] for one in several["options"]] == ["v0", "v1", "v2"]
    (single,) = [one for one in shown(question(FieldKind.CHOICE, 6)) if one["type"] == 3]
    assert (single["min_values"], single["max_values"]) == (1, 1)
    assert [one["default"] for one in single["options"]].index(True) == 1
    assert all(isinstance(parse(one["value"]), Choose) for one in single["options"])


def test_a_question_for_words_or_pictures_has_a_button_that_opens_a_form() -> None:
    assert FillIn("d", "q").pack() in pressable(question(FieldKind.TEXT))
    assert HandIn("d", "q").pack() in pressable(question(FieldKind.PHOTOS))


def test_progress_shows_what_is_finished_already() -> None:
    view = ProgressView(text="Drawing", done=2, total=4, pictures=(picture("a"), picture("b")), rows=(numbered(1),))
    (message,) = render(view, VOICE)
    assert message.assets == ("a", "b") and "▰▰▱▱" in said(view)


def test_the_frame_tells_the_tone() -> None:
    accents = [render(NoticeView(text="!", tone=tone), VOICE)[0].accent for tone in Tone]
    assert accents == [BRAND, AMBER, RED]


def test_a_file_that_is_seen_as_well_is_uploaded_once() -> None:
    view = FileView(asset="a", name="quit.jpg", media_type="image/jpeg", picture=picture("a"))
    (message,) = render(view, VOICE)
    assert [type(part) for part in message.parts] == [Gallery, File]
    assert message.assets == ("a",)


@pytest.mark.parametrize("name", ["снимок.jpg", 'we"ird\n.zip', "", ".", "x" * 300 + ".png", "…", "../../etc"])
def test_file_names_are_such_as_discord_keeps(name: str) -> None:
    assert rules._FILENAME.fullmatch(file_name(name))


def _option(number: int) -> st.SearchStrategy[Option]:
    return st.builds(Option, TEXTS, st.just(f"v{number}"), st.just(""), st.just(number == 0))


_OPTIONS = st.integers(2, 25).flatmap(lambda count: st.tuples(*map(_option, range(count))))
_FIELDS: st.SearchStrategy[Field] = st.one_of(
    st.builds(Words, id=st.just(""), label=TEXTS, hint=TEXTS, value=TEXTS, lines=st.booleans(),
              most=st.integers(1, 4000), required=st.booleans()),
    st.builds(Pictures, id=st.just(""), label=TEXTS, hint=TEXTS, most=st.integers(1, 10), required=st.booleans()),
    st.builds(Choice, id=st.just(""), label=TEXTS, hint=TEXTS, options=_OPTIONS, required=st.booleans()),
)  # fmt: skip


def named(fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(replace(one, id=f"f{number}") for number, one in enumerate(fields))


@settings(max_examples=100, deadline=None, suppress_health_check=_SLOW)
@given(title=TEXTS, fields=st.lists(_FIELDS, min_size=1, max_size=5).map(named))
def test_any_form_keeps_discords_contract(title: str, fields: tuple[Field, ...], contracts: Path) -> None:
    payload = {"type": 9, "data": Form(FillIn("d", "q").pack(), title, fields).payload()}
    assert faults(contracts, CALLBACK, payload, {}) == []


def test_a_form_with_too_many_fields_is_refused_when_it_is_built() -> None:
    with pytest.raises(ValueError, match="6 fields"):
        Form("t", "A form", named([Words(id="", label="x")] * 6)).payload()


def test_where_something_is_sold_nobody_is_sent_to_whoever_runs_this() -> None:
    view = NoticeView(text="Ask for some.", lacking=3, selling="Buy some:")
    assert [render(view, VOICE, sold=sold)[0].parts for sold in (("7", "8"), ())] == [
        (Text("Buy some:"), Premium(("7", "8"))),
        (Text("Ask for some."),),
    ]
    (message,) = render(TextView(text="0 credits", lacking=1), VOICE, sold=list("1234567"))
    assert Premium(tuple("12345")) in message.parts, "so many stand in a row"


def test_channels_and_roles_are_named() -> None:
    facts = (Fact(name="Channels", value="1 chosen", channels=("7",)), Fact(name="Roles", value="all"))
    (message,) = render(TextView(text="", facts=facts), VOICE)
    assert message.parts[0] == Text("Channels: <#7>\n\nRoles: all")
    (message,) = render(NoticeView(text="No.", roles=("8", "9")), VOICE)
    assert message.parts[0] == Text("No.\n\n<@&8> <@&9>")


def test_without_packs_nothing_is_offered() -> None:
    view = NoticeView(text="!", lacking=3)
    assert render(view, VOICE) == render(replace(view, lacking=0), VOICE)
    assert ended(view) == NoticeView(text="!")
