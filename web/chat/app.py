"""The browser chat as one aiohttp application."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.services.counter import Counter
from core.services.desk import Desk, Transcript, Unavailable
from web.chat import intake, page, pay, picture, search, stream
from web.chat.bell import Bell
from web.chat.guard import dress, host_rule
from web.chat.house import HOUSE, Chip, House, Options, Redeem, wants_json
from web.chat.identity import Identities
from web.chat.pace import Pace
from web.chat.render import Renderer, Speaker
from web.chat.shelf import Shelf
from web.chat.visit import language

EXPLAINED = frozenset({400, 403, 404, 413, 421, 429, 503})
"""Statuses with a sentence of their own; every other one has the sentence of 500."""
FORM_BYTES = 64_000
log = structlog.get_logger()


def create_app(
    desk: Desk,
    transcript: Transcript,
    identities: Identities,
    speaker: Speaker,
    *,
    bell: Bell | None = None,
    options: Options | None = None,
    redeem: Redeem | None = None,
    chip: Chip | None = None,
    counter: Counter | None = None,
) -> web.Application:
    """The site. `bell` is the one the `WebCourier` of this process rings, if it runs here; without `redeem` there
    are no signed links, without `chip` no search is shown, without `counter` nothing is sold by card. Nothing connects
    before the application starts."""
    options = options or Options()
    shelf = Shelf()
    renderer = Renderer(shelf, speaker)
    house = House(
        desk=desk,
        transcript=transcript,
        identities=identities,
        renderer=renderer,
        release=shelf.release,
        bell=bell or Bell(),
        pace=Pace(options.posts_per_minute, options.posts_at_once),
        options=options,
        redeem=redeem,
        chip=chip,
        counter=counter,
    )
    app = web.Application(
        # The intake reads messages part by part against its own limits; this one is for plain forms.
        client_max_size=FORM_BYTES,
        middlewares=[explain(renderer), host_rule(options.hosts)],
    )
    app[HOUSE] = house
    app.on_response_prepare.append(dress(secure=options.secure))
    app.on_shutdown.append(stream.hang_up)
    app.add_routes(
        [
            web.get("/", page.show),
            web.get("/keep", page.show_keep),
            web.post("/recover", page.recover),
            web.post("/press", intake.press),
            web.post("/say", intake.say),
            web.get("/live", stream.live),
            web.get("/picture/{asset}", picture.picture),
            web.get("/file/{asset}", picture.file),
            web.get("/f/{key:.+}", picture.redeemed),
            web.get("/search/{name}", search.show),
            web.get("/pay/{token}", pay.enter, allow_head=False),
            web.get("/plan/{token}", pay.manage, allow_head=False),
            web.get("/plan/{token}/cancel", pay.manage, allow_head=False),
            web.get("/back/{platform}", pay.back),
            web.get("/static/{release}/{name}", shelf.serve),
        ]
    )
    return app


def explain(renderer: Renderer) -> Middleware:
    """Middleware: every fault becomes a sentence, as a page or, for the page's script, as a toast."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        headers: dict[str, str] = {}
        try:
            return await handler(request)
        except web.HTTPException as fault:
            if fault.status < 400:
                raise
            status = fault.status
            headers = {name: fault.headers[name] for name in ("Retry-After", "Allow") if name in fault.headers}
        except Unavailable:
            status, headers = 503, {"Retry-After": "1"}
        except Exception:
            # The route and not the path: some paths open what they lead to.
            resource = request.match_info.route.resource
            log.exception("web.request_failed", route=resource.canonical if resource else "")
            status = 500
        key = f"web.fault_{status if status in EXPLAINED else 404 if status == 405 else 500}"
        spoken = language(request.headers.get("Accept-Language", ""))
        if wants_json(request):
            return web.json_response({"toast": renderer.said_toast(key, spoken)}, status=status, headers=headers)
        answer = page.html(renderer.page("fault.html", spoken, key=key), status)
        answer.headers.update(headers)
        return answer

    return check
