"""Tonight, half price: offered where it is cheaper, ordered as said, and a way on where it came to nothing."""

from dataclasses import replace

from core.conversation import present
from core.conversation.action import Again, Generate, parse
from core.conversation.effect import Order
from core.conversation.texts import speaker
from core.conversation.view import NoticeView, ended
from core.domain.brief import Brief
from core.domain.job import Failure, JobKind
from core.domain.model import Capability, Catalogue
from core.domain.price import Work
from core.domain.wallet import Wallet
from tests.conversation.building import PATIENT, STUDIO, WITH_PAID, Chat, buttons, job, variant

TONIGHT = Catalogue((PATIENT, STUDIO))
PROMPTS = {"prompts": ["I STAYED", "I CAME BACK"]}


def carded(catalogue: Catalogue, **answers: object) -> Chat:
    chat = Chat(catalogue=catalogue, wallet=Wallet(purchased=20))
    chat.photo(caption="I QUIT")
    chat.session = replace(chat.session, answers={**chat.session.answers, **answers}, previewed="")
    # A price nobody asks: the answer is the card as it is.
    wanted = f"{answers.get('variants', 4)}.{answers.get('quality', 'standard')}.99"
    chat.press(Generate(chat.session.draft, wanted))
    return chat


def offers(chat: Chat) -> set[str]:
    found = (parse(button.token) for button in buttons(*chat.turn.views))
    return {one.offer for one in found if isinstance(one, Generate)}


def test_a_set_may_wait_for_half_its_price_where_the_model_takes_batches() -> None:
    assert "4.standard.1.night" in offers(carded(TONIGHT))
    assert "6.standard.2.night" in offers(carded(TONIGHT, variants=6))


def test_it_is_not_offered_where_nothing_is_saved_or_nobody_takes_batches() -> None:
    unable = replace(PATIENT, capabilities=PATIENT.capabilities - {Capability.BATCH})
    for chat in (
        carded(TONIGHT, quality="draft", variants=2),
        carded(TONIGHT, model="studio"),
        carded(WITH_PAID),
        carded(Catalogue((unable, STUDIO))),
    ):
        assert not [offer for offer in offers(chat) if offer.endswith("night")]


def test_each_prompt_of_a_test_is_a_night_of_its_own_at_its_own_half_price() -> None:
    chat = carded(TONIGHT, **PROMPTS)
    assert "4.standard.3.night" in offers(chat)
    turn = chat.press(Generate(chat.session.draft, "4.standard.3.night"))
    orders = [effect for effect in turn.effects if isinstance(effect, Order)]
    assert [(one.kind, one.quote.work, one.quote.credits) for one in orders] == [
        (JobKind.OVERNIGHT, Work.OVERNIGHT, 1)
    ] * 3
    assert [one.brief.headline for one in orders] == ["I QUIT", *PROMPTS["prompts"]]


def test_a_night_that_is_no_longer_offered_is_repriced_and_not_ordered() -> None:
    chat = carded(TONIGHT)
    turn = chat.press(Generate(chat.session.draft, "4.standard.1.night"), catalogue=WITH_PAID)
    (view,) = turn.views
    assert isinstance(view, NoticeView) and "it was 1 cr, it is 2 cr now" in view.text
    assert not turn.effects


def test_who_lacks_a_credit_for_the_day_is_offered_the_night() -> None:
    chat = carded(TONIGHT)
    chat.press(Generate(chat.session.draft, "4.standard.2"), wallet=Wallet(purchased=1))
    assert offers(chat) == {"4.standard.1.night", "4.standard.0"}
    chat.press(Generate(chat.session.draft, "4.standard.2"), wallet=Wallet(purchased=0))
    assert offers(chat) == {"4.standard.0"}


def test_a_night_that_came_to_nothing_is_told_anew_with_a_way_on() -> None:
    facts = job(kind=JobKind.OVERNIGHT, price=1, captured=0, variants=())
    view = present.job_failed(speaker("en"), facts, Failure.NIGHT_EXPIRED)
    assert (view.slot, view.retires) == ("", (f"status:{facts.code}",))
    assert "Your 1 credit is given back." in view.text
    assert isinstance(parse(buttons(view)[0].token), Again)


def test_a_night_that_is_there_is_told_anew() -> None:
    facts = job(kind=JobKind.OVERNIGHT, price=1, captured=1)
    view = present.set_ready(speaker("en"), facts, (variant(),), ordered=1, sheet="", catalogue=TONIGHT)
    assert (view.slot, view.retires) == ("", (f"status:{facts.code}",))
    by_day = present.set_ready(speaker("en"), job(), (variant(),), ordered=1, sheet="", catalogue=TONIGHT)
    assert (by_day.slot, by_day.retires) == (f"status:{facts.code}", ())


def test_a_status_that_was_left_shows_nothing_under_way() -> None:
    waiting = present.progress(speaker("en"), job(kind=JobKind.OVERNIGHT), done=0, total=4)
    left = ended(waiting)
    assert isinstance(left, NoticeView) and (left.text, left.rows) == (waiting.text, ())


def test_a_brief_as_plain_as_can_be_allows_no_look_ups_and_names_no_video() -> None:
    assert (Brief().search, Brief().video) == (False, "")
