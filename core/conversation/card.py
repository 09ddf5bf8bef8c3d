"""Cards: the brief as people see it, its sections, and one question as a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import floor

from core.conversation import offer, prefill
from core.conversation.action import Ask, Back, Cancel, Choose, GoOn, OpenDetails, Read, UseLastSelfies, UsePreset
from core.conversation.script import IDEA, NONE, QUESTIONS, SHORTER, Question, Section, section
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.view import Button, FieldKind, FormView, Option, Row, Style, TextView
from core.domain import series
from core.domain.advice import Advice, Ailment
from core.domain.brief import AUTO_MODEL, HEADLINE_WORDS, Brief, People
from core.domain.clause import clause
from core.domain.errand import Errand
from core.domain.format import FORMATS
from core.domain.guild import ALONE, Means, Unpaid
from core.domain.model import Capability, Catalogue, ModelSpec, Origin, Role, Status, able
from core.domain.preset import PRESETS
from core.domain.record import Json, to_record
from core.domain.score import TARGETS, Measure, small_width
from core.domain.word import counted

SHOWN_LENGTH = 60
"""Characters of a long answer that a summary shows."""
PRESETS_SHOWN = 3
DETAILS = "details:"
CURED_BY_A_CUT = frozenset({Ailment.TINY, Ailment.MANY_WORDS, Ailment.LONG})
MORE_PRESETS = "presets"
"""Opened like a section of the details."""


def card_slot(draft: str) -> str:
    return f"card:{draft}"


def details_slot(draft: str) -> str:
    return f"{DETAILS}{draft}"


# -- words for values ----------------------------------------------------------------------------------------------


def label(voice: Speaker, question: str, value: str) -> str:
    """An option's words."""
    if question == "variants" or (question == "word_cap" and value != "0"):
        return value
    if question in ("reserve_overlays", "fixed_seed", "search", "every_word"):
        return voice.say(f"option.switch.{value}")
    if question in ("format", "extra_formats"):
        return voice.say(f"option.format.{value}") if value in FORMATS else value.replace("x", "×")
    return voice.say(f"option.{question}.{value}")


def named(voice: Speaker, question: str, value: str, catalogue: Catalogue) -> str:
    """An option's words; a model's are the name people know."""
    if question != "model" or value == AUTO_MODEL:
        return label(voice, question, value)
    found = catalogue.find(value)
    return voice.say("option.studio") if found and found.origin is Origin.STUDIO else catalogue.label(value)


def spoken(voice: Speaker, question: Question, record: Json, catalogue: Catalogue) -> str:
    """A whole answer's words, short."""
    if question.kind is FieldKind.PHOTOS:
        if question.id == "inspiration":
            return voice.say("inspiration.count", n=len(record)) if record else voice.say("option.empty")
        return voice.say("photos.count", n=len(record)) if record else voice.say("photos.nobody")
    if isinstance(record, bool):
        return label(voice, question.id, "yes" if record else "no")
    if isinstance(record, list):
        parts = [label(voice, question.id, one) if question.kind is FieldKind.CHOICES else one for one in record]
        return cut(", ".join(parts)) or voice.say("option.empty")
    if question.kind is FieldKind.TEXT:
        return cut(str(record)) or voice.say("option.empty")
    return named(voice, question.id, str(record), catalogue)


def cut(text: str, length: int = SHOWN_LENGTH) -> str:
    """Somebody's words in a line of ours, as much of them as it has room for."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def drawn_by(voice: Speaker, origin: Origin, model: str) -> str:
    """Who draws or drew, by the name people know (`Catalogue.label`); never left out."""
    return voice.say(f"origin.{origin}", model=model)


# -- the brief card ------------------------------------------------------------------------------------------------


def summary(voice: Speaker, brief: Brief, catalogue: Catalogue, means: Means = ALONE) -> str:
    """The prefilled brief in a few lines, and what it costs by whom."""
    made = offer.payable(brief, catalogue, means)
    size = prefill.target(brief.format).standard
    lines = [
        voice.say("card.headline", headline=cut(brief.headline)),
        *([voice.say("card.subtext", subtext=cut(brief.subtext))] if brief.subtext else []),
        voice.say(
            "card.look",
            format=label(voice, "format", brief.format),
            width=size.width,
            height=size.height,
            vibe=label(voice, "vibe", brief.vibe),
            colours=label(voice, "colours", brief.colours),
            emotion=label(voice, "emotion", brief.emotion),
        ),
        _people(voice, brief, catalogue),
    ]
    if brief.series:
        lines.append(voice.say("card.series" if series.kept(brief) else "card.series_changed"))
    if brief.video:
        lines.append(voice.say("card.video", title=cut(brief.title or brief.video)))
    if brief.inspiration:
        lines.append(voice.say("card.inspiration", what=voice.say("inspiration.count", n=len(brief.inspiration))))
    if brief.search:
        lines.append(_search(voice, made.model, catalogue))
    if brief.prompts:
        lines.append(voice.say("card.prompts", n=len(brief.prompts)))
    if brief.extra_formats:
        lines.append(
            voice.say("card.extras", formats=", ".join(label(voice, "format", x) for x in brief.extra_formats))
        )
    if brief.model not in (AUTO_MODEL, made.model.id):
        lines.append(_instead(voice, brief.model, made.model, catalogue))
    drawer = drawn_by(voice, made.model.origin, catalogue.label(made.model.id))
    lines.append(voice.say("card.free" if not made.credits else "card.priced", drawer=drawer, n=made.credits))
    if made.by_guild:
        lines.append(voice.say("server.pays"))
    elif why := unborne(voice, means, made.credits, len(made.briefs)):
        lines.append(why)
    return "\n".join(lines)


def _people(voice: Speaker, brief: Brief, catalogue: Catalogue) -> str:
    """Who or what the picture shows."""
    if brief.exhibit:
        return voice.say("photos.shown")
    photos = spoken(voice, QUESTIONS["selfies"], list(brief.selfies), catalogue)
    if brief.people is People.TWO:
        return voice.say("photos.two", photos=photos)
    several = len(brief.selfies) > 1
    return voice.say("photos.one", photos=photos, both=voice.say("button.two_people")) if several else photos


def unborne(voice: Speaker, means: Means, cost: int, orders: int = 1) -> str:
    """Why the server that one is in does not bear this now; empty: it does, or is not one that pays."""
    why = means.refused(cost, orders)
    told = why is Unpaid.ORDERS or (means.pays and cost)
    return voice.say(f"server.unpaid.{why}", n=means.left) if why and told else ""


def _search(voice: Speaker, drawer: ModelSpec, catalogue: Catalogue) -> str:
    """That the web may be asked, or that whoever draws cannot."""
    name = named(voice, "model", drawer.id, catalogue)
    if drawer.can(Capability.SEARCH_WEB):
        return voice.say("card.search", model=name)
    return voice.say("card.search_unable", model=name)


def _instead(voice: Speaker, wanted: str, drawer: ModelSpec, catalogue: Catalogue) -> str:
    """Why somebody else draws than the brief names."""
    names = {"old": catalogue.label(wanted), "new": named(voice, "model", drawer.id, catalogue)}
    return voice.say("card.model_unable" if catalogue.find(wanted) else "card.model_gone", **names)


def advised(voice: Speaker, brief: Brief, advice: Advice | None) -> tuple[str, ...]:
    """The doctor's line: what is wrong, and one thing to do, with the words themselves where a cut would do."""
    if advice is None:
        return ()
    target = prefill.target(brief.format)
    width = small_width(target.family, target.size(brief.quality).width)
    figure = f"{floor(10 * advice.figure) / 10:.1f}"  # what is below the least is never rounded up to it
    values = {"n": advice.n, "word": cut(advice.word), "figure": figure, "width": width}
    passes = advice.figure >= TARGETS[Measure.CAP_HEIGHT].good
    said = voice.say(f"advice.passing.{advice.ailment}" if passes else f"advice.{advice.ailment}", **values)
    if _refused(advice):
        said = f"{said} {voice.say('advice.refused')}"
    if shorter := _cure(brief, advice):
        said = f"{said} {voice.say('advice.shorter', proposal=shorter)}"
    return (said,)


def _refused(advice: Advice | None) -> bool:
    """Whether the letters of the preview are so small that the studio keeps no picture of a set with them."""
    return advice is not None and 0 < advice.figure < TARGETS[Measure.CAP_HEIGHT].good


def _cure(brief: Brief, advice: Advice) -> str:
    """A clause of the headline that lacks what is wrong with it; empty where there is none."""
    if advice.ailment not in CURED_BY_A_CUT:
        return ""
    return clause(brief.headline, advice.n if advice.ailment is Ailment.TINY else HEADLINE_WORDS)


def card_rows(
    voice: Speaker,
    draft: str,
    brief: Brief,
    catalogue: Catalogue,
    means: Means = ALONE,
    advice: Advice | None = None,
) -> tuple[Row, ...]:
    presets = preset_buttons(voice, draft, catalogue)
    if len(presets) > PRESETS_SHOWN:
        more = button(voice.say("button.more_presets"), OpenDetails(draft, MORE_PRESETS))
        presets = [*presets[:PRESETS_SHOWN], more]
    offers = tuple(offer.offer_buttons(voice, draft, brief, catalogue, means))
    words = tuple(_rewording(voice, draft, brief, catalogue, advice))
    if _refused(advice):
        plain = (replace(one, style=Style.PLAIN) for one in offers)
        offers, words = (replace(words[0], style=Style.PRIMARY), *words[1:]), tuple(plain)
    return (
        *rows(*offers, width=2),
        *rows(
            *_pairing(voice, draft, brief),
            button(voice.say("button.details"), OpenDetails(draft)),
            button(voice.say("button.cancel"), Cancel(draft)),
        ),
        *rows(*words, width=2),
        *rows(*_leaving(voice, draft, brief)),
        *rows(*presets, width=2),
    )


def _pairing(voice: Speaker, draft: str, brief: Brief) -> Iterable[Button]:
    """Several selfies are of one person, until somebody says that they are of two."""
    if len(brief.selfies) > 1 and brief.people is People.ONE:
        yield button(voice.say("button.two_people"), GoOn(draft, "two"))


def _leaving(voice: Speaker, draft: str, brief: Brief) -> Iterable[Button]:
    """The way out of a series' look."""
    if brief.series:
        yield button(voice.say("button.no_series"), GoOn(draft, "no_series"))


def _rewording(
    voice: Speaker, draft: str, brief: Brief, catalogue: Catalogue, advice: Advice | None
) -> Iterable[Button]:
    """What a reader can do for the headline, after what the doctor says is to be done with it."""
    known = tuple(reading_buttons(voice, draft, brief, catalogue))
    if advice is None:
        return known
    own = button(voice.say("button.change_headline"), Ask(draft, "headline"))
    cut = button(voice.say("button.shorten"), Read(draft, Errand.SHORTEN))
    cuts = advice.ailment in CURED_BY_A_CUT and cut not in known and bool(clause(brief.headline))
    return (own, *((cut,) if cuts else ()), *known)


def reworded_rows(voice: Speaker, draft: str) -> tuple[Row, ...]:
    """For a headline that cannot be set: nothing can be drawn before it is another one."""
    return rows(
        button(voice.say("button.change_headline"), Ask(draft, "headline"), Style.PRIMARY),
        button(voice.say("button.details"), OpenDetails(draft)),
        button(voice.say("button.cancel"), Cancel(draft)),
        width=2,
    )


def preset_buttons(voice: Speaker, draft: str, catalogue: Catalogue) -> list[Button]:
    """Those that can be drawn here."""
    return [
        button(voice.say(f"preset.{row.id}"), UsePreset(draft, row.id))
        for row in PRESETS.values()
        if row.vibe in catalogue.vibes()
    ]


def presets(talk: Talk) -> TextView:
    """All of them, where the card has room for a few only."""
    voice, draft, catalogue = talk.voice, talk.session.draft, talk.world.catalogue
    return TextView(
        title=voice.say("details.presets"),
        text=voice.say("details.presets_text"),
        rows=(
            *rows(*preset_buttons(voice, draft, catalogue), width=2),
            *steps(talk, prefill.brief(talk.session, talk.world)),
        ),
        slot=details_slot(draft),
    )


def card(voice: Speaker, draft: str, brief: Brief, catalogue: Catalogue, *notes: str, means: Means = ALONE) -> TextView:
    """The brief card without a picture."""
    return TextView(
        title=voice.say("card.title"),
        text="\n\n".join((*notes, summary(voice, brief, catalogue, means))),
        rows=card_rows(voice, draft, brief, catalogue, means),
        slot=card_slot(draft),
    )


# -- change details ------------------------------------------------------------------------------------------------


def steps(talk: Talk, brief: Brief, *, urged: bool = True) -> tuple[Row, ...]:
    """Generate, Back and Cancel, on every step; Generate once there is something to draw. Not `urged`: something else
    is to be done first."""
    voice, draft = talk.voice, talk.session.draft
    ready = brief.headline and (brief.selfies or talk.session.without_person)
    made = offer.payable(brief, talk.world.catalogue, talk.world.means)
    taken = talk.world.means.refused(0, len(made.briefs)) is None
    order = offer.generate_button(voice, draft, made, talk.world.catalogue)
    return rows(
        *([order if urged else replace(order, style=Style.PLAIN)] if ready and taken else []),
        button(voice.say("button.back"), Back(draft)),
        button(voice.say("button.cancel"), Cancel(draft)),
    )


def sections(talk: Talk) -> TextView:
    """All sections with the values of each."""
    brief, voice, draft = prefill.brief(talk.session, talk.world), talk.voice, talk.session.draft
    lines = [
        voice.say(
            "details.section",
            section=_heading(talk, one),
            values=_values(voice, one, brief, talk.world.catalogue),
        )
        for one in Section
    ]
    buttons = [button(_heading(talk, one), OpenDetails(draft, one.value)) for one in Section]
    return TextView(
        title=voice.say("details.title"),
        text="\n".join(lines),
        rows=(*rows(*buttons, width=2), *steps(talk, brief)),
        slot=details_slot(draft),
    )


def _heading(talk: Talk, name: Section) -> str:
    """A section's name; nobody hears of credits where nothing costs any."""
    free = name is Section.RUN and not talk.world.catalogue.paid()
    return talk.voice.say("section.H_free" if free else f"section.{name.value}")


def _values(voice: Speaker, name: Section, brief: Brief, catalogue: Catalogue) -> str:
    """What was decided in a section; switches and what is left to the layout say nothing by themselves."""
    questions = _open(name, brief, catalogue)
    rows_of = [(row, _record(brief, row)) for row in questions if row.kind is not FieldKind.CHOICES]
    said = [(row, record) for row, record in rows_of if record and not isinstance(record, bool) and record != "auto"]
    values = cut(" · ".join(spoken(voice, row, record, catalogue) for row, record in said))
    return values or voice.say("option.as_vibe" if name is Section.TYPOGRAPHY else "option.empty")


def _open(name: Section, brief: Brief, catalogue: Catalogue) -> tuple[Question, ...]:
    """The questions that mean something to whoever draws, or are answered already."""
    drawer = offer.drawer(brief, catalogue)
    asked = (row for row in section(name) if row.needs is None or drawer.can(row.needs) or getattr(brief, row.id))
    two = len(brief.selfies) > 1 or brief.people is People.TWO
    return tuple(row for row in asked if row.id != "people" or two)


def _record(brief: Brief, question: Question) -> Json:
    return to_record(getattr(brief, question.id))


def one_section(talk: Talk, name: Section, note: str = "") -> TextView:
    """One section: every answer in it, each behind a button."""
    brief, voice, draft = prefill.brief(talk.session, talk.world), talk.voice, talk.session.draft
    questions = _open(name, brief, talk.world.catalogue)
    lines = [
        voice.say(
            "details.answer",
            question=voice.say(f"question.{row.id}.name"),
            answer=spoken(voice, row, _record(brief, row), talk.world.catalogue),
        )
        for row in questions
    ]
    buttons = [button(voice.say(f"question.{row.id}.name"), Ask(draft, row.id)) for row in questions]
    return TextView(
        title=_heading(talk, name),
        text="\n".join(([note, ""] if note else []) + lines),
        rows=(*rows(*buttons), *steps(talk, brief)),
        slot=details_slot(draft),
    )


def form(talk: Talk, question: Question, note: str = "") -> FormView:
    """One question of the card."""
    brief = prefill.brief(talk.session, talk.world)
    voice, draft = talk.voice, talk.session.draft
    extra: Iterable[Button] = ()
    if question.id == "selfies":
        extra = selfie_buttons(talk)
    elif question.id == "inspiration" and brief.inspiration:
        extra = (button(voice.say("button.that_is_all"), GoOn(draft, question.id), Style.PRIMARY),)
    elif question.id == "headline":
        extra = reading_buttons(voice, draft, brief, talk.world.catalogue)
    return FormView(
        draft=draft,
        question=question.id,
        kind=question.kind,
        text=_asked(talk, question, brief),
        note=note,
        hint=voice.say("details.now", answer=spoken(voice, question, _record(brief, question), talk.world.catalogue)),
        options=tuple(options(talk, question, brief)),
        open=question.open,
        rows=(*rows(*extra), *steps(talk, brief, urged=question.id != "headline" or bool(talk.session.trail))),
        slot=details_slot(draft),
    )


def options(talk: Talk, question: Question, brief: Brief) -> Iterable[Option]:
    voice, draft = talk.voice, talk.session.draft
    now = chosen_values(question, _record(brief, question))
    for value in question.offers(talk.world.catalogue):
        action = Choose(draft, f"{question.id}.{question.pack(talk.world.catalogue, value)}")
        if question.id != "model":
            yield Option(label(voice, question.id, value), value, action.pack(), value in now)
        elif words := _model_words(talk, value, brief):
            yield Option(words, value, action.pack(), value in now)
    if question.id == "headline":
        for number, idea in enumerate(talk.session.ideas):
            yield Option(idea, f"{IDEA}{number}", Choose(draft, f"{question.id}.{IDEA}{number}").pack())
    if question.id == "headline" and (proposal := proposed(brief)):
        action = Choose(draft, f"{question.id}.{SHORTER}")
        yield Option(voice.say("option.shorter", proposal=proposal), SHORTER, action.pack())
    if question.optional:
        yield Option(voice.say("option.none"), NONE, Choose(draft, f"{question.id}.{NONE}").pack(), not now)


def _model_words(talk: Talk, value: str, brief: Brief) -> str:
    """A model's name, what it is marked as, and what the set costs by it; empty where it cannot draw the brief."""
    voice, catalogue = talk.voice, talk.world.catalogue
    model = catalogue.find(value)
    if value != AUTO_MODEL and (model is None or not able(model, brief)):
        return ""
    words = [named(voice, "model", value, catalogue), *(_marks(talk, model) if model else ())]
    price = offer.offer(replace(brief, model=value), catalogue).credits
    return f"{' · '.join(words)}{offer.tag(voice, price, catalogue)}"


def _marks(talk: Talk, model: ModelSpec) -> Iterable[str]:
    voice = talk.voice
    if model.marked:
        yield voice.say("option.preview" if model.status is Status.PREVIEW else "option.premium")
    if model.until and model.until < talk.world.now.date():
        yield voice.say("option.past_end")
    elif model.until and model.status is Status.DEPRECATED:
        yield voice.say("option.until", date=model.until.isoformat())


def _asked(talk: Talk, question: Question, brief: Brief) -> str:
    """A question's words; of models with what the prices beside them are for, where there are any."""
    voice = talk.voice
    said = voice.say(f"question.{question.id}.ask")
    if question.id != "model" or not talk.world.catalogue.paid():
        return said
    priced = voice.say("question.model.prices", count=brief.variants, quality=label(voice, "quality", brief.quality))
    tests = [voice.say("card.prompts", n=len(brief.prompts))] if brief.prompts else []
    return " ".join([said, priced, *tests])


def proposed(brief: Brief) -> str:
    """A shorter headline than the one there is, or one out of the message when there is none yet."""
    return clause(brief.words) if len(counted(brief.words)) > HEADLINE_WORDS else ""


def reading_buttons(voice: Speaker, draft: str, brief: Brief, catalogue: Catalogue) -> Iterable[Button]:
    """What can be done for the headline there is: shorten it, take it as a description, or think of others, which only
    a model that reads does."""
    source = brief.words
    if len(counted(source)) > HEADLINE_WORDS:
        yield button(voice.say("button.shorten"), Read(draft, Errand.SHORTEN))
        yield button(voice.say("button.from_words"), Read(draft, Errand.BRIEF))
    elif source and catalogue.for_role(Role.READER):
        yield button(voice.say("button.ideas"), Read(draft, Errand.IDEAS))


def chosen_values(question: Question, record: Json) -> frozenset[str]:
    """The option values an answer's record stands for."""
    if isinstance(record, bool):
        return frozenset({"yes" if record else "no"})
    if isinstance(record, list):
        return frozenset(record)
    return frozenset({str(record)} if record != "" else ())


def selfie_buttons(talk: Talk) -> Iterable[Button]:
    """Ways to a person, or past one."""
    draft = talk.session.draft
    if talk.world.last_selfies:
        yield last_selfies_button(talk)
    if shows_photo(talk):
        yield button(talk.voice.say("button.words_only"), GoOn(draft, "words"))
    elif talk.session.words_only:
        yield button(talk.voice.say("button.show_photo"), GoOn(draft, "no_person"))
    else:
        yield button(talk.voice.say("button.no_person"), GoOn(draft, "no_person"))


def shows_photo(talk: Talk) -> bool:
    """Whether a photo stands in place of a person."""
    return bool(prefill.brief(talk.session, talk.world).exhibit)


def last_selfies_button(talk: Talk) -> Button:
    """How many there are stands on it."""
    label = talk.voice.say("button.last_selfies", n=len(talk.world.last_selfies))
    return button(label, UseLastSelfies(talk.session.draft), Style.PRIMARY)


def noted(voice: Speaker, note: str, values: Mapping[str, object]) -> str:
    return voice.say(f"note.{note}", **values) if note else ""
