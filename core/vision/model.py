"""The vendored neural networks: checked against their known sums, run by OpenCV on the CPU."""

import hashlib
import threading
from collections.abc import Sequence
from enum import Enum
from functools import cache
from importlib import resources

import cv2

from core.vision.raster import Floats


class Model(Enum):
    """File name and SHA-256 of each vendored network (source and licence: models/NOTICE)."""

    FACE_DETECTION = (
        "face_detection_short_range.tflite",
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    )
    FACE_LANDMARK = (
        "face_landmark.tflite",
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    )
    SEGMENTATION = (
        "selfie_segmentation.tflite",
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
    )

    @property
    def file(self) -> str:
        return self.value[0]

    @property
    def sha256(self) -> str:
        return self.value[1]


class DamagedModel(RuntimeError):
    """A vendored file is not the one this code was measured with; `doctor` shows the message to the operator."""


class Network:
    """One loaded network. A `cv2.dnn.Net` keeps its input as state, so callers on other threads wait their turn."""

    def __init__(self, model: Model) -> None:
        with resources.as_file(resources.files("core.vision") / "models" / model.file) as path:
            if hashlib.sha256(path.read_bytes()).hexdigest() != model.sha256:
                raise DamagedModel(f"core/vision/models/{model.file} is damaged: its SHA-256 is not the expected one")
            # OpenCV 5's default engine silently drops all but one output of a tflite model (the detector loses its
            # scores), and reading from a buffer ignores the engine asked for: hence the classic one, and by path.
            self._net = cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)
        self._outputs = self._net.getUnconnectedOutLayersNames()
        self._turn = threading.Lock()

    def run(self, image: Floats) -> dict[int, Floats]:
        """Feed one float32 (H, W, 3) image; the outputs, flattened, by their number of elements.

        The outputs of a tflite model carry generated names, their sizes are what tells them apart.
        """
        with self._turn:
            self._net.setInput(cv2.dnn.blobFromImage(image))
            outputs: Sequence[Floats] = self._net.forward(self._outputs)
            return {output.size: output.reshape(-1).copy() for output in outputs}


@cache
def network(model: Model) -> Network:
    """The network, loaded on first use (about 30 ms) and kept."""
    return Network(model)
