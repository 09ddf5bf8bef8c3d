"""Interactions of every kind, as the loopback Discord writes them, read without a network."""

from typing import Any

import pytest

from bots.discord.form import Form, Pictures, Words
from bots.discord.incoming import USER_ONLY_FOLLOW_UPS, Called, Handed, Received, Typing, read
from bots.discord.payload import body
from bots.discord.render import render
from core.conversation.action import Cancel, Choose, Expired, FillIn, HandIn, OpenVariant, Rule, Run
from core.conversation.event import FormSent, Pressed, TextSent
from core.conversation.texts import speaker
from core.conversation.view import Button, FieldKind, FormView, GalleryView, Option, Picture, Row, View
from core.domain.guild import Member
from tests.discord_server.person import COMMAND, COMPONENT, FORM, TYPING, Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import (
    ANNOUNCEMENTS,
    GROUP,
    GUILD_ID,
    TEXT_CHANNEL,
    THREAD,
    VOICE,
    Message,
)

SELFIE = ("me.jpg", "image/jpeg", b"photo")


def received(person: Person, kind: int, data: dict[str, Any], message: Message | None = None) -> Received:
    """What is read of an interaction that is never sent anywhere."""
    made = person.world.interaction(kind, person.user, person.channel, message=message, user_only=person.user_only)
    made.answered_as = 0
    found = read(person.payload(made, data))
    assert found is not None
    return found


def shown(person: Person, view: View) -> Message:
    (message,) = render(view, speaker("en"))
    names = {asset: f"{asset}.jpg" for asset in message.assets}
    return person.world.message(
        person.channel, person.world.bot, components=tuple(body(message, names)["components"])
    )  # fmt: skip


def pressed(person: Person, token: str, message: Message | None = None) -> Any:
    where = message or shown(person, FormView(draft="d", question="q", kind=FieldKind.CHOICE, text="?"))
    return received(person, COMPONENT, {"component_type": 2, "custom_id": token}, where).said


def question(kind: FieldKind, name: str = "headline", draft: str = "d", count: int = 0) -> FormView:
    options = tuple(Option(f"Option {n}", f"v{n}", Choose("d", f"{name}.v{n}").pack()) for n in range(count))
    text = "What is the *headline*?"
    return FormView(draft=draft, question=name, kind=kind, text=text, note="Too long.", options=options)


def test_who_where_and_in_which_language(member: Person) -> None:
    member.locale = "de"
    found = received(member, COMMAND, {"name": "jobs", "type": 1})
    envelope = found.envelope
    assert (envelope.platform, envelope.person, envelope.language, envelope.group) == ("discord", "4242", "de", True)
    assert envelope.place == f"{member.channel.id}:4242"
    assert envelope.id == f"dc:{found.reply.id}"
    assert (found.reply.original, found.reply.follow_ups) == (None, None)


def membership(person: Person) -> Member:
    member = received(person, COMMAND, {"name": "jobs", "type": 1}).envelope.member
    assert member is not None
    return member


def test_what_is_stated_of_a_member_is_read(member: Person) -> None:
    member.roles = [7, 8]
    guild, channel = str(GUILD_ID), str(member.channel.id)
    assert membership(member) == Member(guild=guild, channels=(channel,), roles=(guild, "7", "8"), threads=True)
    member.manages = True
    assert membership(member).manages


@pytest.mark.parametrize(
    ("kind", "channel", "posts", "threads"),
    [
        (TEXT_CHANNEL, {}, True, True),
        (ANNOUNCEMENTS, {}, True, True),
        (VOICE, {}, True, False),
        (THREAD, {"parent_id": 5}, True, False),
        (TEXT_CHANNEL, {"writable": False}, False, False),
        (TEXT_CHANNEL, {"threaded": False}, True, False),
        (THREAD, {"parent_id": 5, "writable": False}, False, False),
    ],
)
def test_where_the_bot_may_post_and_begin_a_thread(
    discord_server: DiscordServer, kind: int, channel: dict[str, Any], posts: bool, threads: bool
) -> None:
    person = Person(discord_server, 9, discord_server.world.channel(kind, **channel))
    found = membership(person)
    assert (found.posts, found.threads) == (posts, threads)
    assert found.channels == (str(person.channel.id), *(["5"] if kind == THREAD else []))


@pytest.mark.parametrize("stated", [str(1 << 3), str(1 << 5)])
def test_an_administrator_manages_as_well(member: Person, stated: str) -> None:
    made = member.world.interaction(COMMAND, member.user, member.channel)
    made.answered_as = 0
    record = member.payload(made, {"name": "jobs", "type": 1})
    record["member"]["permissions"] = stated
    found = read(record)
    assert found and found.envelope.member and found.envelope.member.manages


def test_a_server_that_has_not_installed_the_app_decides_nothing(discord_server: DiscordServer, member: Person) -> None:
    guest = Person(discord_server, 55, user_only=True)
    assert received(guest, COMMAND, {"name": "jobs", "type": 1}).envelope.member is None
    assert received(member.direct(), COMMAND, {"name": "jobs", "type": 1}).envelope.member is None


@pytest.mark.parametrize("component", [6, 8])
def test_what_is_picked_from_discords_own_lists_answers_a_rule(member: Person, component: int) -> None:
    where = shown(member, FormView(draft="", question="roles", kind=FieldKind.ROLES, text="?"))
    data = {"component_type": component, "custom_id": Rule("roles").pack(), "values": ["7", "8"]}
    said = received(member, COMPONENT, data, where).said
    assert said == FormSent(draft="", question="roles", values=("7", "8"))


def test_alone_with_the_bot_the_channel_is_the_place(member: Person) -> None:
    alone = member.direct()
    found = received(alone, COMMAND, {"name": "jobs", "type": 1})
    assert (found.envelope.place, found.envelope.group) == (str(alone.channel.id), False)
    assert not found.place.private


def test_among_friends_without_a_server_it_is_for_ones_own_eyes(member: Person) -> None:
    friends = Person(member.server, 7, member.world.channel(GROUP), user_only=True)
    found = received(friends, COMMAND, {"name": "jobs", "type": 1})
    assert found.place.private and found.reply.follow_ups == USER_ONLY_FOLLOW_UPS


def test_a_press_is_its_action_and_remembers_the_message(member: Person) -> None:
    message = shown(member, question(FieldKind.TEXT))
    found = received(member, COMPONENT, {"component_type": 2, "custom_id": Cancel("d").pack()}, message)
    assert found.said == Pressed(action=Cancel("d"))
    assert found.reply.original == str(message.id)


def test_a_token_nobody_can_read_is_an_expired_button(member: Person) -> None:
    assert pressed(member, "tf:of-another-bot") == Pressed(action=Expired())


def test_one_option_of_a_list_is_its_own_action(member: Person) -> None:
    message = shown(member, question(FieldKind.CHOICE, count=8))
    (select,) = message.selects
    value = select["options"][3]["value"]
    data = {"component_type": 3, "custom_id": select["custom_id"], "values": [value]}
    said = received(member, COMPONENT, data, message).said
    assert said == Pressed(action=Choose("d", "headline.v3"))


@pytest.mark.parametrize("values", [(), ("v1",), ("v0", "v2")])
def test_several_options_answer_their_question_at_once(member: Person, values: tuple[str, ...]) -> None:
    message = shown(member, question(FieldKind.CHOICES, "type_effects", count=3))
    (select,) = message.selects
    data = {"component_type": 3, "custom_id": select["custom_id"], "values": list(values)}
    said = received(member, COMPONENT, data, message).said
    assert said == FormSent(draft="d", question="type_effects", values=values)


def test_a_question_for_words_opens_a_form_that_asks_it(member: Person) -> None:
    message = shown(member, question(FieldKind.TEXT))
    form = pressed(member, FillIn("d", "headline").pack(), message)
    assert isinstance(form, Form) and form.title == "What is the *headline*?"
    assert [type(one) for one in form.fields] == [Words]
    assert form.token == FillIn("d", "headline").pack()


def test_a_question_for_pictures_opens_a_form_that_takes_them(member: Person) -> None:
    form = pressed(member, HandIn("d", "selfies").pack(), shown(member, question(FieldKind.PHOTOS, "selfies")))
    assert isinstance(form, Form) and [type(one) for one in form.fields] == [Pictures]


def submitted(person: Person, form: Form, answers: dict[str, Any]) -> Any:
    attachments: dict[str, Any] = {}
    filled = [person._filled(one, answers.get(one["label"]), attachments) for one in form.payload()["components"]]
    data: dict[str, Any] = {"custom_id": form.token, "components": filled}
    return received(person, FORM, data | ({"resolved": {"attachments": attachments}} if attachments else {})).said


@pytest.mark.parametrize(
    ("draft", "event"),
    [("d", FormSent(draft="d", question="title", values=("I quit",))), ("", TextSent(text="I quit"))],
)
def test_words_of_a_form_answer_its_question_or_what_is_asked_of_a_variant(
    member: Person, draft: str, event: object
) -> None:
    form = pressed(member, FillIn(draft, "title").pack())
    assert submitted(member, form, {"Your answer": "I quit"}) == event


def test_pictures_of_a_form_are_handed_in(member: Person) -> None:
    said = submitted(member, pressed(member, HandIn("d", "selfies").pack()), {"Your pictures": [SELFIE] * 10})
    assert isinstance(said, Handed) and len(said.files) == 10
    assert (said.files[0].size, said.caption) == (len(SELFIE[2]), "")


def test_one_form_brings_pictures_headline_and_answers_by_their_questions(member: Person) -> None:
    fields = (
        Pictures(id="selfies", label="Selfies", required=False),
        Words(id="headline", label="Headline"),
        Words(id="title", label="Notes", required=False),
    )
    said = submitted(member, Form(Run("new").pack(), "Brief", fields), {"Headline": "I QUIT", "Notes": " "})
    assert said == Handed(files=(), caption="I QUIT", answers={}, anew=True)
    said = submitted(member, Form(Run("new").pack(), "Brief", fields), {"Headline": "I QUIT", "Notes": "On Monday"})
    assert said == Handed(files=(), caption="I QUIT", answers={"title": "On Monday"}, anew=True)


def test_a_command_has_its_options_and_uploads(member: Person) -> None:
    file = member.world.attach(*SELFIE)
    options = [
        {"type": 11, "name": "selfie", "value": str(file.id)},
        {"type": 3, "name": "headline", "value": "I QUIT"},
    ]
    data = {"name": "quick", "type": 1, "options": options, "resolved": {"attachments": {str(file.id): file.payload()}}}
    said = received(member, COMMAND, data).said
    assert isinstance(said, Called) and (said.name, said.options) == ("quick", {"headline": "I QUIT"})
    assert said.uploads["selfie"].url == file.url


def test_a_command_on_a_message_knows_its_variants_and_pictures(member: Person) -> None:
    rows = (Row(tuple(Button(str(n), OpenVariant(f"V{n}").pack()) for n in range(2))),)
    message = shown(member, GalleryView(pictures=(Picture(asset="a", alt="x"), Picture(asset="b", alt="y")), rows=rows))
    attached = (member.world.attach(*SELFIE), member.world.attach("a.zip", "application/zip", b"x"))
    record = member.world.payload(member.world.change(message, components=(), attachments=attached))
    record["components"] = list(message.components)
    data = {
        "name": "Refine this",
        "type": 3,
        "target_id": record["id"],
        "resolved": {"messages": {record["id"]: record}},
    }
    said = received(member, COMMAND, data).said
    assert isinstance(said, Called) and said.on_message
    assert (said.variants, len(said.files)) == (("V0", "V1"), 1)


def test_typing_wants_completions_for_one_option(member: Person) -> None:
    options = [
        {"type": 3, "name": "headline", "value": "I QUIT"},
        {"type": 3, "name": "preset", "value": "sho", "focused": True},
    ]
    said = received(member, TYPING, {"name": "quick", "type": 1, "options": options}).said
    assert said == Typing(name="quick", option="preset", typed="sho", options={"headline": "I QUIT"})


def test_a_ping_is_nobodys_doing(member: Person) -> None:
    made = member.world.interaction(COMMAND, member.user, member.channel)
    made.answered_as = 0
    assert read(member.payload(made, {"name": "x"}) | {"type": 1}) is None
