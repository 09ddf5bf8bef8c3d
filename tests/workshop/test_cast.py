"""Who is drawn from which photo."""

import io
from pathlib import Path

from PIL import Image

from core.domain.brief import People
from core.workshop import craft


def test_two_who_touch_in_one_photo_are_cut_out_together_and_one_alone_is_asked_for_by_default(photos: Path) -> None:
    left, right = (Image.open(photos / f"house-{name}.jpg") for name in ("nydia-velazquez", "robert-scott"))
    file = io.BytesIO()
    both = Image.new("RGB", (840, 500))
    for place, one in ((0, left), (420, right)):
        both.paste(one.convert("RGB").resize((420, round(420 * one.height / one.width))), (place, 0))
    both.save(file, "JPEG")
    first, second = craft._cast(People.TWO, (file.getvalue(),))
    assert first is not None and second is None
    left_face, right_face = first.faces
    assert left_face.right < right_face.left and right_face.right < first.rgba.shape[1]
    alone, _ = craft._cast(People.ONE, (file.getvalue(),))
    assert alone is not None and not alone.faces
