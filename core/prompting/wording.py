"""The brief's choices as sentences for a model."""

from __future__ import annotations

from core.domain.brief import Change, ColourPriority, ContentFilter, Emotion, NoGo, Outfit

COLOURS: dict[ColourPriority, str] = {
    ColourPriority.WARM: "Warm colours lead: reds, oranges, yellows; cool tones only as a small counterpoint.",
    ColourPriority.COOL: "Cool colours lead: blues, teals, violets; warm tones only as a small counterpoint.",
    ColourPriority.BRAND: (
        "The colours listed under brand_colours in the data lead, the first one most; other hues stay neutral."
    ),
    ColourPriority.HIGH_CONTRAST: "Maximum contrast leads: very light against very dark, one saturated accent.",
    ColourPriority.GREYSCALE_ACCENT: "Everything is black, white and grey but for one saturated accent in one place.",
}

EMOTIONS: dict[Emotion, str] = {
    Emotion.SHOCK: "honest shock: eyes wide, brows raised, mouth open; a real person surprised, not a grimace",
    Emotion.CURIOSITY: "curiosity: one brow raised, eyes bright, lips slightly parted, leaning in",
    Emotion.AUTHORITY: "calm authority: level gaze into the camera, relaxed jaw, upright posture",
    Emotion.JOY: "joy: a wide natural smile that reaches the eyes",
    Emotion.CONCERN: "concern: brows drawn together, eyes serious, mouth closed",
    Emotion.DEADPAN: "deadpan: no expression at all, straight into the camera",
}

CHANGES: dict[Change, str] = {
    Change.LIGHTING: "the light on the person",
    Change.SCENE: "the scene and what stands in it",
    Change.BACKGROUND: "the background behind the person",
    Change.ACCESSORIES: "accessories such as glasses, hats, headphones or jewellery",
}

NO_GOS: dict[NoGo, str] = {
    NoGo.EYE_COLOUR: "the colour of the eyes",
    NoGo.BEARD: "beard and facial hair: none removed, none added, none reshaped",
    NoGo.BODY_SHAPE: "the shape of body and face: nothing slimmer, nothing enlarged",
    NoGo.BEAUTY_FILTER: "skin: pores, lines, moles and scars stay, no smoothing and no beauty filter",
}

OUTFITS: dict[Outfit, str] = {
    Outfit.KEEP: "The clothing stays the clothing of the reference photos.",
    Outfit.CHANGE: "The clothing may change to suit the scene; it stays plain, without lettering.",
}

FILTERS: dict[ContentFilter, str] = {
    ContentFilter.STANDARD: "Suitable for a general audience: no nudity, no gore, nobody humiliated.",
    ContentFilter.STRICT: (
        "Suitable for children: no violence, weapons, blood, alcohol, drugs, smoking, gambling, nudity or revealing "
        "clothing, nothing frightening."
    ),
}
