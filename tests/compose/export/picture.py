"""Pictures compared, and sheets stacked by Pillow."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.compose.export.design import Design


def stacked(design: Design) -> NDArray[Any]:
    canvas = Image.new("RGBA", (design.width, design.height))
    for sheet in design.sheets:
        canvas.alpha_composite(Image.fromarray(sheet.layer.straight()), (sheet.layer.left, sheet.layer.top))
    return np.asarray(canvas.convert("RGB"))


def error(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Mean absolute difference, 0–1."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean() / 255)
