"""The page, and the dialog that keeps a chat."""

from __future__ import annotations

import secrets
from typing import Final

from aiohttp import web

from core.domain.format import MEGABYTE
from core.services.desk import Line, Transcript
from web.chat.guard import is_same_origin
from web.chat.house import HOUSE, House
from web.chat.identity import hash_code, new_key
from web.chat.visit import Visit, hand_key

SHOWN_LINES: Final = 120
READ_LINES: Final = 500


async def show(request: web.Request) -> web.StreamResponse:
    """GET /: the chat. `?all=1`: from its first line."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    return await page(house, guest, everything="all" in request.query)


async def page(
    house: House, guest: Visit, *, everything: bool = False, toast: str = "", status: int = 200
) -> web.Response:
    lines = await history(house.transcript, guest.person) if guest.person else ()
    shown = lines if everything else lines[-SHOWN_LINES:]
    text = house.renderer.page(
        "page.html",
        guest.language,
        lines=[house.renderer.line(line, guest.language) for line in shown],
        earlier=len(lines) - len(shown),
        cursor=max((line.revision for line in lines), default=0),
        form_token=guest.key.form_token,
        event_id=secrets.token_hex(16),
        known=guest.person is not None,
        file_bytes=house.options.upload_bytes,
        file_megabytes=house.options.upload_bytes // MEGABYTE,
        toast=toast,
    )
    answer = html(text, status)
    if guest.is_new:
        hand_key(answer, guest.key, secure=house.options.secure)
    return answer


async def history(transcript: Transcript, place: str) -> tuple[Line, ...]:
    """As much of the chat as the transcript gives, each line as it stands now, in the order of its first appearance."""
    lines: dict[int, Line] = {}
    cursor = 0
    while found := await transcript.read(place, after=cursor, limit=READ_LINES):
        lines |= {line.seq: line for line in found}
        cursor = max(line.revision for line in found)
        if len(found) < READ_LINES:
            break
    return tuple(lines[seq] for seq in sorted(lines))


async def show_keep(request: web.Request) -> web.StreamResponse:
    """GET /keep: the recovery code, and a form for one. `?part=1`: only the dialog's inside."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    return _keep(house, guest, part="part" in request.query)


async def recover(request: web.Request) -> web.StreamResponse:
    """POST /recover {csrf, code}: the person with that code moves to this browser, under a fresh key."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    form = await request.post()
    if not is_same_origin(request) or not guest.key.permits(str(form.get("csrf", ""))):
        raise web.HTTPForbidden
    key = new_key()
    person = await house.identities.recover(hash_code(str(form.get("code", ""))), key.token_hash, key.recovery_hash)
    if person is None:
        return _keep(house, guest, part=False, wrong=True)
    answer = web.Response(status=303, headers={"Location": "/"})
    hand_key(answer, key, secure=house.options.secure)
    return answer


def _keep(house: House, guest: Visit, *, part: bool, wrong: bool = False) -> web.Response:
    text = house.renderer.page(
        "keep_part.html" if part else "keep.html",
        guest.language,
        code=guest.key.recovery_code if guest.person else "",
        form_token=guest.key.form_token,
        wrong=wrong,
    )
    answer = html(text, 400 if wrong else 200)
    if guest.is_new:
        hand_key(answer, guest.key, secure=house.options.secure)
    return answer


def html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
