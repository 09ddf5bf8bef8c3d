"""Presses on a job rather than on one of its variants: cancel it, order it again, have its files as one."""

from __future__ import annotations

from core.conversation import offer, order, repeat
from core.conversation.action import Again, BestThree, CancelJob, DownloadAll, Run
from core.conversation.effect import CancelJobs, Order
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, Tone, View
from core.conversation.world import JobFacts
from core.domain.job import JobKind

JobAction = CancelJob | Again | DownloadAll | BestThree


def pressed(talk: Talk, action: JobAction) -> Turn:
    job = talk.world.job
    if job is None:
        return gone(talk)
    match action:
        case CancelJob():
            return _cancel_job(talk, job)
        case Again():
            return repeat.again(talk, job.recipe.brief, worded=action.about == "headline") if job.recipe else gone(talk)
        case DownloadAll():
            return _packed(talk, job, JobKind.DOWNLOAD_ALL)
        case BestThree():
            return _packed(talk, job, JobKind.BEST_THREE)


def gone(talk: Talk) -> Turn:
    voice = talk.voice
    way_on = rows(button(voice.say("button.jobs"), Run("jobs")), button(voice.say("button.new"), Run("new")))
    view = NoticeView(text=voice.say("expired.job"), tone=Tone.WARNING, rows=way_on, slot="expired")
    toast = NoticeView(text=voice.say("expired.button"), tone=Tone.WARNING, toast=True)
    return Turn(talk.session, (view,), toast=toast)


def _cancel_job(talk: Talk, job: JobFacts) -> Turn:
    if job.status.ended:
        return talk.toast(talk.voice.say("cancel.ended"))
    toast = NoticeView(text=talk.voice.say("cancel.job"), toast=True)
    return Turn(talk.session, effects=(CancelJobs(job=job.code),), toast=toast)


def _packed(talk: Talk, job: JobFacts, kind: JobKind) -> Turn:
    """Files of a set, as one."""
    if job.recipe is None or not job.variants:
        return gone(talk)
    code = talk.code(kind)
    made = Order(
        code=code,
        kind=kind,
        brief=job.recipe.brief,
        quote=offer.retype(job.recipe.brief, job.recipe.model),
        options={"job": job.code},
    )
    waiting: View = order.queued(talk.voice, code, 1, talk.voice.say(f"working.{kind}"))
    return order.place(talk, talk, (made,), waiting)
