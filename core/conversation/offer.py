"""Offers: which model a brief would be drawn by, for how many credits, and the button that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.conversation.action import Generate, Preview
from core.conversation.talk import button
from core.conversation.texts import Speaker
from core.conversation.view import Button, Style
from core.domain.brief import VARIANT_COUNTS, Brief
from core.domain.format import Quality
from core.domain.guild import ALONE, Means, Payer
from core.domain.model import EDITING, Capability, Catalogue, ModelSpec, Role, able
from core.domain.price import Quote, Work, quote

_OFFER = re.compile(r"(\d)\.(draft|standard|4k)\.(\d{1,4})(\.night)?(\.server)?")
DRAFTS = 2
"""Variants of the cheap second offer."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One order per prompt; `credits` is the sum, the number on the button."""

    briefs: tuple[Brief, ...]
    quotes: tuple[Quote, ...]
    model: ModelSpec
    payer: Payer = Payer.PERSON

    @property
    def credits(self) -> int:
        return sum(one.credits for one in self.quotes)

    @property
    def work(self) -> Work:
        return self.quotes[0].work

    @property
    def token(self) -> str:
        first = self.briefs[0]
        night = ".night" if self.work is Work.OVERNIGHT else ""
        server = ".server" if self.by_guild else ""
        return f"{first.variants}.{first.quality}.{self.credits}{night}{server}"

    @property
    def by_guild(self) -> bool:
        """What is free nobody pays."""
        return self.payer is Payer.GUILD and self.credits > 0


def drawer(brief: Brief, catalogue: Catalogue, *, free: bool = False) -> ModelSpec:
    """The model for a brief: the one it names or what succeeded it, else the best paid one, else the free studio.

    `free`: only the studio, which draws the look nearest to one it lacks.
    """
    named = catalogue.resolve(brief.model)
    able = () if free else catalogue.for_brief(brief)
    chosen = [row for row in able if named and row.id == named.model.id]
    gratis = [row for row in catalogue.models if row.free]
    return next(iter([*chosen, *able, *gratis] or catalogue.models))


def studio(catalogue: Catalogue) -> ModelSpec | None:
    return next((model for model in catalogue.models if model.free), None)


def offer(
    brief: Brief, catalogue: Catalogue, *, free: bool = False, work: Work = Work.SET, payer: Payer = Payer.PERSON
) -> Offer:
    model = drawer(brief, catalogue, free=free)
    briefs = tuple(replace(brief, headline=line, prompts=()) for line in (brief.headline, *brief.prompts))
    return Offer(briefs, tuple(quote(one, model, work) for one in briefs), model, payer)


def payable(brief: Brief, catalogue: Catalogue, means: Means, *, free: bool = False, work: Work = Work.SET) -> Offer:
    """At the server's cost where that bears it now, else at the person's own."""
    made = offer(brief, catalogue, free=free, work=work)
    return replace(made, payer=means.payer(made.credits, len(made.briefs)))


def overnight(brief: Brief, catalogue: Catalogue, payer: Payer = Payer.PERSON) -> Offer | None:
    """The same set by tomorrow, where its model takes batches and that is cheaper."""
    made = offer(brief, catalogue, work=Work.OVERNIGHT, payer=payer)
    batches = made.model.batch_factor is not None and made.model.can(Capability.BATCH)
    return made if batches and made.credits < offer(brief, catalogue).credits else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a Generate button said."""

    brief: Brief
    credits: int
    overnight: bool
    payer: Payer


def asked(token: str, brief: Brief) -> Asked | None:
    """`brief` with the variants and the quality of the button. None: not a token."""
    match = _OFFER.fullmatch(token)
    if not match or int(match[1]) not in VARIANT_COUNTS:
        return None
    wanted = replace(brief, variants=int(match[1]), quality=Quality(match[2]))
    return Asked(wanted, int(match[3]), bool(match[4]), Payer.GUILD if match[5] else Payer.PERSON)


def redraw(brief: Brief, model_id: str, catalogue: Catalogue) -> Quote:
    """The price of drawing one variant again, by the model that drew it, or by what replaced that one."""
    model = catalogue.find(model_id)
    if model is None or brief.vibe not in model.vibes:
        model = drawer(brief, catalogue)
    return quote(brief, model, Work.REDRAW)


def edit(brief: Brief, model_id: str, catalogue: Catalogue) -> Quote | None:
    """The price of changing a finished picture, by the model that painted it or by the next best. None: nobody can."""
    painter = catalogue.resolve(model_id)
    asked = (*([painter.model] if painter else []), *catalogue.for_role(Role.EDIT))
    editors = (row for row in asked if not row.free and row.capabilities >= EDITING and able(row, brief))
    first = next(editors, None)
    return quote(brief, first, Work.REDRAW) if first else None


def retype(brief: Brief, model_id: str) -> Quote:
    """Work on our own layers and files: free, whoever drew the picture."""
    return Quote(0, model_id, Work.RETYPE, 1)


def price(voice: Speaker, amount: int) -> str:
    """The words on a button for an amount of credits; none is free."""
    return voice.say("price.credits", n=amount) if amount else voice.say("price.free")


def cost(voice: Speaker, made: Offer, catalogue: Catalogue) -> str:
    """The price of a set at the end of its button, and who else pays it."""
    if made.by_guild:
        return voice.say("price.tag_server", price=price(voice, made.credits))
    return tag(voice, made.credits, catalogue)


def tag(voice: Speaker, amount: int, catalogue: Catalogue) -> str:
    """The price at the end of a button; where nothing costs anything no button says that it is free."""
    return voice.say("price.tag", price=price(voice, amount)) if amount or catalogue.paid() else ""


def generate_button(voice: Speaker, draft: str, made: Offer, catalogue: Catalogue) -> Button:
    label = voice.say("button.generate", count=made.briefs[0].variants, price=cost(voice, made, catalogue))
    if len(made.briefs) > 1:
        label = voice.say("button.generate_prompts", label=label, n=len(made.briefs))
    return button(label, Generate(draft, made.token), Style.PRIMARY)


def offer_buttons(
    voice: Speaker, draft: str, brief: Brief, catalogue: Catalogue, means: Means = ALONE
) -> Iterable[Button]:
    """The set as the brief wants it, two cheap drafts of it, and where it costs something the studio's free one. Where
    none of them would be taken today, the way back to this brief alone."""
    wanted = payable(brief, catalogue, means)
    if means.refused(0, len(wanted.briefs)):
        yield button(voice.say("button.this_brief"), Preview(draft))
        return
    yield generate_button(voice, draft, wanted, catalogue)
    drafts = payable(replace(brief, variants=DRAFTS, quality=Quality.DRAFT), catalogue, means)
    if (brief.variants, brief.quality) != (DRAFTS, Quality.DRAFT):
        label = voice.say("button.drafts", count=DRAFTS, price=cost(voice, drafts, catalogue))
        yield button(label, Generate(draft, drafts.token))
    yield from night_button(voice, draft, brief, catalogue, means)
    if wanted.credits:
        yield from studio_button(voice, draft, brief, catalogue)


def night_button(
    voice: Speaker, draft: str, brief: Brief, catalogue: Catalogue, means: Means = ALONE
) -> Iterable[Button]:
    """The same for less, for who can wait."""
    if made := overnight(brief, catalogue):
        made = replace(made, payer=means.payer(made.credits, len(made.briefs)))
        label = voice.say("button.overnight", price=cost(voice, made, catalogue))
        yield button(label, Generate(draft, made.token))


def studio_button(voice: Speaker, draft: str, brief: Brief, catalogue: Catalogue) -> Iterable[Button]:
    """The free way on, where the catalogue has one."""
    if studio(catalogue):
        label = voice.say("button.free_set", count=brief.variants)
        yield button(label, Generate(draft, offer(brief, catalogue, free=True).token))
