"""The child side: what the workshop's processes can do. Imported by children only; arguments and results are plain.

Cut-outs are kept, because a set of four draws the same person four times; decoded plates of large pictures, because an
edited headline is set on the plate of the picture before (all type is set by the one quick child, so that it has them).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from core.compose import adoption, distance, doctor, encode, gate, replacement, studio
from core.compose import check as check_of
from core.compose import refit as refitting
from core.compose import sheet as sheet_of
from core.compose.export import archive, ora, psd, svg
from core.compose.export.design import design
from core.compose.geometry import Box, bounds
from core.compose.impression import impression
from core.compose.layout import Layout
from core.compose.plate import Plate, is_plain
from core.compose.style import style_of
from core.compose.subject import Subject
from core.domain import format as formats
from core.domain.alphabet import alphabets
from core.domain.brief import FileType, People
from core.domain.format import Size
from core.domain.job import Recipe
from core.domain.record import from_record, to_record
from core.domain.score import small_width
from core.vision import cutout, face, identity, mesh, selfie
from core.vision import exhibit as seeing
from core.vision import raster as vision
from core.vision.face import Face
from core.vision.identity import NotScored
from core.vision.raster import Floats, Pixels, reduced
from core.workshop.refusal import BROKEN, DOES_NOT_FIT, SCRIPT_NOT_COVERED, TINY, PictureRefused, TypeRefused
from core.workshop.shelf import Shelf

SHEET_BYTES = 4_000_000
MADE_BYTES, PLATE_BYTES = 32_000_000, 36_000_000
"""Kept per kind of thing and child: a cut-out has 4 MB of a photo of a megapixel, 16 of the largest; a plate that
is packed 33 in 4K."""
LEAST_SIDE = 256
"""px of a painted picture: the smallest model paints 512."""
MOST_PIXELS = 40_000_000
"""A 4K picture of 21:9 has 25 million; checked before anything is decoded."""
EXHIBIT_SIDE = 2560
"""px of a photo that is shown whole: as much as 4K shows of it in half its width."""
SENT_SIDE, SENT_QUALITY = 1536, 90
"""px: what models look at; more only makes the request larger."""
PAINTED_KINDS = ("JPEG", "PNG", "WEBP")


class Misfiled(ValueError):
    """A file that is not what was ordered; names the gates. Nobody but us can do anything about it."""


def check(picture: bytes) -> dict[str, Any]:
    return selfie.check(_pixels(picture)).to_dict()


def paint(recipe: Any, target: str, size: tuple[int, int], photos: Sequence[bytes]) -> bytes:
    wanted = from_record(Recipe, recipe)
    shown = bool(wanted.brief.exhibit and not wanted.brief.selfies)
    first, second = _cast(wanted.brief.people, photos) if photos and not shown else (None, None)
    exhibit = EXHIBITS.of(photos[0]) if photos and shown else None
    plate = replacement.drawn(wanted, formats.find(target), Size(*size), first, exhibit, second)
    return _stored(plate, formats.find(target), Size(*size))


def finish(
    recipe: Any,
    target: str,
    size: tuple[int, int],
    plate: bytes,
    logo: bytes,
    mark: str,
    file_type: str,
    strict: bool = True,
) -> dict[str, Any]:
    wanted, target_format = from_record(Recipe, recipe), formats.find(target)
    try:
        composition = studio.typeset(
            wanted,
            target_format,
            Size(*size),
            kept(plate),
            _pixels(logo, "RGBA") if logo else None,
            strict=strict,
        )
    except studio.ScriptNotCovered as error:
        raise TypeRefused(SCRIPT_NOT_COVERED, ",".join(alphabets(error.missing.characters))) from None
    except studio.DoesNotFit as error:
        raise TypeRefused(DOES_NOT_FIT, str(error)) from None
    image = sheet_of.mark(composition.picture, mark) if mark else composition.picture
    data = _file(composition, image, file_type, mark, target_format.byte_budget)
    if file_type not in _LAYERED:
        budget = None if file_type == FileType.PNG else target_format.byte_budget
        if wrong := gate.refusing(gate.failed(gate.filed(data, Size(*size), budget))):
            raise Misfiled(", ".join(wrong))
    height, width = image.shape[:2]
    advice = doctor.examined(wanted.brief.headline, composition.layout, target_format.family)
    return {
        "data": data,
        "width": width,
        "height": height,
        "spec": to_record(composition.layout),
        "advice": advice and to_record(advice),
        "seen": impression(image if mark else composition.seen).hex(),
    }


_LAYERED = {FileType.PSD: psd.write, FileType.ORA: ora.write, FileType.SVG: svg.write, FileType.ZIP: archive.write}


def _file(composition: studio.Composition, image: Pixels, file_type: str, mark: str, budget: int) -> bytes:
    """`file_type`: empty for the picture as it is shown."""
    if not file_type:
        return encode.jpeg(image, budget)
    kind = FileType(file_type)
    if kind in _LAYERED:
        return _LAYERED[kind](design(composition, mark))
    return encode.encode(image, kind, budget)


def refit(recipe: Any, target: str, size: tuple[int, int], plate: bytes) -> bytes:
    whole = kept(plate)
    wanted, shape, wide = from_record(Recipe, recipe), formats.find(target), Size(*size)
    made, _ = replacement.held(lambda of: refitting.refit(whole, of, shape, wide), wanted, shape, wide)
    return _stored(made, shape, wide)


def reduce(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture)) as image:
        if max(image.size) <= SENT_SIDE and image.format == "JPEG":
            return picture
        small = image.convert("RGB")
        small.thumbnail((SENT_SIDE, SENT_SIDE), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        small.save(file, "JPEG", quality=SENT_QUALITY)
        return file.getvalue()


def bare(plate: bytes) -> bytes:
    return encode.jpeg(kept(plate).picture, SHEET_BYTES)


def adopt(recipe: Any, target: str, size: tuple[int, int], original: bytes) -> dict[str, Any]:
    picture = _painted(original)
    plate = adoption.whole(picture, _people(picture))
    shape, wide = formats.find(target), Size(*size)
    adopted = adoption.reframed(plate, from_record(Recipe, recipe), shape, wide)
    return {"plate": _stored(adopted.plate, shape, wide), "facts": dict(adopted.facts)}


def most_apart(pictures: Sequence[bytes], count: int) -> tuple[int, ...]:
    return distance.most_apart([impression(_pixels(picture)) for picture in pictures], count)


def sheet(pictures: Sequence[bytes]) -> bytes:
    return encode.jpeg(sheet_of.contact_sheet([_pixels(picture) for picture in pictures]), SHEET_BYTES)


def feed(picture: bytes, title: str, channel: str) -> tuple[bytes, tuple[int, int]]:
    sheet = sheet_of.feed_preview(_pixels(picture), sheet_of.FeedWords(title=title, channel=channel))
    height, width = sheet.shape[:2]
    return encode.jpeg(sheet, SHEET_BYTES), (width, height)


def score(picture: bytes, layout: Any, recipe: Any, target: str) -> Any:
    wanted, shape = from_record(Recipe, recipe), formats.find(target)
    style = style_of(wanted.brief, shape.family)
    return to_record(check_of.check(_pixels(picture), from_record(Layout, layout), style, shape, len(picture)))


def identity_score(picture: bytes, selfies: Sequence[bytes]) -> dict[str, Any]:
    vectors = [vector for vector in map(VECTORS.of, selfies) if not isinstance(vector, NotScored)]
    scored = identity.score(_pixels(picture), vectors)
    if isinstance(scored, NotScored):
        return {"missing": scored.reason.value}
    return {"score": scored.score, "likeness": scored.likeness.value}


def _vector(selfie: bytes) -> Floats | NotScored:
    """Never leaves this process: the vector is biometric data."""
    return identity.describe(_pixels(selfie))


def _subject(picture: bytes) -> Subject | None:
    pixels = _pixels(picture)
    found = face.detect(pixels)
    try:
        cut = cutout.cut_out(pixels, found[0] if found else None)
    except cutout.NobodyFound:
        return None
    return _drawn(cut)


def _cast(people: People, photos: Sequence[bytes]) -> tuple[Subject | None, Subject | None]:
    """Who is drawn. Somebody who could not be cut out is left out: the other one is drawn alone."""
    if people is People.ONE:
        return SUBJECTS.of(photos[0]), None
    if len(photos) == 1:
        return PAIRS.of(photos[0])
    first, second = (SUBJECTS.of(photo) for photo in photos[:2])
    return (first, second) if first is not None else (second, None)


def _both(picture: bytes) -> tuple[Subject | None, Subject | None]:
    """The two of one photo, from left to right; as one cut-out where they touch."""
    pixels = _pixels(picture)
    found = face.prominent(face.detect(pixels)[:2])
    if len(found) < 2:
        return SUBJECTS.of(picture), None
    pair = sorted(found, key=lambda one: one.box.x)
    try:
        cuts = [cutout.cut_out(pixels, one) for one in pair]
    except cutout.NobodyFound:
        return SUBJECTS.of(picture), None
    own = cuts[0].face
    assert own is not None
    # Where the other one's face is, in the first cut-out's px, which may have been made larger than the photo's.
    scale = own.width / pair[0].box.width
    other = pair[1].box.moved(-pair[0].box.x, -pair[0].box.y).scaled(scale, scale).moved(own.x, own.y)
    rows, columns = other.slices(cuts[0].rgba)
    covered = cuts[0].rgba[rows, columns, 3]
    if covered.size and float((covered > 128).mean()) > 0.5:
        faces = (_box(own), _box(other))
        return Subject(cuts[0].rgba, bounds(faces), tuple(edge.value for edge in cuts[0].touches), faces), None
    return _drawn(cuts[0]), _drawn(cuts[1])


def _drawn(cut: cutout.CutOut) -> Subject:
    return Subject(cut.rgba, _box(cut.face) if cut.face else None, tuple(edge.value for edge in cut.touches))


def _box(box: vision.Box) -> Box:
    return Box(box.x, box.y, box.x + box.width, box.y + box.height)


def _exhibit(picture: bytes) -> studio.Exhibit:
    pixels = _pixels(picture)
    seen = seeing.see(pixels)
    return studio.Exhibit(seen.kind, reduced(pixels, EXHIBIT_SIDE)[0], seen.cut.rgba if seen.cut else None)


def _stored(plate: Plate, target: formats.Format, size: Size) -> bytes:
    return plate.to_bytes(small_width(target.family, size.width))


def kept(stored: bytes) -> Plate:
    """A stored plate, read-only. One that is read by looking at its bytes is not worth a place on the shelf."""
    return _plate(stored) if is_plain(stored) else PLATES.of(stored)


def _plate(stored: bytes) -> Plate:
    plate = Plate.from_bytes(stored)
    for pixels in (plate.picture, plate.silhouette, plate.seen):
        if pixels is not None:
            pixels.flags.writeable = False
    return plate


PLATES = Shelf(_plate, lambda plate: plate.picture.nbytes + plate.silhouette.nbytes, PLATE_BYTES)
SUBJECTS = Shelf(_subject, lambda one: one.rgba.nbytes if one else 0, MADE_BYTES)
PAIRS = Shelf(_both, lambda two: sum(one.rgba.nbytes for one in two if one), MADE_BYTES)
EXHIBITS = Shelf(
    _exhibit, lambda shown: shown.photo.nbytes + (0 if shown.cut is None else shown.cut.nbytes), MADE_BYTES
)
VECTORS = Shelf(_vector, lambda vector: 0 if isinstance(vector, NotScored) else vector.nbytes, MADE_BYTES)


def _pixels(picture: bytes, mode: str = "RGB") -> Pixels:
    return np.asarray(Image.open(io.BytesIO(picture)).convert(mode))


def _painted(original: bytes) -> Pixels:
    """A provider's file as pixels. Raises PictureRefused."""
    try:
        with Image.open(io.BytesIO(original), formats=PAINTED_KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureRefused(BROKEN, f"{image.width}x{image.height}")
            if min(image.size) < LEAST_SIDE:
                raise PictureRefused(TINY, f"{image.width}x{image.height}")
            return np.asarray(image.convert("RGB"))
    except PictureRefused:
        raise
    # Decoders of bytes that are no picture end in whatever their parsers stumble over.
    except Exception as error:
        raise PictureRefused(BROKEN, repr(error)) from None


def _people(picture: Pixels) -> list[adoption.Person]:
    """The main face and those of its size, each with its silhouette on the whole picture.

    A soft backdrop can look like a face to the detector; the mesh is never taken in (below 0.001, real ones 1.0).
    """
    found = [one for one in face.detect(picture) if mesh.fit(picture, one.box, one.tilt).presence > face.CONFIDENCE]
    return [_person(picture, one) for one in face.prominent(found)]


def _person(picture: Pixels, who: Face) -> adoption.Person:
    box = who.box
    drawn = Box(box.x, box.y, box.x + box.width, box.y + box.height)
    try:
        mask = cutout.silhouette(picture, who)
    except cutout.NobodyFound:
        return adoption.Person(drawn, None)
    return adoption.Person(drawn, mask)
