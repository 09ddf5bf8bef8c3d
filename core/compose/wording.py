"""What a recipe's words are set as: which are shown, which stands out, in which capitals, faces and style."""

from __future__ import annotations

from dataclasses import replace

from core.compose import emoji
from core.compose.capital import capitals, dotted
from core.compose.emphasis import shouted, stripped
from core.compose.feeling import palette_of
from core.compose.font import FaceMeasure, FontChoice, NotCovered, choose, choose_plain, written
from core.compose.gate import least, least_small
from core.compose.look import look
from core.compose.plate import PlateFacts
from core.compose.remedy import Backing, Fitting, mark_of
from core.compose.scene import Type
from core.compose.style import Style, style_of
from core.domain.brief import TypeMood
from core.domain.format import Format, Size
from core.domain.job import Recipe


class ScriptNotCovered(ValueError):
    """No face here writes a part of the text."""

    def __init__(self, missing: NotCovered) -> None:
        super().__init__(", ".join(missing.scripts))
        self.missing = missing


def words_of(recipe: Recipe) -> tuple[str, ...]:
    """The words a recipe shows, as typed: its headline's or those of its short form, under the brief's cap."""
    asked = recipe.headline.split()
    # Of a headline that is nothing but emoji we cannot draw nothing would be left: it is refused as what it is.
    words = tuple(word for word in map(written, asked) if word) or tuple(asked)
    return words[: recipe.brief.word_cap] if recipe.brief.word_cap else words


def key_of(recipe: Recipe) -> int | None:
    """Which of `words_of` somebody wants to stand out, having said so or typed it loudly; None: nobody does, or it is
    not shown."""
    brief, words = recipe.brief, words_of(recipe)
    asked = brief.words.split()
    if not brief.key_word:
        return shouted(words)
    if brief.key_word not in range(1, len(asked) + 1) or not written(asked[brief.key_word - 1]):
        return None
    if recipe.short:
        word = asked[brief.key_word - 1]
        return next((index for index, one in enumerate(words) if stripped(one) == stripped(word)), None)
    key = sum(bool(written(word)) for word in asked[: brief.key_word - 1])
    return key if key < len(words) else None


def type_of(
    recipe: Recipe, target: Format, size: Size, facts: PlateFacts, fitting: Fitting, backing: Backing
) -> tuple[Type, Style]:
    """What is set, and how. Raises ScriptNotCovered."""
    brief = recipe.brief
    words = words_of(recipe)
    style = backing.styled(fitting.styled(style_of(brief, target.family)))
    if recipe.short:
        style = replace(style, largest=_SHORT * style.largest)
    subtext = () if fitting.bare else tuple(filter(None, map(written, brief.subtext.split())))
    dots = dotted((*words, *subtext), brief.language)
    if style.upper:
        words = tuple(capitals(word, dots) for word in words)
    if style.subtext_upper:
        subtext = tuple(capitals(word, dots) for word in subtext)
    font, small = (
        _chosen(
            choose(
                emoji.without(" ".join(words)),
                TypeMood.CONDENSED if fitting.narrow else brief.type_mood,
                brief.vibe,
                alone=facts.face is None,
                language=brief.language,
                brand="" if fitting.narrow else brief.brand_font,
            )
        ),
        _chosen(choose_plain(emoji.without(" ".join(subtext)), brief.language)),
    )
    if font.tall:
        style = replace(style, tracking=0.0)
    mark = mark_of(style.marks[look(recipe.position).mark], fitting, backing)
    # Room for a box is kept only where one is drawn.
    style = replace(style, marks=(mark, mark))
    type_ = Type(
        words=words,
        subtext=subtext,
        style=style,
        font=font.face,
        subtext_font=small.face,
        measure=FaceMeasure(font.face, style.tracking),
        subtext_measure=FaceMeasure(small.face, 0.0 if small.tall else style.subtext_tracking),
        palette=palette_of(recipe),
        mark=mark,
        right_to_left=font.right_to_left,
        tall=font.tall,
        language=brief.language,
        key=key_of(recipe),
        least=least(target.family, size) if fitting.rebreak else 0.0,
        least_small=least_small(target.family, size) if fitting.rebreak else 0.0,
    )
    return type_, style


_SHORT = 1.35
"""Of a vibe's largest letters: few words are set larger."""


def _chosen(choice: FontChoice | NotCovered) -> FontChoice:
    if isinstance(choice, NotCovered):
        raise ScriptNotCovered(choice)
    return choice
