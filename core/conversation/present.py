"""Presenting: the views of what the worker made, built from facts and never from what was hoped for.

A job's views stand in its status message, so that one message becomes progress, then result or reason; a night's end
is a message of its own. Credits are said as they were settled: `job.captured` was kept, `job.price` less that was given
back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.conversation import card, listing, offer, prefill, receipt, typography, variant
from core.conversation.action import (
    Again,
    BestThree,
    CancelJob,
    DownloadAll,
    EditText,
    GetFile,
    OpenVariant,
    OtherSize,
    Reroll,
    Restyle,
    Retouch,
    Run,
)
from core.conversation.order import status_slot
from core.conversation.talk import button, rows
from core.conversation.texts import Speaker
from core.conversation.view import (
    Button,
    FileView,
    GalleryView,
    NoticeView,
    Picture,
    ProgressView,
    Row,
    Style,
    TextView,
    Tone,
)
from core.conversation.world import JobFacts, VariantFacts
from core.domain.advice import Advice
from core.domain.brief import Brief
from core.domain.format import MEGABYTE, Family, Size
from core.domain.guild import ALONE, Means, Payer
from core.domain.job import SETS, TESTED, Failure, JobKind, Recipe
from core.domain.model import Catalogue
from core.domain.price import Quote
from core.domain.record import Json

IN_THE_WORDS = frozenset({Failure.SCRIPT_NOT_COVERED, Failure.TEXT_TOO_LONG})
"""What goes wrong again until the headline is another one."""
LETTERS = "ABC"
"""What the pictures of a platform's test are told apart by."""
KNOWN_AS = frozenset({"canadian", "cjk", "ethiopic", "gurmukhi", "hangul", "hiragana", "katakana", "myanmar", "nko"})
"""Alphabets people know by other names than Unicode's."""


# -- on the way ----------------------------------------------------------------------------------------------------


def progress(
    voice: Speaker,
    job: JobFacts,
    *,
    done: int,
    total: int,
    pictures: tuple[Picture, ...] = (),
    resumed: bool = False,
) -> ProgressView:
    """The status message of a running job. `resumed`: it was interrupted and goes on where it was."""
    text = listing.waiting(voice, job)
    if done:
        text = voice.say("progress.done", done=done, total=total, what=text)
    if resumed:
        text = f"{voice.say('progress.resumed')} {text}"
    return ProgressView(
        text=text,
        done=done,
        total=total,
        pictures=pictures,
        rows=rows(button(voice.say("button.cancel_job"), CancelJob(job.code))),
        slot=status_slot(job.code),
    )


def variant_ready(
    voice: Speaker, job: JobFacts, ready: Sequence[VariantFacts], *, total: int, catalogue: Catalogue
) -> ProgressView:
    """The status message once a further variant is finished; all finished ones are in it, and who drew them, once."""
    pictures = tuple(variant.bare(voice, facts, catalogue) for facts in ready)
    if len({facts.recipe.model for facts in ready}) == 1:
        pictures = (*pictures[:1], *(replace(one, caption="") for one in pictures[1:]))
    return progress(voice, job, done=len(ready), total=total, pictures=pictures)


def draft_shown(voice: Speaker, job: JobFacts, *, asset: str, total: int) -> ProgressView:
    """The status message with what a model drew on the way, for front ends that show pictures in it."""
    shown = Picture(asset=asset, alt=voice.say("progress.draft_alt"), caption=voice.say("progress.draft_alt"))
    view = progress(voice, job, done=0, total=total, pictures=(shown,))
    return replace(view, text=voice.say("progress.draft", what=view.text))


# -- the preview ---------------------------------------------------------------------------------------------------


def preview_ready(
    voice: Speaker,
    *,
    draft: str,
    recipe: Recipe,
    asset: str,
    catalogue: Catalogue,
    means: Means = ALONE,
    advice: Advice | None = None,
) -> GalleryView:
    """The free picture and the brief card in one message. `recipe.brief` is the brief to be ordered;
    `means`: what a server bears of it; `advice`: on its headline, said in a line and in nobody's way."""
    brief = recipe.brief
    size = prefill.target(brief.format).draft
    caption = voice.say("preview.caption")
    if offer.drawer(brief, catalogue).id != recipe.model:
        # The card below names who will draw the set; who drew this is said only where that is somebody else.
        drawn = card.drawn_by(voice, recipe.origin, catalogue.label(recipe.model))
        caption = voice.say("preview.caption_by", drawn=drawn)
    shown = Picture(
        asset=asset,
        alt=voice.say("preview.alt", headline=recipe.headline, vibe=card.label(voice, "vibe", brief.vibe)),
        caption=caption,
        origin=recipe.origin,
        width=size.width,
        height=size.height,
    )
    return GalleryView(
        title=voice.say("card.title"),
        text="\n".join((*card.advised(voice, brief, advice), card.summary(voice, brief, catalogue, means))),
        pictures=(shown,),
        rows=card.card_rows(voice, draft, brief, catalogue, means, advice),
        slot=card.card_slot(draft),
    )


def preview_failed(
    voice: Speaker,
    *,
    draft: str,
    brief: Brief,
    failure: Failure,
    catalogue: Catalogue,
    means: Means = ALONE,
    unwritten: Sequence[str] = (),
) -> TextView:
    """The brief card all the same, saying why there is no picture. `unwritten`: the alphabets that cannot be set."""
    reason = _reason(voice, failure, unwritten)
    why = voice.say("preview.failed", reason=reason, next=voice.say(f"next.{failure}"))
    if failure in IN_THE_WORDS:
        return replace(card.card(voice, draft, brief, catalogue, why), rows=card.reworded_rows(voice, draft))
    return card.card(voice, draft, brief, catalogue, why, means=means)


# -- results -------------------------------------------------------------------------------------------------------


def set_ready(
    voice: Speaker, job: JobFacts, ready: Sequence[VariantFacts], *, ordered: int, sheet: str, catalogue: Catalogue
) -> GalleryView:
    """The finished set. `sheet`: asset of all its pictures in one, numbered; fewer than `ordered` are explained."""
    variants, (slot, retires) = tuple(ready), _where(job)
    lines = [voice.say("set.ready", n=len(variants), ordered=ordered)]
    if len(variants) < ordered:
        lines.append(voice.say("set.missing", n=ordered - len(variants)))
    drawers = tuple(
        dict.fromkeys(card.drawn_by(voice, one.recipe.origin, catalogue.label(one.recipe.model)) for one in variants)
    )
    lines += [*drawers, *receipt.redirected(voice, variants, catalogue), *receipt.chosen(voice, variants)]
    lines += [
        voice.say("set.short", number=one.position + 1, words=one.recipe.short) for one in variants if one.recipe.short
    ]
    lines += [*typography.departures(voice, *variants), *_strangers(voice, variants), settled(voice, job)]
    pictures = tuple(variant.picture(voice, facts, catalogue) for facts in variants)
    if len(drawers) == 1:
        # Said once above all of them; only a mixed set says it of each.
        pictures = tuple(
            replace(one, caption=f"{facts.position + 1} · {short}" if (short := variant.short(voice, facts)) else "")
            for one, facts in zip(pictures, variants, strict=True)
        )
    return GalleryView(
        title=job.headline,
        text="\n".join(lines),
        facts=receipt.searches(voice, variants),
        chips=receipt.chips(variants),
        pictures=pictures,
        sheet=sheet,
        rows=(
            *rows(*variant.open_buttons(voice, variants), width=6),
            *rows(
                button(voice.say("button.download_all", price=offer.tag(voice, 0, catalogue)), DownloadAll(job.code)),
                *_tested(voice, job, variants, catalogue),
                button(voice.say("button.again"), Again(job.code)),
                button(voice.say("button.new"), Run("new")),
            ),
        ),
        slot=slot,
        retires=retires,
    )


def _tested(
    voice: Speaker, job: JobFacts, variants: Sequence[VariantFacts], catalogue: Catalogue
) -> tuple[Button, ...]:
    """YouTube shows viewers up to three thumbnails of a video and keeps the one that is watched most."""
    if len(variants) < TESTED or prefill.target(variants[0].recipe.brief.format).family is not Family.WIDE:
        return ()
    return (button(voice.say("button.best_three", price=offer.tag(voice, 0, catalogue)), BestThree(job.code)),)


def _where(job: JobFacts) -> tuple[str, tuple[str, ...]]:
    """The slot a job's end takes, and those it retires: of a night none and the status message, for hours later nobody
    looks at that, and platforms announce new messages only."""
    slot = status_slot(job.code)
    return ("", (slot,)) if job.kind is JobKind.OVERNIGHT else (slot, ())


def refined(voice: Speaker, job: JobFacts, facts: VariantFacts, *, catalogue: Catalogue) -> GalleryView:
    """A variant's new version."""
    shown = variant.picture(voice, facts, catalogue)
    said = (*typography.departures(voice, facts), *_strangers(voice, (facts,)))
    lines = (voice.say(f"done.{job.kind}"), *said, settled(voice, job))
    return GalleryView(
        pictures=(shown,),
        text="\n".join(lines),
        facts=receipt.searches(voice, (facts,)),
        chips=receipt.chips((facts,)),
        slot=status_slot(job.code),
    )


def _strangers(voice: Speaker, variants: Sequence[VariantFacts]) -> list[str]:
    """A warning for each whose face is somebody else's, or that shows one of two people."""
    return [
        *(voice.say("variant.unlike", number=one.position + 1) for one in variants if receipt.unlike(one.facts)),
        *(voice.say("variant.alone", number=one.position + 1) for one in variants if receipt.alone(one.facts)),
    ]


def feed_ready(voice: Speaker, job: JobFacts, facts: VariantFacts, *, asset: str, size: Size) -> GalleryView:
    """The sheet that shows a variant as small as feeds do."""
    shown = Picture(
        asset=asset,
        alt=voice.say("feed.alt", headline=facts.recipe.brief.headline),
        variant=facts.code,
        name=variant.name(voice, facts),
        origin=facts.recipe.origin,
        width=size.width,
        height=size.height,
    )
    return GalleryView(
        pictures=(shown,),
        text=voice.say("feed.text"),
        rows=rows(
            button(voice.say("button.show"), OpenVariant(facts.code)),
            button(voice.say("button.file"), GetFile(facts.code)),
        ),
        slot=status_slot(job.code),
    )


def file_ready(
    voice: Speaker,
    job: JobFacts,
    *,
    asset: str,
    name: str,
    media_type: str,
    size_bytes: int,
    width: int = 0,
    height: int = 0,
) -> FileView:
    """A picture's file, or with neither width nor height an archive (all files, everything known of a person)."""
    megabytes = f"{size_bytes / MEGABYTE:.2f}"
    if width and height:
        text = voice.say("file.picture", width=width, height=height, megabytes=megabytes)
    else:
        text = voice.say(f"done.{job.kind}") + " " + voice.say("file.archive", megabytes=megabytes)
    way_back = rows(button(voice.say("button.show"), OpenVariant(job.variants[0]))) if job.variants else ()
    return FileView(asset=asset, name=name, media_type=media_type, text=text, rows=way_back, slot=status_slot(job.code))


def without(voice: Speaker, file: FileView, names: Sequence[str]) -> FileView:
    """The archive with what was asked for and is not in it, by name."""
    return replace(file, text=f"{file.text} {voice.say('file.missing', names=', '.join(names))}") if names else file


def best_ready(voice: Speaker, file: FileView, chosen: Sequence[VariantFacts]) -> FileView:
    """The archive of those that differ most, and which they are."""
    numbers = ", ".join(str(one.position + 1) for one in chosen)
    return replace(file, text=f"{voice.say('set.chosen', numbers=numbers)} {file.text}")


def best_shown(voice: Speaker, chosen: Sequence[VariantFacts], catalogue: Catalogue) -> GalleryView:
    """Those of the archive to look at, each under the letter it has there."""
    pictures = (
        replace(
            variant.bare(voice, one, catalogue),
            caption=voice.say("set.lettered", letter=letter, name=variant.name(voice, one)),
        )
        for letter, one in zip(LETTERS, chosen, strict=False)
    )
    return GalleryView(
        pictures=tuple(pictures),
        text=voice.say("set.chosen", numbers=", ".join(str(one.position + 1) for one in chosen)),
        rows=rows(*variant.open_buttons(voice, chosen, LETTERS), width=6),
    )


def sizes_shown(voice: Speaker, facts: VariantFacts, made: Sequence[tuple[str, str, Size]]) -> GalleryView:
    """A variant in all its formats to look at; `made`: format, asset and size of each."""
    pictures = (_sized(voice, facts, asset, format_id, size) for format_id, asset, size in made)
    return GalleryView(pictures=tuple(pictures), text=voice.say("file.sizes", name=variant.name(voice, facts)))


def files_ready(voice: Speaker, brief: Brief, file: Json | None, lost: Sequence[VariantFacts]) -> FileView | NoticeView:
    """The archive of a set in the type its brief asks for; `file`: its record, None where there is none; `lost`: the
    variants that are not in it."""
    kind = card.label(voice, "file_type", brief.file_type)
    names = [variant.name(voice, row) for row in lost]
    if file is None:
        return NoticeView(text=voice.say("file.none", kind=kind, names=", ".join(names)), tone=Tone.WARNING)
    megabytes = f"{file['byte_count'] / MEGABYTE:.2f}"
    packed = FileView(
        asset=file["id"],
        name=f"thumbnails-{brief.file_type}.zip",
        media_type=file["media_type"],
        text=voice.say("file.set", kind=kind, megabytes=megabytes),
    )
    return without(voice, packed, names)


def size_ready(voice: Speaker, facts: VariantFacts, file: FileView, format_id: str, size: Size) -> FileView:
    """A variant's file in another format, which nobody has seen yet: the picture itself is shown with it."""
    further = button(voice.say("button.other_sizes", price=""), OtherSize(facts.code))
    return replace(file, picture=_sized(voice, facts, file.asset, format_id, size), rows=rows(further))


def _sized(voice: Speaker, facts: VariantFacts, asset: str, format_id: str, size: Size) -> Picture:
    return Picture(
        asset=asset,
        alt=variant.alt(voice, facts),
        caption=card.label(voice, "format", format_id),
        variant=facts.code,
        name=variant.name(voice, facts),
        origin=facts.recipe.origin,
        width=size.width,
        height=size.height,
    )


# -- ends without a result -----------------------------------------------------------------------------------------


def _reason(voice: Speaker, failure: Failure, unwritten: Sequence[str]) -> str:
    if not unwritten:
        return voice.say(f"failure.{failure}")
    names = dict.fromkeys(voice.say(f"alphabet.{one}") if one in KNOWN_AS else one.title() for one in unwritten)
    return voice.say("failure.unwritten", alphabets=", ".join(names))


def job_failed(
    voice: Speaker, job: JobFacts, failure: Failure, *, reroll: Quote | None = None, unwritten: Sequence[str] = ()
) -> NoticeView:
    """Reason, what was given back, what to do next. `reroll`: its price, where drawing it again is the way on;
    `unwritten`: like a preview's."""
    text = " ".join((_reason(voice, failure, unwritten), settled(voice, job), voice.say(f"next.{failure}")))
    if job.kind is JobKind.EDIT_TEXT:
        text = f"{text} {voice.say('edit_text.again')}"
    slot, retires = _where(job)
    ways = _way_on(voice, job, reroll, failure)
    return NoticeView(text=text, tone=Tone.ERROR, rows=ways, slot=slot, retires=retires)


def job_repeated(voice: Speaker, headline: str) -> NoticeView:
    """An operator has begun a job again that failed; its progress is shown below."""
    return NoticeView(text=voice.say("settled.repeated", headline=headline))


def job_cancelled(voice: Speaker, job: JobFacts, *, delivered: int = 0) -> NoticeView:
    """A cancelled job keeps, and pays for, what was delivered already."""
    first = voice.say("cancelled.kept", n=delivered) if delivered else voice.say("cancelled.nothing")
    return NoticeView(text=f"{first} {settled(voice, job)}", rows=_way_on(voice, job), slot=status_slot(job.code))


def settled(voice: Speaker, job: JobFacts) -> str:
    """What the job cost in the end, and whom, where that is somebody else."""
    if job.payer is Payer.HOUSE:
        return voice.say("settled.house")
    if not job.price or (job.payer is Payer.PERSON and not job.by_team):
        return _cost(voice, job)
    if not job.captured:
        return voice.say("team.released" if job.by_team else "server.released", n=job.price)
    return f"{_cost(voice, job)} {voice.say('team.paid' if job.by_team else 'server.paid')}"


def _cost(voice: Speaker, job: JobFacts) -> str:
    released = job.price - job.captured
    if not job.price:
        return voice.say("settled.free")
    if not job.captured:
        return voice.say("settled.released", n=released)
    if released:
        return voice.say("settled.partly", cost=offer.price(voice, job.captured), n=released)
    return voice.say("settled.captured", n=job.captured)


def _tag(voice: Speaker, amount: int) -> str:
    """Beside a failure only what costs something says so."""
    return voice.say("price.tag", price=offer.price(voice, amount)) if amount else ""


def _way_on(
    voice: Speaker, job: JobFacts, reroll: Quote | None = None, failure: Failure | None = None
) -> tuple[Row, ...]:
    buttons: list[Button] = []
    if job.variants and reroll is not None:
        label = voice.say("button.reroll", price=_tag(voice, reroll.credits))
        buttons.append(button(label, Reroll(job.variants[0], str(reroll.credits)), Style.PRIMARY))
    if job.kind in SETS and job.recipe is not None:
        label = voice.say("button.again_now" if job.kind is JobKind.OVERNIGHT else "button.again")
        worded = failure in IN_THE_WORDS
        if worded:
            buttons.append(button(voice.say("button.change_headline"), Again(job.code, "headline"), Style.PRIMARY))
        buttons.append(button(label, Again(job.code), Style.PLAIN if worded else Style.PRIMARY))
    if job.variants and job.kind is JobKind.EDIT_TEXT:
        buttons.append(button(voice.say("button.edit_text", price=""), EditText(job.variants[0])))
    if job.variants and job.kind is JobKind.RESTYLE:
        buttons.append(button(voice.say("button.type", price=""), Restyle(job.variants[0])))
    if job.variants and job.kind is JobKind.EDIT_PROMPT:
        label = voice.say("button.retouch", price=_tag(voice, job.price))
        buttons.append(button(label, Retouch(job.variants[0])))
    if job.variants:
        buttons.append(button(voice.say("button.show"), OpenVariant(job.variants[0])))
    buttons.append(button(voice.say("button.new"), Run("new")))
    return rows(*buttons)


# -- the receipt of /delete_me -------------------------------------------------------------------------------------


def person_deleted(voice: Speaker, *, pictures: int, variants: int, credits_lost: int, receipt: str) -> TextView:
    """What /delete_me removed, counted where it was done."""
    text = voice.say(
        "receipt.text",
        pictures=voice.say("receipt.pictures", n=pictures),
        variants=voice.say("receipt.variants", n=variants),
        receipt=receipt,
    )
    if credits_lost:
        text = f"{text} {voice.say('receipt.credits', credits=credits_lost)}"
    return TextView(title=voice.say("receipt.title"), text=text)
