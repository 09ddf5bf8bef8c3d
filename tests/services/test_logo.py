"""A brief's logo on its way from the blobs to the picture."""

from pathlib import Path
from uuid import uuid4

from core.bootstrap.factory import open_factory
from core.domain.brief import Brief
from core.services.album import Album
from tests.factory import settings


async def test_a_logo_that_is_gone_is_no_reason_to_refuse_a_picture(database: str, tmp_path: Path) -> None:
    async with open_factory(settings(database, tmp_path), database, release="test") as factory:
        album = Album(factory.assets, factory.blobs)
        assert await album.logo(Brief(logo=str(uuid4()))) == b""
        assert await album.logo(Brief()) == b""
