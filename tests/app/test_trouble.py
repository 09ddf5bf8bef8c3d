"""Everything that goes wrong at Gemini, through the whole factory: class, reaction, what it cost, what people read."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.demo.gemini.case import Case
from app.demo.gemini.wire import Call
from app.demo.stage import Screen
from core.bootstrap.factory import Factory
from core.conversation.action import CancelJob, Generate, Info, Retouch
from core.conversation.event import CommandSent, TextSent
from core.conversation.texts import speaker
from core.conversation.view import GalleryView, NoticeView, ProgressView, TextView, View
from core.providers.error import Change, Forbidden, KeyRefused, ProviderError, Reaction
from core.services.painting import GRACE_S
from tests.app.chat import Guest
from tests.app.test_edit import GRANT, factory, notice, single
from tests.app.test_gemini import BANANA, PORTRAIT, facts_of, ordered
from tests.factory import running
from tests.gemini_server.server import gemini_server
from tests.providers.gemini.test_fault import EXPECTED

EN = speaker("en")
DRAFTS, PRICE = "2.draft.1", 1
LITE = "gemini-3.1-flash-lite-image"
"""The first to be asked for drafts; next is BANANA, for the same price."""
LABELS = {LITE: "Nano Banana 2 Lite", BANANA: "Nano Banana 2.1"}
STOPS = {case: row for case, row in EXPECTED.items() if row[1] is Reaction.STOP}
FAILURES = {case: row for case, row in EXPECTED.items() if row[1] is not Reaction.STOP}
SAME_MODEL = {Case.RECITATION, Case.NO_IMAGE, Case.TEXT_ONLY, Case.EMPTY, Case.UNKNOWN_FINISH}
SAME_MODEL |= {Case.TOO_MANY, Case.UNAVAILABLE}
"""What the model itself makes good the second time, in other words or after a moment."""
SHORT_S = 2.0
Row = tuple[type[ProviderError], Reaction, object]


def ready(view: View) -> bool:
    return notice(view) or (isinstance(view, GalleryView) and "ready" in view.text)


def once(case: Case) -> Callable[[Call], Case | None]:
    """The first picture asked for goes wrong."""
    left = [case]
    return lambda call: left.pop() if left and call.verb == "generateContent" else None


async def drafts(guest: Guest) -> View:
    return await guest.press(await guest.card(), Generate, ready, offer=DRAFTS)


async def info(guest: Guest, finished: View, code: str) -> list[str]:
    told = await guest.press(finished, Info, lambda view: isinstance(view, TextView), variant=code)
    return told.text.splitlines()


@pytest.mark.filterwarnings("ignore:SOMETHING_NEW is not a valid FinishReason")
@pytest.mark.parametrize(("case", "expected"), FAILURES.items(), ids=list(FAILURES))
async def test_trouble_once_costs_nothing_more_and_is_said(
    database: str, home: Path, contracts: Path, case: Case, expected: Row
) -> None:
    kind = expected[0]
    drawer = LITE if case in SAME_MODEL else BANANA
    screen = Screen()
    async with gemini_server(contracts) as gemini:
        gemini.case, gemini.retry_delay = once(case), "1s"
        short = {"gemini_timeout_seconds": SHORT_S} if case is Case.SILENCE else {}
        async with factory(database, home, gemini, screen, **short) as here:
            guest = Guest(here.factory, screen)
            finished = await drafts(guest)

            assert isinstance(finished, GalleryView), finished
            (hit,) = [row for row in await facts_of(here.factory) if len(row["facts"]["attempts"]) > 1]
            tried = [(row["model"], row["error"]) for row in hit["facts"]["attempts"]]
            assert tried == [(LITE, kind.__name__), (drawer, "")]
            if case is Case.SILENCE:
                assert SHORT_S <= hit["facts"]["attempts"][0]["seconds"] < SHORT_S + GRACE_S
            if kind.change is Change.REWORD:
                asked = [call.words for call in gemini.calls if call.config.get("seed") == hit["facts"]["seed"]]
                assert len({*asked}) == 2, "in other words"
            assert await guest.wallet() == (GRANT - PRICE, 0)
            code = finished.pictures[hit["position"]].variant
            said = EN.say(f"trouble.{kind.reason}", model=LABELS[LITE])
            sentence = f"{said} at first, then it worked." if drawer == LITE else f"{said}, drawn by {LABELS[drawer]}."
            assert sentence in await info(guest, finished, code)
            alerts = await here.factory.direct.fetch("select kind from tf.alert where kind = 'provider.refused'")
            assert bool(alerts) == issubclass(kind, KeyRefused | Forbidden), "what an operator has to mend"
            await here.factory.catalogue.reload()
            assert (kind.change is Change.RETIRE) == (here.factory.catalogue().find(LITE) is None)


@pytest.mark.parametrize(("case", "expected"), STOPS.items(), ids=list(STOPS))
async def test_a_refusal_by_policy_is_not_carried_on_and_costs_nothing(
    database: str, home: Path, contracts: Path, case: Case, expected: Row
) -> None:
    screen = Screen()
    async with gemini_server(contracts) as gemini:
        gemini.case = lambda _: case
        async with factory(database, home, gemini, screen) as here:
            guest = Guest(here.factory, screen)

            refused = await drafts(guest)

            assert isinstance(refused, NoticeView)
            assert "refused this brief by its rules. Your 1 credit is given back." in refused.text
            assert {call.model for call in gemini.calls} == {LITE}
            assert await guest.wallet() == (GRANT, 0)
            assert (await guest.set_job())["failure"] == "refused_by_policy"


async def test_where_every_model_fails_the_studio_draws_and_all_comes_back(
    database: str, home: Path, contracts: Path
) -> None:
    screen = Screen()
    async with gemini_server(contracts) as gemini:
        gemini.case = lambda _: Case.BAD_GATEWAY
        async with factory(database, home, gemini, screen) as here:
            guest = Guest(here.factory, screen)

            finished = await drafts(guest)

            assert isinstance(finished, GalleryView)
            assert "Your 1 credit is given back." in finished.text
            assert await guest.wallet() == (GRANT, 0)
            said = EN.say("trouble.server_fault", model=LABELS[LITE])
            (line,) = [row for row in await info(guest, finished, finished.pictures[0].variant) if said in row]
            assert line.startswith(said) and line.endswith("drawn by the local studio, 1 credit returned.")
            latest = await guest.do(CommandSent(name="info"), lambda view: isinstance(view, TextView))
            code = latest.text.rpartition("/score: ")[2].splitlines()[0]
            assert latest.text.splitlines() == await info(guest, finished, code) and line in latest.text


async def test_what_models_billed_before_the_studio_drew_is_kept(database: str, home: Path, contracts: Path) -> None:
    screen = Screen()
    async with gemini_server(contracts) as gemini:
        gemini.case = lambda _: Case.NO_IMAGE
        async with factory(database, home, gemini, screen) as here:
            await drafts(Guest(here.factory, screen))

            for row in await facts_of(here.factory):
                assert row["facts"]["model"] == "studio"
                billed = [attempt["cost_micro_usd"] for attempt in row["facts"]["attempts"]]
                assert row["facts"]["cost_micro_usd"] == sum(billed) > 0


async def test_what_was_billed_for_pictures_nobody_got_is_kept_with_the_job(
    database: str, home: Path, contracts: Path
) -> None:
    screen = Screen()
    left = [Case.IMAGE_SAFETY]
    async with gemini_server(contracts) as gemini, factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        gemini.case = lambda call: left.pop() if left and call.verb == "generateContent" else None
        finished = await drafts(guest)
        assert single(finished), "the other one"
        (half,) = await results_of(here.factory, "set")
        assert [(row["error"], row["reason"]) for row in half["attempts"]] == [("PictureRefused", "picture_refused")]
        assert half["cost_micro_usd"] == half["attempts"][0]["cost_micro_usd"] > 0

        assert isinstance(finished, GalleryView)
        gemini.case = lambda _: Case.NO_IMAGE
        asked = await guest.do(TextSent(text="a red hat", variant=finished.pictures[0].variant), notice)
        failed = await guest.press(asked, Retouch, lambda view: notice(view) and "given back" in view.text)
        assert isinstance(failed, NoticeView)
        (edit,) = await results_of(here.factory, "edit_prompt")
        assert len(edit["attempts"]) > 1 and {row["error"] for row in edit["attempts"]} == {"NoPicture"}
        assert edit["cost_micro_usd"] == sum(row["cost_micro_usd"] for row in edit["attempts"]) > 0


async def test_what_was_billed_before_a_job_was_cancelled_is_kept_with_it(
    database: str, home: Path, contracts: Path
) -> None:
    screen, waits = Screen(), asyncio.Event()

    def trouble(call: Call) -> Case | None:
        if call.verb != "generateContent":
            return None
        if sum(one.verb == "generateContent" for one in gemini.calls) <= 2:
            return Case.NO_IMAGE
        waits.set()
        return Case.SILENCE

    async with gemini_server(contracts) as gemini, factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        gemini.case = trouble
        waiting = await guest.press(
            await guest.card(), Generate, lambda view: isinstance(view, ProgressView), offer=DRAFTS
        )
        async with asyncio.timeout(20):
            await waits.wait()
        await guest.press(waiting, CancelJob, lambda view: notice(view) and "given back" in view.text)
        (kept,) = await results_of(here.factory, "set")
        assert {row["error"] for row in kept["attempts"]} == {"NoPicture"} and kept["cost_micro_usd"] > 0
        assert (await guest.set_job())["status"] == "cancelled" and await guest.wallet() == (GRANT, 0)


async def results_of(here: Factory, kind: str) -> list[dict[str, Any]]:
    rows = await here.direct.fetch("select result from tf.job where kind = %s", (kind,))
    return [row["result"] for row in rows]


async def test_where_nobody_listens_the_studio_draws(database: str, home: Path) -> None:
    screen = Screen()
    key = {"gemini_api_key": "a-key", "gemini_base_url": "http://127.0.0.1:9", "starter_grant": GRANT}
    async with running(database, home, couriers=[screen], **key) as here:  # type: ignore[arg-type]  # settings
        guest = Guest(here.factory, screen)

        finished = await drafts(guest)

        assert isinstance(finished, GalleryView)
        said = EN.say("trouble.unreachable", model=LABELS[LITE])
        assert any(row.startswith(said) for row in await info(guest, finished, finished.pictures[0].variant))
        assert await guest.wallet() == (GRANT, 0)


async def test_a_picture_without_the_person_is_asked_for_once_more_and_said(
    database: str, home: Path, contracts: Path
) -> None:
    noise, screen = io.BytesIO(), Screen()
    Image.effect_noise((1376, 768), 40).convert("RGB").save(noise, "JPEG")
    part = {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(noise.getvalue()).decode()}}
    nobody = {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}]}
    async with gemini_server(contracts) as gemini, factory(database, home, gemini, screen) as here:
        guest = Guest(here.factory, screen)
        gemini.answer_with(nobody)

        finished = await ordered(guest, PORTRAIT, offer=DRAFTS)

        assert isinstance(finished, GalleryView), finished
        (hit,) = [row for row in await facts_of(here.factory) if len(row["facts"]["attempts"]) > 1]
        tried = [(row["model"], row["error"]) for row in hit["facts"]["attempts"]]
        assert tried == [(LITE, "Faceless"), (LITE, "")]
        assert await guest.wallet() == (GRANT - PRICE, 0)
        said = EN.say("trouble.faceless", model=LABELS[LITE])
        told = await info(guest, finished, finished.pictures[hit["position"]].variant)
        assert f"{said} at first, then it worked." in told


async def test_a_draft_before_the_picture_is_no_trouble(database: str, home: Path, contracts: Path) -> None:
    screen = Screen()
    async with gemini_server(contracts) as gemini:
        gemini.case = lambda _: Case.UNMARKED_DRAFT
        async with factory(database, home, gemini, screen) as here:
            guest = Guest(here.factory, screen)
            await drafts(guest)

            rows = await facts_of(here.factory)
            assert [len(row["facts"]["attempts"]) for row in rows] == [1, 1]
            assert all(row["facts"]["painted_width"] > 1000 for row in rows)
