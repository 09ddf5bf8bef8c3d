"""Who comes in to the operators' pages, and by what."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from core.domain.administration import Act, Admin, Role, named
from core.services.admission import LINK_S, SESSION_S, Admission, NotAdmitted
from core.store.administration import AdminSessions
from tests.store.scene import staged

ADA = Admin("telegram:7", Role.TREASURER)


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def admission(sessions: AdminSessions | None = None, *admins: Admin, clock: Clock | None = None) -> Admission:
    return Admission(b"k" * 32, admins or (ADA,), sessions, "http://here", clock or Clock())


def passed(link: str) -> str:
    return parse_qs(urlsplit(link).query)["pass"][0]


def test_only_an_admin_gets_a_link_and_it_says_who_they_are() -> None:
    door = admission()
    assert door.link("telegram:8") == door.link("discord:7") == door.link("web:7") == ""
    assert door.link(ADA.name).startswith("http://here/admin/enter?pass=")
    assert door.read(passed(door.link(ADA.name))).admin == ADA


def test_whoever_is_at_the_command_line_is_an_owner() -> None:
    door = admission()
    assert door.read(passed(door.link("machine:ada"))).admin == Admin("machine:ada", Role.OWNER)


def test_one_operator_may_have_several_logins_under_a_name_of_their_own() -> None:
    ada, bob, eve = named("ada=telegram:7,discord:8,machine:ada:treasurer, telegram:9:owner,eve=discord:5:viewer")
    assert ada == Admin("ada", Role.TREASURER, ("telegram:7", "discord:8", "machine:ada"))
    assert (bob, eve) == (Admin("telegram:9", Role.OWNER), Admin("eve", Role.VIEWER, ("discord:5",)))
    door = admission(None, ada, bob)
    assert {door.read(passed(door.link(login))).admin for login in ("telegram:7", "discord:8")} == {ada}
    assert door.read(passed(door.link("machine:ada"))).admin == replace(ada, role=Role.OWNER)
    for wrong in (
        "telegram:7",
        "ada=telegram:7",
        "telegram:7,discord:8:owner",
        "ada=telegram:7,bob=discord:8:owner",
        "telegram:7:owner,ada=telegram:7:owner",
        "ada=telegram:7:owner,ada=discord:8:owner",
        "telegram:7:king",
        "web:7:owner",
    ):
        with pytest.raises(ValueError, match="admin"):
            named(wrong)


def test_a_link_that_was_altered_or_is_old_or_of_another_factory_leads_nowhere() -> None:
    clock = Clock()
    door = admission(clock=clock)
    token = passed(door.link(ADA.name))
    others = (
        token.replace("telegram:7", "telegram:8"),
        token.replace("telegram:7", "machine:root"),
        token.replace("~", "~9", 1),
        f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
        passed(Admission(b"x" * 32, (ADA,), None, "http://here", clock).link(ADA.name)),
        "",
        "~~~",
    )
    for wrong in others:
        with pytest.raises(NotAdmitted):
            door.read(wrong)
    clock.now += LINK_S + 1
    with pytest.raises(NotAdmitted):
        door.read(token)


async def test_a_link_signs_in_once_whoever_looked_at_it_before(database: str) -> None:
    async with staged(database) as scene:
        door = admission(AdminSessions(scene.direct))
        token = passed(door.link(ADA.name))
        assert [door.read(token).admin for _ in range(3)] == [ADA] * 3
        tried = await asyncio.gather(*(door.enter(token, f"browser{n}") for n in range(6)), return_exceptions=True)
        assert sum(one == ADA for one in tried) == 1 and sum(isinstance(one, NotAdmitted) for one in tried) == 5
        assert scene.rows("select actor, act from tf.admin_action") == [(ADA.name, "sign_in")]


async def test_a_session_ends_with_its_time_with_leaving_and_with_the_role(database: str) -> None:
    async with staged(database) as scene:
        sessions = AdminSessions(scene.direct)
        door = admission(sessions)
        for browser in ("a", "b", "c"):
            await door.enter(passed(door.link(ADA.name)), browser)
        await door.leave("a")
        assert (await door.admin("a"), await door.admin("b"), await door.admin("x")) == (None, ADA, None)
        lowered = Admin(ADA.name, Role.VIEWER)
        assert await admission(sessions, lowered).admin("b") == lowered
        assert await admission(sessions, Admin("telegram:8", Role.OWNER)).admin("b") is None
        scene.advance(f"{SESSION_S + 1} seconds")
        assert await door.admin("c") is None


def test_each_role_may_what_those_before_it_may() -> None:
    reach = [{act for act in Act if Admin("x", role).may(act)} for role in Role]
    assert reach[0] == set() and reach[-1] == set(Act)
    assert all(less < more for less, more in pairwise(reach))
