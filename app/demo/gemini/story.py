"""What the demo tells of Google's models, played by the stand-in of their service: a busy moment and a dead model."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from app.database import database
from app.demo.album import save_set
from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Visitor, playing
from core.bootstrap.factory import Factory
from core.conversation.action import Generate, Info, OpenVariant
from core.conversation.view import GalleryView, ProgressView, TextView, View
from core.domain.model import Role
from core.services.desk import Envelope
from core.settings import Settings

BADGE = "[stand-in, not Google] "
OPENING = """\
== A stand-in plays Google's service, on {address} ==
It speaks the same protocol, and Google's own SDK asks it. What it returns is cut and drawn on this machine: no picture
and no word below is by a model of Google's, whatever its name. Every line and every picture says so."""
CALL_S = 1.5
"""The stand-in takes its time, so that there is something to wait for."""
KEY = "a-key-for-the-stand-in"


async def tell(settings: Settings, out: Path) -> None:
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    person = f"demo-{uuid.uuid4().hex[:8]}"
    async with database(settings) as dsn, GeminiStandIn(key=KEY, delay_s=CALL_S) as google:
        click.echo(OPENING.format(address=google.base_url))
        async with playing(_reaching(google, settings), dsn) as (factory, screen):
            await factory.probing.run()
            envelope = Envelope(id=f"demo:{person}", platform="demo", person=person, place=person)
            visitor = Visitor(factory, screen, envelope, badge=BADGE)
            await _busy(visitor, google, portrait, out)
            await _dead(visitor, google, portrait, out)


def _reaching(google: GeminiStandIn, settings: Settings) -> Settings:
    """The settings with Google's address and everything that belongs to it replaced: nothing leaves the machine."""
    return settings.model_copy(
        update={
            "gemini_api_key": SecretStr(KEY),
            "gemini_base_url": google.base_url,
            "gemini_api_version": "",
            "gemini_enterprise": False,
            "gemini_project": "",
            "gemini_proxy": "",
            "gemini_service_tier": "",
        }
    )


async def _busy(visitor: Visitor, google: GeminiStandIn, portrait: bytes, out: Path) -> None:
    click.echo("\n-- A set of four; one of the four calls finds the service overloaded --")
    google.next(Case.UNAVAILABLE)
    finished = await _set(visitor, portrait, "I flew the shuttle", out, "gemini-set")
    rows = await _made(visitor.factory, finished)
    troubled = next(code for code, facts in rows.items() if len(facts["attempts"]) > 1)
    await _told(visitor, finished, troubled, rows[troubled])


async def _dead(visitor: Visitor, google: GeminiStandIn, portrait: bytes, out: Path) -> None:
    first, second = (model.id for model in visitor.factory.catalogue().for_role(Role.STANDARD)[:2])
    click.echo(f"\n-- {first} is shut down: 404 from now on. Its role falls to {second}, for no more than agreed --")
    google.dead.add(first)
    finished = await _set(visitor, portrait, "Ten days above the sky", out, "gemini-successor")
    rows = await _made(visitor.factory, finished)
    # The first call found it gone; who asked after that was not sent there any more.
    code = max(rows, key=lambda one: len(rows[one]["attempts"]))
    await _told(visitor, finished, code, rows[code])
    await visitor.factory.catalogue.reload()
    now = [model.id for model in visitor.factory.catalogue().for_role(Role.STANDARD)]
    visitor.say(f"role standard from now on: {', '.join(now)}")


async def _set(visitor: Visitor, portrait: bytes, headline: str, out: Path, name: str) -> GalleryView:
    """A paid set, from the photo on: the hold while it is drawn, and what it was settled at."""
    card = await visitor.send_photo(portrait, headline, _pictured)
    since, started = len(visitor.screen.shown), time.monotonic()
    await visitor.press(card, Generate, lambda view: isinstance(view, ProgressView))
    finished = await visitor.see(lambda view: isinstance(view, GalleryView) and len(view.pictures) > 1, since, started)
    assert isinstance(finished, GalleryView)
    await save_set(visitor.factory, finished, out, name)
    return finished


async def _made(factory: Factory, finished: GalleryView) -> dict[str, Mapping[str, Any]]:
    """Variant -> the facts of its making, in the order shown."""
    codes = list(dict.fromkeys(picture.variant for picture in finished.pictures))
    rows = await factory.direct.fetch(
        "select v.code, n.facts from tf.variant v join tf.version n on n.variant_id = v.id and n.number = v.current "
        "where v.code = any(%s)",
        (codes,),
    )
    found = {row["code"]: row["facts"] for row in rows}
    return {code: found[code] for code in codes}


async def _told(visitor: Visitor, finished: GalleryView, code: str, facts: Mapping[str, Any]) -> None:
    """What Info says of a variant, and the calls behind it."""
    one = await visitor.press(finished, OpenVariant, _pictured, variant=code)
    await visitor.press(one, Info, lambda view: isinstance(view, TextView), variant=code)
    for attempt in facts["attempts"]:
        ended = attempt.get("error") or "painted"
        visitor.say(f"call: {attempt['model']}, {ended}, {attempt['seconds']:.1f} s")
    visitor.say(f"our cost, had it been Google: ${facts.get('cost_micro_usd', 0) / 1e6:.4f}")


def _pictured(view: View) -> bool:
    return isinstance(view, GalleryView) and bool(view.pictures)
