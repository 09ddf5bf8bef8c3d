"""Random briefs, the same ones for a seed: every script, length, shape and answer a person may bring."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from core.compose import pack
from core.domain.brief import (
    Brief,
    ColourPriority,
    Emotion,
    FaceSide,
    FocusPoint,
    Outline,
    TextPlace,
    TypeEffect,
    TypeMood,
    Vibe,
)
from core.domain.format import FORMATS, LARGEST_RATIO, Quality, find
from core.domain.job import PLACES, Recipe
from core.domain.model import Origin

WORDS = {
    "english": "I quit my job at NASA and nobody told me why this changes everything you never knew about $1,000 "
    "in 24 hours — don't open the door! What really happened? (part 2) CEO vs. AI: 100% true",
    "european": "Żółć déjà vu Straßenbahn naïve œuvre ¿qué pasó? L'été d'après größer Ich kündige İstanbul'da çünkü "
    "Điều gì đã xảy ra Tôi không hiểu Überraschung fjäll São Paulo",
    "cyrillic": "Привет мир почему я ушёл из НАСА никто не сказал мне правду за 24 часа Їжак щёлкнул ґудзик",
    "greek": "Γειά σου κόσμε γιατί έφυγα από τη ΝΑΣΑ κανείς δεν μου είπε την αλήθεια 24 ώρες",
    "devanagari": "नमस्ते दुनिया मैंने नौकरी क्यों छोड़ी किसी ने मुझे नहीं बताया क्षि 24 घंटे में सच",
    "arabic": "مرحبا بالعالم لماذا تركت وظيفتي في ناسا لم يخبرني أحد بالحقيقة 24 ساعة",
    "hebrew": "שלום עולם למה עזבתי את העבודה בנאס״א אף אחד לא אמר לי 24 שעות",
    "thai": "สวัสดีชาวโลก ทำไมฉันถึงลาออก จากงาน ไม่มีใครบอกฉัน ความจริง ใน 24 ชั่วโมงที่นี่ น้ำผึ้ง",
}
EASTERN = {
    "japanese": "日本語の タイトル、 NASAを 辞めた日！ 誰も 教えて くれなかった 本当の 理由 24時間",
    "korean": "안녕하세요 내가 나사를 그만둔 이유 아무도 말해주지 않았다 24시간 진실",
    "chinese": "我为什么 离开 美国 没有人 告诉我 真相 24小时 你好，世界 2026",
    "traditional": "我為什麼 離開 美國 太空人 回來了 真相 24小時",
}
SIGNS = ("🔥", "😱", "👩🏽‍🚀", "🇮🇳", "💰💰", "❤️", "👨‍👩‍👧", "→", "1️⃣", "😱🔥🚀")
LONG = (
    "Donaudampfschifffahrtsgesellschaft", "incomprehensibilities", "Kraftfahrzeughaftpflichtversicherung",
    "Muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine", "antidisestablishmentarianism",
)  # fmt: skip
ODD = (*LONG, "*", "A", "!!!", "i", "W" * 24, "1", "…", "ﷺ", "Å", "Ỗ", "فففففف", "g", "ÄÖÜ")
"""What breaks rulers: one letter, one long word, ink far above and below."""
LANGUAGES = ("", "en", "de", "ja", "zh-TW", "tr", "ar")
HEXES = ("#ff0000", "#00ff00", "#0000ff", "#ffff00", "#808080", "#7f7f00", "#ffffff", "#000000", "#123456", "#ff7ad9")
CUSTOM = ((64, 64), (300, 300), (1600, 640), (500, 2000), (4096, 820), (1280, 720), (2000, 2500), (160, 90), (640, 480))


@dataclass(frozen=True, slots=True)
class Case:
    number: int
    recipe: Recipe
    person: int | None
    """Which of the photos sits; None is nobody."""
    painted: bool
    """The photo is taken for a model's picture of a person, and adopted."""
    logo: bool


def cases(count: int, seed: int, people: int) -> Iterator[Case]:
    """`count` cases of a seed; `people`: how many photos there are."""
    for number in range(count):
        yield _case(random.Random(f"{seed}/{number}"), number, people)


def _case(chance: random.Random, number: int, people: int) -> Case:
    person = chance.randrange(people) if chance.random() < 0.75 else None
    painted = person is not None and chance.random() < 0.2
    target = chance.choice((*FORMATS, _custom(chance)))
    quality = chance.choices((Quality.DRAFT, Quality.STANDARD, Quality.FOUR_K), (50, 48, 2))[0]
    if max(find(target).size(quality).width, find(target).size(quality).height) > 2200 and chance.random() < 0.8:
        quality = Quality.DRAFT
    brief = Brief(
        format=target,
        headline="" if chance.random() < 0.02 else _text(chance, _length(chance)),
        subtext=_text(chance, chance.randint(1, 10)) if chance.random() < 0.5 else "",
        vibe=chance.choice(list(Vibe)),
        colours=chance.choice(list(ColourPriority)),
        brand_colours=tuple(chance.sample(HEXES, chance.randint(1, 4))),
        emotion=chance.choice(list(Emotion)),
        selfies=() if person is None else ("selfie",),
        face_side=chance.choice(list(FaceSide)),
        focus=chance.choice(list(FocusPoint)) if chance.random() < 0.3 else FocusPoint.AUTO,
        text_place=chance.choice(list(TextPlace)) if chance.random() < 0.5 else TextPlace.AUTO,
        reserve_overlays=chance.random() < 0.9,
        type_mood=chance.choice(list(TypeMood)),
        type_effects=tuple(effect for effect in TypeEffect if chance.random() < 0.6),
        outline=chance.choice(list(Outline)),
        word_cap=chance.choice((0, 0, 0, 0, 3, 6)),
        quality=quality,
        signature="@orbit.channel" if chance.random() < 0.15 else "",
        language=chance.choice(LANGUAGES),
    )
    recipe = Recipe(
        brief=brief,
        model="studio",
        origin=Origin.STUDIO,
        seed=chance.randrange(10_000),
        position=chance.randrange(2 * PLACES),
    )
    return Case(number, recipe, person, painted, chance.random() < 0.15)


def _length(chance: random.Random) -> int:
    """Words: mostly what people write, sometimes all there is."""
    return chance.choice((1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20))


def _text(chance: random.Random, count: int) -> str:
    pools = WORDS | (EASTERN if pack.cuts() else {})
    words = chance.choice(list(pools.values())).split()
    chosen = [chance.choice(words) for _ in range(count)]
    if chance.random() < 0.15:
        chosen[chance.randrange(count)] = chance.choice(ODD)
    if chance.random() < 0.15:
        chosen.insert(chance.randrange(count + 1), chance.choice(SIGNS))
    return " ".join(chosen)


def _custom(chance: random.Random) -> str:
    if chance.random() < 0.5:
        width, height = chance.choice(CUSTOM)
    else:
        width = chance.randint(100, 1600)
        ratio = LARGEST_RATIO ** chance.uniform(-1, 1)
        height = min(4096, max(100, round(width / ratio)))
    return f"{width}x{height}"
