"""Fixtures of the browser chat."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.stripe_server.fixture import stripe_server
from tests.web import browser
from tests.web.stage import NewVisitor, Stage, Visitor

__all__ = ["stripe_server"]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A site on a free port of this machine."""
    stage = Stage()
    await stage.start()
    yield stage
    await stage.stop()
    await stage.desk.settled()


@pytest.fixture
async def new_visitor(stage: Stage) -> AsyncIterator[NewVisitor]:
    visitors: list[Visitor] = []

    def come() -> Visitor:
        visitors.append(Visitor(stage.address))
        return visitors[-1]

    yield come
    for visitor in visitors:
        await visitor.session.close()


@pytest.fixture
async def visitor(new_visitor: NewVisitor) -> Visitor:
    """Somebody who has the page open."""
    visitor = new_visitor()
    await visitor.open()
    return visitor


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """An installed Chromium: without one a visible skip, and in CI a failure."""
    path = browser.installed()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium is installed", pytrace=False)
        pytest.skip("no Chromium is installed")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(browser.FLAGS))
        yield running
        await running.close()


@pytest.fixture
def portrait(photos: Path) -> Path:
    return photos / "nasa-eileen-collins.jpg"
