"""The quick outline of a person against the careful cut-out."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.vision import cutout, face
from core.vision.cutout import NobodyFound, cut_out, silhouette
from core.vision.raster import Pixels

NAMES = ["house-nydia-velazquez.jpg", "nasa-eileen-collins.jpg", "navy-grace-hopper.jpg", "whitehouse-obama-3.jpg"]


def pixels(photo: Path) -> Pixels:
    return np.asarray(Image.open(photo).convert("RGB"))


@pytest.mark.parametrize("name", NAMES)
def test_the_outline_is_that_of_the_cut_out(photos: Path, name: str) -> None:
    image = pixels(photos / name)
    main = face.detect(image)[0]
    mask, careful = silhouette(image, main), cut_out(image, main, long_side=cutout.LONG_SIDE)
    assert mask.shape == image.shape[:2]
    assert careful.face is not None
    scale = main.box.width / careful.face.width
    left, top = main.box.x - careful.face.x * scale, main.box.y - careful.face.y * scale
    high, wide = (round(side * scale) for side in careful.rgba.shape[:2])
    other = np.zeros_like(mask)
    alpha = np.asarray(Image.fromarray(careful.rgba[..., 3]).resize((wide, high)))
    part = other[max(0, round(top)) :, max(0, round(left)) :][:high, :wide]
    part[:] = alpha[: part.shape[0], : part.shape[1]]
    quick, slow = mask > 128, other > 128
    assert (quick & slow).sum() / (quick | slow).sum() > 0.95


def test_nobody_has_no_outline() -> None:
    with pytest.raises(NobodyFound):
        silhouette(np.full((400, 600, 3), 120, np.uint8), None)
