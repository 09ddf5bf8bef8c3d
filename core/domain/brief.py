"""The Brief: the complete, priced set of answers a job is made from (product.md §3, sections A–H)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.format import Quality


class ContentFilter(StrEnum):
    STANDARD = "standard"
    STRICT = "strict"


class Vibe(StrEnum):
    BOLD = "bold"
    CLEAN = "clean"
    CINEMATIC = "cinematic"
    NEON = "neon"
    PASTEL = "pastel"
    TECH = "tech"
    MINIMALIST = "minimalist"
    MEME = "meme"
    DOCUMENTARY = "documentary"


class ColourPriority(StrEnum):
    WARM = "warm"
    COOL = "cool"
    BRAND = "brand"
    HIGH_CONTRAST = "high_contrast"
    GREYSCALE_ACCENT = "greyscale_accent"


MEASURABLE = tuple(row for row in ColourPriority if row is not ColourPriority.BRAND)
"""What can be told from outside: nobody sees a brand's palette in a picture or video."""


class Emotion(StrEnum):
    SHOCK = "shock"
    CURIOSITY = "curiosity"
    AUTHORITY = "authority"
    JOY = "joy"
    CONCERN = "concern"
    DEADPAN = "deadpan"


class People(StrEnum):
    """How many the picture shows."""

    ONE = "one"
    TWO = "two"
    """Of the first two photos one each, left and right; both of a photo that is the only one."""


class Outfit(StrEnum):
    KEEP = "keep"
    CHANGE = "change"


class Change(StrEnum):
    """What may be changed around the person."""

    LIGHTING = "lighting"
    SCENE = "scene"
    BACKGROUND = "background"
    ACCESSORIES = "accessories"


class NoGo(StrEnum):
    """What must never be changed on the person."""

    EYE_COLOUR = "eye_colour"
    BEARD = "beard"
    BODY_SHAPE = "body_shape"
    BEAUTY_FILTER = "beauty_filter"


class FaceSide(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


class FocusPoint(StrEnum):
    """Rule-of-thirds crossing the eyes should sit on; AUTO leaves it to the layout."""

    AUTO = "auto"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class TextPlace(StrEnum):
    AUTO = "auto"
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    AROUND = "around"


class TypeMood(StrEnum):
    AUTO = "auto"
    CHUNKY = "chunky"
    CONDENSED = "condensed"
    SLAB = "slab"
    HANDWRITTEN = "handwritten"
    ROUNDED = "rounded"
    COMIC = "comic"
    SERIF = "serif"
    ROMAN = "roman"
    SCRIPT = "script"
    TECH = "tech"
    MONO = "mono"
    SCIFI = "scifi"
    GAMING = "gaming"
    PIXEL = "pixel"
    WESTERN = "western"
    STENCIL = "stencil"
    HORROR = "horror"


class TypeEffect(StrEnum):
    STROKE = "stroke"
    SHADOW = "shadow"
    INNER_GLOW = "inner_glow"
    EXTRUDE = "extrude"
    """Letters as thick as blocks."""
    GRADIENT = "gradient"
    DEEP_SHADOW = "deep_shadow"
    """SHADOW is the vibe's own, and some have none; this one falls in all of them."""


class Outline(StrEnum):
    AUTO = "auto"
    THIN = "thin"
    MEDIUM = "medium"
    THICK = "thick"


class Highlight(StrEnum):
    """How the word that carries a headline stands out."""

    AUTO = "auto"
    BOX = "box"
    COLOUR = "colour"
    MARKER = "marker"
    NONE = "none"


class FileType(StrEnum):
    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"
    PSD = "psd"
    """Photoshop: named layers, text that can be edited."""
    ORA = "ora"
    """OpenRaster, for GIMP and Krita."""
    SVG = "svg"
    ZIP = "zip"
    """Layers, their numbers, fonts and the PSD."""


BRIEF_FILES = (FileType.JPG, FileType.PNG, FileType.PSD, FileType.ZIP)
"""What a brief may ask for. Pictures are shown as JPG; anything else comes beside them, when the set is whole."""


AUTO_MODEL = "auto"
VARIANT_COUNTS = (2, 4, 6)
MAX_SELFIES = 10
MAX_INSPIRATIONS = 3
MAX_PROMPTS = 3
HEADLINE_WORDS = 6
"""Asked for; longer headlines are accepted with a note, because six words are what stays legible at 168x94."""
SUBTEXT_WORDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Frozen; change it with `dataclasses.replace`. Field names are the question ids of the script."""

    # A Project
    format: str = "youtube"
    content_filter: ContentFilter = ContentFilter.STANDARD
    # B Creative
    title: str = ""
    headline: str = ""
    subtext: str = ""
    vibe: Vibe = Vibe.BOLD
    colours: ColourPriority = ColourPriority.WARM
    brand_colours: tuple[str, ...] = ()
    """`#rrggbb`, first the main one; used when `colours` is BRAND."""
    emotion: Emotion = Emotion.CURIOSITY
    # C Face
    selfies: tuple[str, ...] = ()
    """Asset ids, the one to draw first. Empty: the text-led composition without a person."""
    selfie_places: tuple[int, ...] = ()
    """Which each of them was when they were sent, from 1: what a person calls them. Empty: as they stand."""
    people: People = People.ONE
    exhibit: str = ""
    """Asset id of the photo shown in place of a person (a product, a screenshot, a scene); only without selfies."""
    outfit: Outfit = Outfit.KEEP
    allowed: tuple[Change, ...] = (Change.LIGHTING, Change.SCENE, Change.BACKGROUND)
    no_gos: tuple[NoGo, ...] = tuple(NoGo)
    no_go_note: str = ""
    # D Layout
    face_side: FaceSide = FaceSide.RIGHT
    focus: FocusPoint = FocusPoint.AUTO
    text_place: TextPlace = TextPlace.AUTO
    reserve_overlays: bool = True
    # E Typography
    type_mood: TypeMood = TypeMood.AUTO
    type_effects: tuple[TypeEffect, ...] = (TypeEffect.STROKE, TypeEffect.SHADOW)
    outline: Outline = Outline.AUTO
    highlight: Highlight = Highlight.AUTO
    key_word: int = 0
    """Which of the headline's words carries it, from 1; 0: the rules choose."""
    word_cap: int = 0
    """0 = none."""
    every_word: bool = False
    """All variants show the whole headline; else one of a larger set is short."""
    # F References
    brand_guide: str = ""
    inspiration: tuple[str, ...] = ()
    """What has the look the person wants: asset ids, or addresses of public videos, whose thumbnails are meant."""
    video: str = ""
    """Address of the public video the thumbnail is for (`core.domain.prompt.video_link`)."""
    # G Output
    variants: int = 4
    file_type: FileType = FileType.JPG
    extra_formats: tuple[str, ...] = ()
    # H Credits and run
    model: str = AUTO_MODEL
    quality: Quality = Quality.STANDARD
    fixed_seed: bool = False
    search: bool = False
    """The model may look things up on the web."""
    prompts: tuple[str, ...] = field(default=())
    """Further headlines for A/B, each a job of its own; the first prompt is `headline`."""
    series: str = ""
    """Code of the look this brief goes on with (`core.domain.series`); asked of nobody."""
    # From /settings, not asked
    signature: str = ""
    logo: str = ""
    """Asset id of the logo."""
    brand_font: str = ""
    """One of `core.domain.typeface.NAMES`; sets the headline where the mood is AUTO."""
    language: str = ""
    """The person's, a BCP 47 tag: whose forms Chinese characters are given where they do not tell by themselves."""

    @property
    def words(self) -> str:
        """Its headline as typed; a brief with a title alone is set in that."""
        return self.headline or self.title

    @property
    def drawn(self) -> tuple[str, ...]:
        """The selfies the studio draws from: one of each person, or the only one."""
        return self.selfies[: 2 if self.people is People.TWO else 1]
