"""The final parts of a dozen briefs, word for word. A wanted change: FACTORY_GOLDEN=update, then read the diff."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.brief import (
    Brief,
    Change,
    ColourPriority,
    ContentFilter,
    Emotion,
    FaceSide,
    NoGo,
    Outfit,
    People,
    TextPlace,
    Vibe,
)
from core.domain.prompt import Area, Prompt, Reference, Staging, Touch, VideoLink
from core.prompting.edit import edit
from core.prompting.reword import reword
from core.prompting.video import from_video
from tests.prompting.builder import BRAND, CANVAS, EXHIBIT, LAYOUT, PERSON, STYLE, designed, shown

FOLDER = Path(__file__).parent / "golden"
LINK = VideoLink("https://www.youtube.com/watch?v=dQw4w9WgXcQ")

NASA = Brief(
    title="How I left NASA after ten years", headline="I quit my job at NASA", selfies=("a", "b"), emotion=Emotion.SHOCK
)
TUTORIAL = Brief(
    title="Sourdough for beginners",
    headline="Bread in 3 steps",
    subtext="no machine needed",
    selfies=("a",),
    vibe=Vibe.CLEAN,
    colours=ColourPriority.BRAND,
    brand_colours=("#0b3d91", "#ffffff"),
    brand_guide="Plenty of white space",
    emotion=Emotion.JOY,
    format="portrait",
)
STORY = Brief(
    headline="The last mission",
    selfies=("a",),
    vibe=Vibe.CINEMATIC,
    colours=ColourPriority.COOL,
    emotion=Emotion.AUTHORITY,
    face_side=FaceSide.LEFT,
    outfit=Outfit.CHANGE,
    allowed=tuple(Change),
)
CHILDREN = Brief(
    headline="Why is the sky blue?",
    selfies=("a",),
    vibe=Vibe.CLEAN,
    content_filter=ContentFilter.STRICT,
    format="square",
    text_place=TextPlace.TOP,
)
REPORT = Brief(
    title="The river that burned",
    headline="They knew",
    selfies=("a",),
    vibe=Vibe.DOCUMENTARY,
    colours=ColourPriority.GREYSCALE_ACCENT,
    emotion=Emotion.CONCERN,
    format="reels",
    no_gos=(NoGo.BEARD,),
    no_go_note="keep my scar",
)

# Written out, so that a layout may move without twelve prompts in the diff.
WIDE = Staging(
    type_areas=(Area(0.03, 0.045, 0.57, 0.955),),
    head=Area(0.59, 0.025, 0.88, 0.725),
    covered=(Area(0.8, 0.85, 1.0, 1.0),),
)
LEFT = Staging(type_areas=(Area(0.4, 0.12, 0.95, 0.85),), head=Area(0.12, 0.1, 0.39, 0.74))
OVER = Staging(type_areas=(Area(0.04, 0.035, 0.96, 0.38),), head=Area(0.27, 0.4, 0.77, 0.93))
CHEST = Staging(
    type_areas=(Area(0.065, 0.47, 0.935, 0.648),),
    head=Area(0.3, 0.15, 0.7, 0.44),
    covered=(Area(0.0, 0.0, 1.0, 0.14), Area(0.0, 0.65, 1.0, 1.0)),
)
HEADER = Staging(
    type_areas=(Area(0.285, 0.13, 0.735, 0.87),),
    head=Area(0.75, 0.135, 0.925, 0.865),
    covered=(Area(0.0, 0.57, 0.28, 1.0),),
)
ALONE = Staging(type_areas=(Area(0.06, 0.1, 0.94, 0.84),), head=None)


def _edited(change: Touch | str, brief: Brief, *references: Reference) -> Prompt:
    return edit(change, brief, "gemini-image", WIDE, references)


PROMPTS: dict[str, Prompt] = {
    "bold-wide": designed(NASA, PERSON, PERSON, stage=WIDE),
    "bold-wide-third": designed(NASA, PERSON, STYLE, position=2, stage=WIDE),
    "brand-portrait": designed(TUTORIAL, PERSON, BRAND, painted="4:5", stage=OVER),
    "cinematic-left": designed(STORY, PERSON, position=4, stage=LEFT),
    "strict-square": designed(CHILDREN, PERSON, LAYOUT, position=1, stage=OVER),
    "documentary-tall": designed(REPORT, PERSON, position=5, stage=CHEST),
    "header-trimmed": designed(replace(NASA, format="x_header"), PERSON, painted="21:9", stage=HEADER),
    "two-people": designed(
        replace(NASA, people=People.TWO, vibe=Vibe.NEON), PERSON, replace(PERSON, who=1), position=1
    ),
    "exhibit": designed(Brief(headline="This changes everything", vibe=Vibe.TECH, exhibit="a"), EXHIBIT),
    "nobody": designed(Brief(headline="The empty city", vibe=Vibe.NEON), stage=ALONE),
    "custom-size": designed(Brief(headline="Listen", selfies=("a",), format="1600x640", vibe=Vibe.TECH), stage=WIDE),
    "imagen": designed(NASA, family="imagen", stage=WIDE),
    "with-video": designed(Brief(selfies=("a",)), PERSON, video=LINK, stage=WIDE),
    "edit-typed": _edited("remove the cup", NASA),
    "edit-button-anew": _edited(Touch.FIX_FACE, NASA, CANVAS, PERSON),
    "reworded": reword(designed(NASA, PERSON, stage=WIDE)),
    "from-video": from_video(Brief(headline="My year in Rome"), LINK),
}


@pytest.mark.parametrize("name", PROMPTS)
def test_the_prompt_is_the_golden_one(name: str) -> None:
    file = FOLDER / f"{name}.txt"
    if os.environ.get("FACTORY_GOLDEN") == "update":
        file.write_text(shown(PROMPTS[name]), encoding="utf-8")
    assert shown(PROMPTS[name]) == file.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_prompt() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(PROMPTS)
