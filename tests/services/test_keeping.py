"""Files of what was painted: paid for already, so their place may be away for a moment."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.services.drawing import Drawing
from core.store.disk import DiskBlobs
from core.store.error import BlobsUnavailable
from core.store.link import Signer
from tests.factory import running


class Away(DiskBlobs):
    """A place for files that does not answer so many times."""

    def __init__(self, folder: Path, times: int) -> None:
        super().__init__(folder, Signer(b"s" * 32), "http://nowhere/")
        self.left = times

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        if self.left:
            self.left -= 1
            raise BlobsUnavailable("no answer")
        await super().put(key, content, media_type)


@pytest.mark.parametrize(("times", "comes"), [(2, True), (3, False)])
async def test_a_file_is_offered_again_for_a_while(database: str, tmp_path: Path, times: int, comes: bool) -> None:
    async with running(database, tmp_path, worker=False) as here:
        made, blobs = here.factory, Away(tmp_path / "elsewhere", times)
        drawing = Drawing(
            made.catalogue,
            made.painting,
            made.workshop,
            replace(made.album, blobs=blobs),
            made.budget,
            made.probing.retire,
            made.probing.failed,
            pauses_s=(0.01, 0.01),
        )
        if comes:
            kept = await drawing.keep(b"a picture", "render", "image/jpeg")
            assert await blobs.get(str(kept.record["blob_key"])) == b"a picture"
        else:
            with pytest.raises(BlobsUnavailable):
                await drawing.keep(b"a picture", "render", "image/jpeg")
