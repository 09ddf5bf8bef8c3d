"""A running site with a scripted desk behind it, and visitors without a browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData, web

from core.conversation import texts
from core.services.admission import PATH
from tests.web.scripted import Artist, MemoryIdentities, MemoryTranscript, ScriptedDesk, plain_artist
from web.chat.app import create_app
from web.chat.bell import Bell
from web.chat.courier import WebCourier
from web.chat.house import Chip, Options, Redeem
from web.chat.render import Say
from web.server import Site

SENTENCES = {
    key.removeprefix("web."): sentence for key, sentence in texts.speaker("en").table.items() if key.startswith("web.")
}


def speak(language: str) -> Say:
    return texts.speaker(language).say


@dataclass
class Stage:
    """State outlives `site`, as the database outlives a process."""

    options: Options = field(default_factory=Options)
    artist: Artist = plain_artist
    step_seconds: float = 0.02
    bell: Bell = field(default_factory=Bell)
    transcript: MemoryTranscript = field(default_factory=MemoryTranscript)
    identities: MemoryIdentities = field(default_factory=MemoryIdentities)
    redeem: Redeem | None = None
    chip: Chip | None = None
    office: web.Application | None = None
    """The operators' pages, if they are mounted."""
    address: str = ""
    port: int = 0

    def __post_init__(self) -> None:
        self.desk = ScriptedDesk(WebCourier(self.transcript, self.bell), self.artist, self.step_seconds)

    async def start(self) -> None:
        app = create_app(
            self.desk,
            self.transcript,
            self.identities,
            speak,
            bell=self.bell,
            options=self.options,
            redeem=self.redeem,
            chip=self.chip,
        )
        if self.office:
            app.add_subapp(PATH, self.office)
        self.site = Site(app, "127.0.0.1", self.port)
        self.address = await self.site.start()
        self.port = int(self.address.rsplit(":", 1)[1])

    async def stop(self) -> None:
        await self.site.stop()


class Visitor:
    """A browser's manners without a browser: cookies, the form's token, the headers of a same-origin request."""

    def __init__(self, address: str, language: str = "en-GB,en;q=0.8") -> None:
        self.address = address
        self.session = ClientSession(
            address, cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": language, "Accept": "text/html"}
        )
        self.form_token = ""

    async def open(self) -> str:
        async with self.session.get("/") as answer:
            text = await answer.text()
            assert answer.status == 200, text
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
        assert found
        self.form_token = found[1]
        return text

    async def say(
        self, text: str = "", *pictures: tuple[str, bytes], event_id: str = "", **headers: str
    ) -> ClientResponse:
        form = FormData({"csrf": self.form_token, "id": event_id or uuid4().hex, "text": text, "variant": ""})
        form.add_field("photos", b"", filename="", content_type="application/octet-stream")
        for name, data in pictures:
            form.add_field("photos", io.BytesIO(data), filename=name, content_type="image/jpeg")
        return await self.session.post("/say", data=form, headers=self.own() | headers)

    async def press(self, token: str, event_id: str = "", **headers: str) -> ClientResponse:
        values = {"csrf": self.form_token, "id": event_id or uuid4().hex, "token": token}
        return await self.session.post("/press", data=values, headers=self.own() | headers)

    def own(self) -> dict[str, str]:
        return {"Origin": self.address, "Sec-Fetch-Site": "same-origin"}

    async def listen(self, after: int = 0, **headers: str) -> Any:
        return await self.session.ws_connect(f"/live?after={after}", headers=self.own() | headers)


NewVisitor = Callable[[], Visitor]
