"""The operators' pages as an application to be mounted on the site."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from core.services.admission import PATH, Admission, NotAdmitted
from core.services.desk import Unavailable
from core.services.office.act import Reason, Refused
from core.services.office.office import Office
from web.admin import code, gate, job, journal, ledger, payment, people, pool, proposal, switch, usage
from web.admin.gate import DESK, Desk, act, html, page
from web.admin.page import FOLDER, Pages
from web.chat.pace import Pace
from web.chat.shelf import Shelf

POSTS_PER_MINUTE, POSTS_AT_ONCE = 60, 20
FORM_BYTES: Final = 16_000
FAULTS: Final = {
    401: ("Not signed in", "Send /admin to the bot, or run: thumbnail-factory admin link"),
    403: ("Not from here", "This form did not come from a page of yours. Open the page again."),
    404: ("Not there", "There is no such page, or what it was about is gone."),
    410: ("This link leads nowhere", "It was used, is older than ten minutes, or is none. Ask for a new one."),
    429: ("Too fast", "Wait a moment, then try again."),
    500: ("Something broke", "It stands in the log. Nothing was done that the journal does not show."),
    503: ("The database does not answer", "Try again in a moment."),
}
log = structlog.get_logger()


def create_admin(office: Office, admission: Admission, *, secure: bool) -> web.Application:
    """Mount it at `PATH`. Nothing connects before somebody calls."""
    shelf = Shelf(FOLDER / "static", PATH)
    app = web.Application(client_max_size=FORM_BYTES, middlewares=[explain])
    pace = Pace(POSTS_PER_MINUTE, POSTS_AT_ONCE)
    app[DESK] = Desk(office=office, admission=admission, pages=Pages(shelf), pace=pace, secure=secure)
    app.add_routes(
        [
            web.get("", page(people.listed)),
            web.get("/enter", gate.offer),
            web.post("/enter", gate.enter),
            web.post("/leave", gate.leave),
            web.get("/bye", gate.bye),
            web.get("/people/{person}", page(people.one)),
            web.post("/people/{person}/move", act(people.move, people.one)),
            web.post("/people/{person}/freeze", act(people.freeze, people.one)),
            web.get("/ledger", page(ledger.show)),
            web.get("/payments", page(payment.listed)),
            web.get("/payments/{provider}/{reference}", page(payment.one)),
            web.post("/payments/{provider}/{reference}/release", act(payment.release, payment.one)),
            web.post("/payments/{provider}/{reference}/reject", act(payment.reject, payment.one)),
            web.post("/payments/{provider}/{reference}/refund", act(payment.refund, payment.one)),
            web.get("/codes", page(code.listed)),
            web.post("/codes", act(code.make, code.listed)),
            web.post("/codes/{code}/revoke", act(code.revoke, code.listed)),
            web.get("/pools", page(pool.listed)),
            web.post("/pools", act(pool.share, pool.listed)),
            web.post("/pools/{provider}/{deed:refill|move|set}", act(pool.tend, pool.listed)),
            web.get("/jobs", page(job.listed)),
            web.get("/jobs/{code}", page(job.one)),
            web.post("/jobs/{code}", act(job.take, job.one)),
            web.get("/switches", page(switch.show)),
            web.post("/switches", act(switch.turn, switch.show)),
            web.get("/usage", page(usage.show)),
            web.get("/alerts", page(usage.alerts)),
            web.post("/alerts", act(usage.resolve, usage.alerts)),
            web.get("/proposals", page(proposal.listed)),
            web.post("/proposals", act(proposal.decide, proposal.listed)),
            web.get("/journal", page(journal.show)),
            web.get("/static/{release}/{name}", shelf.serve),
        ]
    )
    return app


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every fault becomes a page in the operators' words."""
    try:
        return await handler(request)
    except web.HTTPException as fault:
        if fault.status < 400:
            raise
        status = fault.status
    except NotAdmitted:
        status = 410
    except Refused as refused:
        status = 404 if refused.reason is Reason.UNKNOWN else 403
    except Unavailable:
        status = 503
    except Exception:
        log.exception("admin.request_failed", path=request.path)
        status = 500
    heading, text = FAULTS.get(status, FAULTS[500])
    pages = request.app[DESK].pages
    return html(pages.render("fault.html", heading=heading, text=text, link=status != 401), status)
