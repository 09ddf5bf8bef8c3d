"""The pictures of the demo, in a folder to look at."""

from __future__ import annotations

from pathlib import Path

import click

from core.bootstrap.factory import Factory
from core.conversation.view import FileView, GalleryView, View
from core.domain.format import find


async def save(factory: Factory, view: View, out: Path, name: str) -> None:
    if isinstance(view, FileView):
        asset = await factory.desk.asset(view.asset)
        _write(out / f"{name}-{view.name}", asset.data)
    elif isinstance(view, GalleryView):
        for number, picture in enumerate(view.pictures, 1):
            asset = await factory.desk.asset(picture.asset)
            _write(out / f"{name}-{number}.jpg", asset.data)


async def save_set(factory: Factory, view: View, out: Path, name: str) -> None:
    """Every format of every variant, and the contact sheet."""
    assert isinstance(view, GalleryView)
    if view.sheet:
        _write(out / f"{name}-sheet.jpg", (await factory.desk.asset(view.sheet)).data)
    for code in dict.fromkeys(picture.variant for picture in view.pictures):
        await _save_variant(factory, code, out, name)


async def _save_variant(factory: Factory, code: str, out: Path, name: str) -> None:
    row = await factory.direct.fetch(
        "select r.format, r.asset_id::text as asset, v.position "
        "from tf.render r join tf.variant v on v.id = r.variant_id "
        "where v.code = %s and r.media_type = 'image/jpeg' and r.version = v.current order by r.format",
        (code,),
    )
    for render in row:
        asset = await factory.desk.asset(render["asset"])
        target = find(render["format"])
        size = f"{asset.width}x{asset.height}"
        assert len(asset.data) <= target.byte_budget
        _write(out / f"{name}-{render['position'] + 1}-{render['format']}-{size}.jpg", asset.data)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    click.echo(f"  wrote {path.name} ({len(data) / 1000:.0f} kB)")
