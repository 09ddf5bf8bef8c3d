"""Receipts: how a version came about, as it was noted when it was drawn; what was not noted is not said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from core.conversation import card, offer
from core.conversation.texts import Speaker
from core.conversation.view import Fact
from core.conversation.world import VariantFacts
from core.domain.model import Capability, Catalogue, Origin
from core.domain.prompt import Touch
from core.domain.score import UNLIKE

SEARCH = "https://www.google.com/search?q="
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]{1,2000}")
BARELY = 0.02
"""Share of a picture that may be carried on at its edges without a word."""


def drawing(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> Iterator[str]:
    """Who drew it, after whom, and what of the order that changed."""
    recipe, facts = variant.recipe, variant.facts
    yield card.drawn_by(voice, recipe.origin, catalogue.label(recipe.model))
    yield from _route(voice, variant, catalogue)
    ordered = str(facts.get("ordered_vibe", recipe.brief.vibe))
    if ordered != recipe.brief.vibe:
        looks = {"ordered": ordered, "drawn": recipe.brief.vibe}
        yield voice.say("made.look", **{name: card.label(voice, "vibe", vibe) for name, vibe in looks.items()})
    if recipe.brief.search and not _searched(recipe.model, catalogue):
        yield voice.say("made.no_search", model=_drawer(voice, variant, catalogue))
    if change := changed(voice, facts):
        yield voice.say("made.changed", change=change)
    yield from _price(voice, facts)


def changed(voice: Speaker, facts: Mapping[str, Any]) -> str:
    """What was asked to be changed in this version; empty: nothing."""
    if (touch := facts.get("touch")) in list(Touch):
        return voice.say(f"touch.{touch}")
    return f"“{words}”" if (words := facts.get("words")) else ""


def material(voice: Speaker, variant: VariantFacts) -> Iterator[str]:
    """What the model was shown and said, and how its picture had to be fitted."""
    facts, count = variant.facts, len(variant.recipe.brief.selfies)
    if shown := facts.get("selfies_shown"):
        line = voice.say("made.selfies", shown=", ".join(map(str, shown)), count=count)
        yield line if list(shown) == sorted(shown) else voice.say("made.ranked", shown=line)
    if (liked := len(variant.recipe.brief.inspiration)) and "styles" in facts:
        yield voice.say("made.styles", shown=facts["styles"], count=liked)
    if facts.get("gates", {}).get("sharp") is False:
        yield voice.say("made.soft", times=facts["enlarged"])
    if (share := facts.get("extended", 0.0)) > BARELY:
        yield voice.say("made.extended", percent=round(100 * share))
    if words := note(facts):
        yield voice.say("made.note", note=words)


def searches(voice: Speaker, variants: Sequence[VariantFacts]) -> tuple[Fact, ...]:
    """What was looked up on the web for these pictures and where it was found, as links, each once."""
    queries = (str(one) for row in variants for one in row.facts.get("search_queries", ()))
    sources = (one for row in variants for one in row.facts.get("sources", ()))
    found = [
        *(Fact(name=voice.say("made.searched"), value=_line(one), link=SEARCH + quote_plus(one)) for one in queries),
        *(
            Fact(name=voice.say("made.source"), value=_line(one.get("title") or one["url"]), link=_address(one["url"]))
            for one in sources
        ),
    ]
    return tuple(dict.fromkeys(found))


def chips(variants: Sequence[VariantFacts]) -> tuple[str, ...]:
    """See `GalleryView.chips`; those that look the same, once."""
    first = {row.facts.get("search_chip"): f"{row.code}.{row.version}" for row in reversed(variants)}
    return tuple(name for html, name in reversed(first.items()) if html)


def _line(text: str) -> str:
    return " ".join(text.split())


def _address(url: str) -> str:
    """Empty for what nobody should be led to."""
    return url if _ADDRESS.fullmatch(url) else ""


def note(facts: Mapping[str, Any]) -> str:
    """What the model said beside its picture: one line, cleaned when it was read."""
    return str(facts.get("note", ""))


def chosen(voice: Speaker, variants: Sequence[VariantFacts]) -> Iterator[str]:
    """Which selfies a model was shown, where that is fewer than were sent; each choice is said once."""
    told = {tuple(sorted(one.facts.get("selfies_shown", ()))): len(one.recipe.brief.selfies) for one in variants}
    for shown, count in told.items():
        if 0 < len(shown) < count:
            yield voice.say("set.selfies", shown=", ".join(map(str, shown)), count=count, n=len(shown))


def unlike(facts: Mapping[str, Any]) -> bool:
    """Whether the face is somebody else's, as far as it could be compared with the selfies."""
    return bool(facts.get("identity", {}).get("likeness") == UNLIKE)


def alone(facts: Mapping[str, Any]) -> bool:
    """Whether one person is painted where two were ordered."""
    return facts.get("gates", {}).get("both") is False


def amiss(facts: Mapping[str, Any]) -> bool:
    """Whether those who were ordered are not who is shown: painted once more, then shown as it is and not charged."""
    return unlike(facts) or alone(facts)


def provenance(voice: Speaker, variant: VariantFacts) -> Iterator[str]:
    """What the model's own file says of where it comes from; the files delivered here are new ones."""
    match variant.facts.get("provenance"):
        case {"read": True, **told}:
            state = voice.say("provenance.intact" if told["intact"] else "provenance.changed")
            names = [str(told[name]) for name in ("issuer", "generator") if told[name]]
            who = ", ".join(names) or voice.say("provenance.unnamed")
            yield voice.say("provenance.read", who=who, state=state)
            if told["made_by_model"]:
                yield voice.say("provenance.by_model")
            yield voice.say("provenance.synthid" if told["synthid"] else "provenance.no_synthid")
        case {"found": bool(found)}:
            yield voice.say("provenance.unread" if found else "provenance.none")
            yield voice.say("provenance.no_synthid")


def _route(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> Iterator[str]:
    facts, drawer = variant.facts, variant.recipe.model
    yield from _followed(voice, variant, catalogue)
    if reasons := _reasons(voice, variant, catalogue):
        yield _instead(voice, variant, reasons, catalogue)
    retried = _failed(facts).get(drawer, "")
    if retried and not amiss(facts):
        yield voice.say("made.retried", reason=voice.say(f"trouble.{retried}", model=catalogue.label(drawer)))


def redirected(voice: Speaker, variants: Sequence[VariantFacts], catalogue: Catalogue) -> tuple[str, ...]:
    """Why somebody else drew than was ordered; each sentence once. What that gave back is said with the set's price."""
    said: list[str] = []
    for variant in variants:
        said += _followed(voice, variant, catalogue)
        if reasons := _reasons(voice, variant, catalogue):
            said.append(voice.say("made.instead", reasons=reasons, drawer=_drawer(voice, variant, catalogue)))
    return tuple(dict.fromkeys(said))


def _followed(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> Iterator[str]:
    """Who came after a model that is not offered any more."""
    route = variant.facts.get("route", {})
    if replaced := route.get("replaced"):
        heir = next((row["model"] for row in route["candidates"] if row["reason"] == "successor"), "")
        old, new = catalogue.label(replaced), catalogue.label(heir)
        drew = heir == variant.recipe.model
        yield (voice.say("made.successor", old=old, new=new) if drew else voice.say("made.replaced", old=old))


def _reasons(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> str:
    """Why those before the one who drew did not; empty: nobody was before."""
    facts, route = variant.facts, variant.facts.get("route", {})
    passed = {
        row["model"]: row["reason"] for row in route.get("passed_by", ()) if row["model"] != route.get("replaced")
    }
    ordered = facts.get("ordered_model", "")
    reasons = [voice.say(f"passed.{passed[ordered]}", model=catalogue.label(ordered))] if ordered in passed else []
    reasons += [
        voice.say(f"trouble.{reason}", model=catalogue.label(model))
        for model, reason in _failed(facts).items()
        if model != variant.recipe.model
    ]
    return "; ".join(reasons)


def _failed(facts: Mapping[str, Any]) -> dict[str, str]:
    return {row["model"]: row["reason"] for row in facts.get("attempts", ()) if row["error"]}


def _searched(model_id: str, catalogue: Catalogue) -> bool:
    known = (*catalogue.models, *catalogue.tools, *catalogue.known)
    return any(row.can(Capability.SEARCH_WEB) for row in known if row.id == model_id)


def _drawer(voice: Speaker, variant: VariantFacts, catalogue: Catalogue) -> str:
    studio = variant.recipe.origin is Origin.STUDIO
    return voice.say("made.studio") if studio else catalogue.label(variant.recipe.model)


def _instead(voice: Speaker, variant: VariantFacts, reasons: str, catalogue: Catalogue) -> str:
    drawer = _drawer(voice, variant, catalogue)
    if returned := _returned(variant):
        return voice.say("made.returned", reasons=reasons, drawer=drawer, n=returned)
    return voice.say("made.instead", reasons=reasons, drawer=drawer)


def _returned(variant: VariantFacts) -> int:
    """Credits that came back: of the set as it was settled, or of the order that drew this version alone."""
    if "ordered" in variant.facts:
        return variant.returned
    return int(variant.facts.get("agreed", 0)) - int(variant.facts.get("price", 0))


def _price(voice: Speaker, facts: Mapping[str, Any]) -> Iterator[str]:
    if "price" not in facts:
        return
    price = offer.price(voice, int(facts["price"]))
    if "ordered" in facts:
        yield voice.say("made.price_set", price=price, count=facts["ordered"])
    else:
        yield voice.say("made.price", price=price)
