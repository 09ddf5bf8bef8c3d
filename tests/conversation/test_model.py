"""Choosing a model: ids that no button could carry, models that are gone, and who draws when none is named."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.conversation import offer, prefill
from core.conversation.action import Ask, Choose, OpenDetails, parse
from core.conversation.card import summary
from core.conversation.script import QUESTIONS
from core.conversation.session import Session
from core.conversation.texts import speaker
from core.conversation.view import FormView
from core.domain.brief import Brief, Vibe
from core.domain.format import Quality
from core.domain.model import Catalogue, ModelSpec, Origin, Role, Status
from tests.conversation.building import FREE_ONLY, STUDIO, WITH_PAID, Chat, buttons, labels, model, texts, world

EN = speaker("en")

LONG = replace(model("company/a-model-with-a-very-long-name/v4.5/edit", Origin.MODEL), slug="long-4.5")
CHEAP = replace(model("cheap", Origin.MODEL), qualities=(Quality.DRAFT, Quality.STANDARD))
GONE = replace(LONG, id="company/old", slug="old", status=Status.RETIRED, successor=LONG.id)
CATALOGUE = Catalogue((LONG, CHEAP, STUDIO), known=(LONG, CHEAP, GONE, STUDIO), ranks={Role.DRAFT: (CHEAP.id, LONG.id)})


@pytest.mark.parametrize("chosen", CATALOGUE.models, ids=lambda row: row.id)
def test_every_model_has_a_button_that_chooses_it(chosen: ModelSpec) -> None:
    chat = Chat(catalogue=CATALOGUE)
    chat.photo(caption="I QUIT")
    form = chat.press(Ask(chat.session.draft, "model"))

    (token,) = [row.token for row in buttons(*form.views) if row.token.endswith(f":model.{chosen.token}")]
    chat.press(parse(token))

    assert chat.session.answers["model"] == chosen.id


def test_the_button_of_a_retired_model_chooses_its_successor() -> None:
    assert QUESTIONS["model"].unpack(CATALOGUE, "old") == LONG.id
    assert QUESTIONS["model"].unpack(CATALOGUE, "auto") == "auto"


def test_who_draws_is_named_or_the_best_for_the_quality() -> None:
    assert offer.drawer(Brief(), CATALOGUE) is LONG
    assert offer.drawer(Brief(quality=Quality.DRAFT), CATALOGUE) is CHEAP
    assert offer.drawer(Brief(model=CHEAP.id), CATALOGUE) is CHEAP
    assert offer.drawer(Brief(model=CHEAP.id, quality=Quality.FOUR_K), CATALOGUE) is LONG
    assert offer.drawer(Brief(model=GONE.id), CATALOGUE) is LONG


def test_the_free_set_is_the_studios_even_in_a_look_it_lacks() -> None:
    everything = replace(CATALOGUE, models=(replace(LONG, vibes=tuple(Vibe)), STUDIO))

    assert offer.drawer(Brief(vibe=Vibe.NEON), everything).id == LONG.id
    assert offer.drawer(Brief(vibe=Vibe.NEON), everything, free=True) is STUDIO
    assert offer.offer(Brief(vibe=Vibe.NEON), everything, free=True).credits == 0
    assert offer.drawer(Brief(vibe=Vibe.NEON), Catalogue((STUDIO,))) is STUDIO


BEST = replace(model("best", Origin.MODEL), label="Best", vibes=tuple(Vibe))
PREMIUM = replace(model("pro", Origin.MODEL), label="Pro", marked=True, surcharge=2)
EARLY = replace(model("early", Origin.MODEL), label="Early", marked=True, status=Status.PREVIEW)
DRAFTS = replace(model("drafts", Origin.MODEL), label="Drafts", qualities=(Quality.DRAFT,))
RETIRED = replace(BEST, id="old", label="Old", successor="best")
CHOICE = Catalogue((BEST, PREMIUM, EARLY, DRAFTS, STUDIO), known=(BEST, PREMIUM, EARLY, DRAFTS, RETIRED, STUDIO))


def chooser(**facts: Any) -> list[str]:
    chat = Chat(catalogue=CHOICE, **facts)
    chat.photo(caption="I QUIT")
    form = chat.press(Ask(chat.session.draft, "model")).views[-1]
    assert isinstance(form, FormView)
    return [option.label for option in form.options]


def test_the_chooser_says_names_marks_and_what_the_set_costs_by_each() -> None:
    whole = ["Auto · 2 cr", "Best · 2 cr", "Pro · premium · 4 cr", "Early · preview · 2 cr", "Local studio · free"]
    assert chooser() == whole
    assert "Pro · premium · 5 cr" in chooser(last_answers={"variants": 6})


def test_only_models_that_can_draw_the_brief_are_offered() -> None:
    assert "Drafts · 1 cr" in chooser(last_answers={"quality": "draft"})
    assert chooser(last_answers={"vibe": "neon"}) == ["Auto · 2 cr", "Best · 2 cr"]


def test_the_chooser_says_what_its_prices_are_for() -> None:
    chat = Chat(catalogue=CHOICE)
    chat.photo(caption="I QUIT")
    chat.press(Ask(chat.session.draft, "model"))
    assert "The prices are for your set of 4 in this quality: Standard." in texts(chat.turn)

    free = Chat()
    free.photo(caption="I QUIT")
    free.press(Ask(free.session.draft, "model"))
    assert "prices" not in texts(free.turn)


@pytest.mark.parametrize(
    ("until", "mark"),
    [(date(2026, 10, 29), "past its announced end, may stop any day"), (date(2027, 1, 1), "until 2027-01-01")],
)
def test_a_model_with_an_announced_end_is_marked_in_the_chooser(until: date, mark: str) -> None:
    ending = replace(BEST, label="Ending", id="ending", status=Status.DEPRECATED, until=until)
    chat = Chat(catalogue=Catalogue((BEST, ending)))
    chat.photo(caption="I QUIT")
    chat.press(Ask(chat.session.draft, "model"))
    assert f"Ending · {mark} · 2 cr" in labels(chat.turn)


def test_a_model_is_chosen_by_typing_its_name() -> None:
    chat = Chat(catalogue=CHOICE)
    chat.photo(caption="I QUIT")
    chat.press(Ask(chat.session.draft, "model"))

    chat.say("pro")

    assert chat.session.answers["model"] == "pro"


def test_a_brief_whose_model_is_gone_says_who_draws_instead() -> None:
    gone = summary(EN, Brief(headline="I QUIT", model="old"), CHOICE)
    unable = summary(EN, Brief(headline="I QUIT", model="drafts"), CHOICE)

    assert "Old is not offered any more; Best draws instead.\n2 credits. Drawn by Best." in gone
    assert "Drafts can't draw this; Best draws instead." in unable
    assert "instead" not in summary(EN, Brief(headline="I QUIT", model="pro"), CHOICE)


def test_last_times_model_is_remembered_although_it_is_gone() -> None:
    chat = Chat(catalogue=CHOICE, last_answers={"model": "old"})

    chat.photo(caption="I QUIT")
    chat.press(OpenDetails(chat.session.draft, "H"))

    assert "Old" in texts(chat.turn)


def test_looking_things_up_is_on_the_card_with_who_does_it_and_does_not_outlive_its_brief() -> None:
    chat = Chat(catalogue=WITH_PAID)
    chat.photo(caption="I QUIT")
    assert "look things up" not in texts(chat.press(Choose(chat.session.draft, "quality.standard")))
    chat.press(Choose(chat.session.draft, "search.yes"))
    looking = prefill.brief(chat.session, world(catalogue=WITH_PAID))
    assert "stand-in may look things up on the web" in summary(EN, looking, WITH_PAID)
    assert prefill.brief(Session(), world(last_answers={"search": True, "vibe": "clean"})).search is False


def test_a_model_that_cannot_look_things_up_says_so_and_the_wish_can_be_taken_back() -> None:
    deaf = Catalogue((replace(BEST, label="Deaf"), STUDIO))
    looking = Brief(headline="I QUIT", search=True)
    assert "Look things up is on, but Deaf can't: it draws without." in summary(EN, looking, deaf)
    assert "but Local studio" in summary(EN, looking, FREE_ONLY)
    chat = Chat(catalogue=deaf)
    chat.photo(caption="I QUIT")
    assert "Look things up" not in labels(chat.press(OpenDetails(chat.session.draft, "H")))
    chat.press(Choose(chat.session.draft, "search.yes"))
    assert "Look things up" in labels(chat.press(OpenDetails(chat.session.draft, "H")))
