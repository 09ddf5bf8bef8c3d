"""What every prompt holds, whatever the brief."""

from dataclasses import astuple, replace

import pytest

from core.compose.palette import luminance, palette
from core.compose.staging import staging
from core.compose.style import STYLES
from core.domain import format as formats
from core.domain.brief import Brief, Change, ColourPriority, ContentFilter, Emotion, NoGo, Outfit, People, Vibe
from core.domain.format import FORMATS
from core.domain.job import rerolled
from core.domain.prompt import Area, Prompt, Staging, Touch
from core.domain.video import video_link
from core.prompting import stage, wording
from core.prompting.canvas import canvas
from core.prompting.design import design
from core.prompting.edit import edit
from core.prompting.family import ASIDE, DIALECTS, RULES
from core.prompting.reword import _CAREFUL, _MILDER, reword
from core.prompting.variation import VARIATIONS, variation
from core.prompting.vibe import LOOKS
from tests.prompting.builder import CANVAS, PERSON, designed, shown

BRIEF = Brief(title="How I left NASA", headline="I quit", selfies=("a",))
STAGE = Staging(type_areas=(Area(0.03, 0.05, 0.57, 0.95),), head=Area(0.6, 0.03, 0.88, 0.72))


def request(prompt: Prompt) -> str:
    text = prompt.parts[-2]
    assert isinstance(text, str)
    return text


def test_every_answer_has_its_words() -> None:
    for table, answers in (
        (LOOKS, Vibe),
        (wording.COLOURS, ColourPriority),
        (wording.EMOTIONS, Emotion),
        (wording.CHANGES, Change),
        (wording.NO_GOS, NoGo),
        (wording.OUTFITS, Outfit),
        (wording.FILTERS, ContentFilter),
    ):
        assert set(table) == set(answers)


@pytest.mark.parametrize("vibe", Vibe)
def test_every_vibe_is_said_in_full(vibe: Vibe) -> None:
    text, look = request(design(replace(BRIEF, vibe=vibe), "gemini-image", STAGE, [PERSON], 0)), LOOKS[vibe]
    for words in (look.style, look.light, look.palette, look.lens, look.mood, f"{look.ground} and even in tone"):
        assert words in text


@pytest.mark.parametrize("vibe", STYLES)
def test_the_ground_asked_for_is_the_one_the_type_is_legible_on(vibe: Vibe) -> None:
    for colours in ColourPriority:
        for other in (False, True):
            dark = luminance(palette(vibe, colours, (), other).shade) < 0.4
            assert (LOOKS[vibe].ground == "dark") is dark


@pytest.mark.parametrize("family", DIALECTS)
def test_no_painted_text_whatever_is_asked(family: str) -> None:
    for prompt in (
        design(BRIEF, family, STAGE, [], 0),
        edit("write FREE", BRIEF, family, STAGE, [CANVAS]),
        reword(design(BRIEF, family, STAGE, [PERSON], 0)),
    ):
        assert RULES in prompt.system + request(prompt)
        assert "Paint no text, letters, numbers, logos or watermarks anywhere." in request(prompt)


@pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS.keys())
def test_the_stage_is_told_in_percent(target: formats.Format) -> None:
    brief = replace(BRIEF, format=target.id)
    text, told = request(designed(brief, PERSON)), staging(brief, target, 0)
    assert told.head is not None
    for area in (*told.type_areas, told.head, *told.covered):
        assert f"{round(100 * area.left)} % to {round(100 * area.right)} % of the width" in text
        assert f"{round(100 * area.top)} % to {round(100 * area.bottom)} % of the height" in text
    assert canvas(target) in text


def test_formats_are_composed_apart() -> None:
    texts = [canvas(target) for target in FORMATS.values() if target.id != "whatsapp"]
    assert len(set(texts)) == len(texts)


def test_the_variants_of_a_set_ask_for_different_pictures() -> None:
    assert len(VARIATIONS) == 6
    for told in zip(*(astuple(row) for row in VARIATIONS), strict=True):
        assert len(set(told)) == len(VARIATIONS)
    assert len({shown(designed(BRIEF, PERSON, position=position)) for position in range(6)}) == 6


def test_a_reroll_is_asked_for_in_other_words_each_time_until_all_were_said() -> None:
    for place in range(6):
        line = [variation(place)]
        position = place
        for _ in range(5):
            position = rerolled([position])
            line.append(variation(position))
        assert len(set(line)) == len(VARIATIONS)


def test_references_go_first_and_the_data_last() -> None:
    prompt = designed(BRIEF, PERSON, PERSON)
    assert [type(part).__name__ for part in prompt.parts] == ["str", "Reference", "str", "Reference", "str", "str"]
    assert prompt.references == (PERSON, PERSON)
    assert "exactly the person of image 1, 2" in request(prompt)


def test_without_a_person_nobody_is_asked_for() -> None:
    text = request(designed(replace(BRIEF, selfies=())))
    assert "There is no person in the picture" in text and "Expression" not in text


def test_what_may_change_and_what_must_not_is_spelled_out() -> None:
    text = request(designed(replace(BRIEF, allowed=(Change.LIGHTING,), no_gos=(NoGo.BEARD,)), PERSON))
    assert f"May change: {wording.CHANGES[Change.LIGHTING]}." in text
    assert f"Stays as in the reference: {wording.CHANGES[Change.SCENE]}" in text
    assert wording.NO_GOS[NoGo.BEARD] in text and wording.NO_GOS[NoGo.EYE_COLOUR] not in text
    assert "Nothing around the person may change" in request(designed(replace(BRIEF, allowed=()), PERSON))


def test_on_a_canvas_of_another_ratio_the_stage_is_the_middle() -> None:
    wide = stage.fitted(STAGE, 3.0, 4.0)
    assert wide.head is not None and STAGE.head is not None
    assert (wide.head.left, wide.head.top) == pytest.approx((0.5 + 0.1 * 0.75, STAGE.head.top))
    tall = stage.fitted(STAGE, 3.0, 21 / 9)
    assert tall.head is not None and tall.head.left == pytest.approx(STAGE.head.left)
    assert tall.head.bottom - tall.head.top == pytest.approx((STAGE.head.bottom - STAGE.head.top) * 7 / 9)


def test_every_button_has_its_words_and_no_data() -> None:
    texts = set()
    for touch in Touch:
        prompt = edit(touch, BRIEF, "gemini-image", STAGE)
        texts.add(request(prompt))
        assert prompt.parts[-1] == "<data>\n{}\n</data>"
    assert len(texts) == len(Touch)


def test_an_edit_of_two_people_speaks_of_each() -> None:
    both = replace(BRIEF, selfies=("a", "b"), people=People.TWO)
    for brief, said in ((both, True), (BRIEF, False)):
        assert ("meant for each" in shown(edit(Touch.SIMPLER, brief, "gemini-image", STAGE))) is said


def test_typed_edits_are_data() -> None:
    prompt = edit("remove the cup", BRIEF, "gemini-image", STAGE)
    assert "remove the cup" in str(prompt.parts[-1]) and "cup" not in request(prompt) + prompt.system


def test_rewording_softens_once_and_keeps_everything_a_person_said() -> None:
    prompt = designed(replace(BRIEF, emotion=Emotion.SHOCK), PERSON)
    milder = reword(prompt)
    assert milder.system == prompt.system and milder.parts[-1] == prompt.parts[-1]
    assert milder.references == prompt.references
    assert _CAREFUL in request(milder) and wording.EMOTIONS[Emotion.SHOCK] not in request(milder)
    assert reword(milder) is milder


def test_what_rewording_softens_is_what_we_say() -> None:
    briefs = [Brief(vibe=vibe, emotion=emotion, selfies=("a",)) for vibe in Vibe for emotion in Emotion]
    ours = "\n".join(request(design(brief, "gemini-image", STAGE, [PERSON], 0)) for brief in briefs)
    for strong in _MILDER:
        assert strong in ours


@pytest.mark.parametrize(
    "text",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "http://youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=30s",
        "youtu.be/dQw4w9WgXcQ?si=abc",
        "see https://m.youtube.com/shorts/dQw4w9WgXcQ please",
        "https://www.youtube.com/live/dQw4w9WgXcQ",
    ],
)
def test_a_link_to_a_video_is_found_in_one_form(text: str) -> None:
    link = video_link(text)
    assert link is not None and link.url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("", None),
        ("?t=83", 83),
        ("?si=abc&t=83s", 83),
        ("?t=1m23s", 83),
        ("#t=1m23", 83),
        ("?t=1h2m3s).", 3723),
        ("?t=2h", 7200),
        ("?t=", None),
        ("?t=s", None),
        ("?t=1h2x", None),
        ("?t=1234567", None),
    ],
)
def test_the_moment_of_a_link_is_read_whole_or_not_at_all(moment: str, seconds: int | None) -> None:
    link = video_link(f"https://youtu.be/dQw4w9WgXcQ{moment}")
    assert link is not None and link.moment_s == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://vimeo.com/123456789",
        "https://www.youtube.com/@channel",
        "https://youtu.be/short",
        "https://youtu.be/dQw4w9WgXcQQ",
        "https://evil.example/?u=youtube",
        "https://www.youtube.com/playlist?list=PL1234567890ab",
    ],
)
def test_what_is_no_video_is_no_link(text: str) -> None:
    assert video_link(text) is None


@pytest.mark.parametrize("family", DIALECTS)
def test_a_line_for_those_who_cannot_see_it_is_asked_only_of_models_that_speak(family: str) -> None:
    for prompt in (design(BRIEF, family, STAGE, [], 0), edit("darker", BRIEF, family, STAGE, [CANVAS])):
        assert (ASIDE in prompt.system) is DIALECTS[family].aside
        assert "one sentence" not in request(prompt)
