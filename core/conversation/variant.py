"""Variants as people see them: one finished picture, what may be done with it, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from core.conversation import card, offer, prefill, receipt, typography
from core.conversation.action import (
    AltText,
    BeforeAfter,
    ChangeVibe,
    Delete,
    EditText,
    FeedPreview,
    GetFile,
    Info,
    OpenVariant,
    OtherSize,
    Pin,
    Reroll,
    Restyle,
    Retouch,
    Run,
    SameLook,
    Score,
    Undo,
    Upscale,
)
from core.conversation.talk import button, rows
from core.conversation.texts import Speaker
from core.conversation.view import Button, GalleryView, Picture, Row, Style, Topic
from core.conversation.world import VariantFacts
from core.domain import typeface
from core.domain.brief import FileType, People
from core.domain.format import FORMATS, Quality
from core.domain.model import Catalogue, Origin
from core.domain.word import counted

WHOLE = "whole"
"""Of EditText: the headline it has, all of it."""


def variant_rows(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> tuple[Row, ...]:
    """Everything one variant can have done to it, with the price where there is one. Undo leads: a front end that folds
    most of them away shows the first few, and a change that missed is taken back by one press."""
    code = variant.code
    redraw = offer.redraw(variant.recipe.brief, variant.recipe.model, catalogue)
    price, free = offer.tag(voice, redraw.credits, catalogue), offer.tag(voice, 0, catalogue)
    pin = Pin(code, "0") if variant.pinned else Pin(code)
    edit = offer.edit(variant.recipe.brief, variant.recipe.model, catalogue)
    before = earlier(variant) is not None
    return (
        *rows(
            *([button(voice.say("button.undo"), Undo(code))] if variant.previous else []),
            button(voice.say("button.edit_text", price=free), EditText(code)),
            button(voice.say("button.type", price=free), Restyle(code)),
            *(
                [button(voice.say("button.retouch", price=offer.tag(voice, edit.credits, catalogue)), Retouch(code))]
                if edit
                else []
            ),
            button(voice.say("button.change_vibe", price=price), ChangeVibe(code)),
            button(voice.say("button.reroll", price=price), Reroll(code, str(redraw.credits))),
            button(voice.say("button.other_sizes", price=free), OtherSize(code)),
            button(voice.say("button.file"), GetFile(code)),
            *([button(voice.say("button.upscale", price=free), Upscale(code))] if larger(variant) else []),
            button(voice.say("button.feed_preview", price=free), FeedPreview(code)),
            button(voice.say("button.score", price=free), Score(code)),
            button(voice.say("button.info"), Info(code)),
            button(voice.say("button.same_look"), SameLook(code)),
            button(voice.say("button.unpin" if variant.pinned else "button.pin"), pin),
            button(voice.say("button.delete"), Delete(code), Style.DANGER),
        ),
        *rows(*([button(voice.say("button.before_after"), BeforeAfter(code))] if before else [])),
    )


def larger(variant: VariantFacts) -> bool:
    """Whether 4K is more than it has."""
    brief, target = variant.recipe.brief, prefill.target(variant.recipe.brief.format)
    return target.size(Quality.FOUR_K).width > target.size(brief.quality).width


def picture(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> Picture:
    """The picture with all that can be done with it."""
    return replace(bare(voice, variant, catalogue), rows=variant_rows(voice, variant, catalogue))


def bare(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> Picture:
    recipe = variant.recipe
    size = prefill.target(recipe.brief.format).size(recipe.brief.quality)
    drawn = card.drawn_by(voice, recipe.origin, catalogue.label(recipe.model))
    caption = voice.say("variant.caption", number=variant.position + 1, drawn=drawn)
    return Picture(
        asset=variant.picture,
        alt=alt(voice, variant),
        caption=" ".join(filter(None, (caption, short(voice, variant)))),
        variant=variant.code,
        name=name(voice, variant),
        origin=recipe.origin,
        width=size.width,
        height=size.height,
    )


def name(voice: Speaker, variant: VariantFacts) -> str:
    """What a variant is called inside a sentence."""
    return voice.say("variant.name", number=variant.position + 1)


def short(voice: Speaker, variant: VariantFacts) -> str:
    """How few of its headline's words it shows; empty where it shows them all."""
    recipe = variant.recipe
    if not recipe.short:
        return ""
    shown, whole = len(counted(recipe.short)), len(counted(recipe.brief.words))
    if whole == 1:  # a script without spaces
        return voice.say("variant.short_part")
    return voice.say("variant.short", n=shown, count=whole)


def earlier(variant: VariantFacts) -> VariantFacts | None:
    """The variant as it was before its last change; None where that picture is gone or never was. What lay before that
    again is not told."""
    if not variant.previous_picture or variant.previous_recipe is None:
        return None
    return replace(
        variant,
        version=variant.previous,
        recipe=variant.previous_recipe,
        facts=variant.previous_facts,
        picture=variant.previous_picture,
        previous=0,
        previous_picture="",
    )


def alt(voice: Speaker, variant: VariantFacts) -> str:
    """The picture in words: which it is and says, and what its painter said of it."""
    brief = variant.recipe.brief
    plain = voice.say(
        "variant.alt",
        number=variant.position + 1,
        headline=variant.recipe.headline,
        vibe=card.label(voice, "vibe", brief.vibe),
    )
    return f"{plain}. {said}" if (said := receipt.note(variant.facts)) else plain


def described(voice: Speaker, variant: VariantFacts) -> str:
    """Alt text by rules: the words on it and what its brief says, and its painter's line where there is one."""
    brief = variant.recipe.brief
    look = {"format": card.label(voice, "format", brief.format), "vibe": card.label(voice, "vibe", brief.vibe)}
    words = variant.recipe.headline
    if brief.subtext:
        words = voice.say("alt.subtext", headline=words, subtext=brief.subtext)
    if brief.exhibit:
        said = voice.say("alt.exhibit", words=words, **look)
    elif brief.people is People.TWO:
        said = voice.say("alt.two", words=words, **look)
    else:
        said = voice.say("alt.person" if brief.selfies else "alt.nobody", words=words, **look)
    return " ".join(filter(None, (said, receipt.note(variant.facts))))


def alone(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> GalleryView:
    """One variant with its buttons."""
    return GalleryView(
        pictures=(picture(voice, variant, catalogue),),
        facts=receipt.searches(voice, (variant,)),
        chips=receipt.chips((variant,)),
    )


def shared(voice: Speaker, variant: VariantFacts, catalogue: Catalogue, topic: Topic | None) -> GalleryView:
    """For everybody to see, each version once: nothing is done with it there, but anybody may begin one of their
    own."""
    drawn = card.drawn_by(voice, variant.recipe.origin, catalogue.label(variant.recipe.model))
    return GalleryView(
        title=variant.recipe.brief.headline,
        pictures=(replace(bare(voice, variant, catalogue), caption=drawn),),
        topic=topic,
        rows=rows(button(voice.say("button.new"), Run("new"))),
        slot=f"shared:{variant.code}.{variant.version}",
    )


def open_buttons(voice: Speaker, variants: Sequence[VariantFacts], signs: str = "") -> tuple[Button, ...]:
    """`1 2 3 4`, each leading to its variant; with `signs`, a letter for each, those instead."""
    return tuple(
        button(voice.say("button.number", number=sign), OpenVariant(variant.code))
        for sign, variant in zip(signs or count(1), variants, strict=False)
    )


def vibe_rows(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> tuple[Row, ...]:
    """The other vibes, each at the price of drawing this variant again."""
    cost = offer.redraw(variant.recipe.brief, variant.recipe.model, catalogue).credits
    return rows(
        *(
            button(
                card.label(voice, "vibe", vibe) + offer.tag(voice, cost, catalogue),
                ChangeVibe(variant.code, f"{vibe}.{cost}"),
            )
            for vibe in catalogue.vibes()
            if vibe != variant.recipe.brief.vibe
        )
    )


ALL_SIZES = "all"
"""Instead of a format."""


def size_rows(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> tuple[Row, ...]:
    free = offer.tag(voice, 0, catalogue)
    return (
        *rows(
            *(
                button(card.label(voice, "format", name) + free, OtherSize(variant.code, name))
                for name in FORMATS
                if name != variant.recipe.brief.format
            ),
            width=2,
        ),
        *rows(button(voice.say("button.all_sizes", price=free), OtherSize(variant.code, ALL_SIZES))),
    )


def file_rows(voice: Speaker, variant: VariantFacts) -> tuple[Row, ...]:
    """The picture in each type, and what to publish beside it."""
    return (
        *rows(*(button(card.label(voice, "file_type", kind), GetFile(variant.code, kind.value)) for kind in FileType)),
        *rows(button(voice.say("button.alt"), AltText(variant.code))),
    )


def info(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> str:
    """All that is known of how a variant came to be."""
    recipe, brief = variant.recipe, variant.recipe.brief
    size = prefill.target(brief.format).size(brief.quality)
    likeness = _likeness(voice, variant)
    lines = [
        voice.say("info.headline", headline=recipe.headline),
        *filter(None, (short(voice, variant),)),
        voice.say(
            "info.look",
            vibe=card.label(voice, "vibe", brief.vibe),
            format=card.label(voice, "format", brief.format),
            width=size.width,
            height=size.height,
        ),
        *([voice.say("info.face", face=typeface.name(variant.face))] if variant.face else []),
        *typography.departures(voice, variant),
        *receipt.drawing(voice, variant, catalogue),
        *([likeness] if likeness else []),
        *receipt.material(voice, variant),
        *receipt.provenance(voice, variant),
        voice.say("info.seed", seed=recipe.seed),
        voice.say("info.version", version=variant.version, versions=variant.versions),
        voice.say("info.pinned" if variant.pinned else "info.unpinned"),
        voice.say("info.code", code=variant.code),
        voice.say("info.series"),
    ]
    return "\n".join(lines)


def _likeness(voice: Speaker, variant: VariantFacts) -> str:
    """What is known of how much the person looks like the selfies; empty when nobody was drawn or asked."""
    if not variant.recipe.brief.selfies:
        return ""
    if variant.recipe.origin is Origin.STUDIO:
        return voice.say("info.own_person")
    match variant.facts.get("identity"):
        case {"score": float(score) | int(score), "likeness": str(likeness)}:
            return voice.say("info.likeness", score=f"{score:.2f}", likeness=voice.say(f"likeness.{likeness}"))
        case {"missing": str(reason)}:
            return voice.say(f"unscored.{reason}")
    return ""
