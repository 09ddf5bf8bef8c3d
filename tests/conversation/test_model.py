"""Choosing a model: ids that no button could carry, models that are gone, and who draws when none is named."""

from dataclasses import replace

import pytest

from core.conversation import offer
from core.conversation.action import Ask, parse
from core.conversation.script import QUESTIONS
from core.domain.brief import Brief, Vibe
from core.domain.format import Quality
from core.domain.model import Catalogue, ModelSpec, Origin, Role, Status
from tests.conversation.building import STUDIO, Chat, buttons, model

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
