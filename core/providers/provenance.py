"""What a picture's own file says of where it comes from: content credentials (C2PA), as far as they can be read.

Whether there are any is seen in the bytes; what they say is read by `c2pa-python`. SynthID lies in the pixels, and only
Google can look for it: it counts as present when the credentials declare it, never because of the model's name.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.record import Json

OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
"""Reading a file asks nobody on the network."""
TRAINED = "trainedAlgorithmicMedia"
"""IPTC's word for made by a model; its composite form ends the same."""
STAND_IN = b"Drawn by a stand-in for tests, not by the model it was asked of."
"""What a server that plays a company's writes into the files of its pictures, so that none passes for a model's. An
address would say nothing: behind another one than the company's own may be a gateway to the model itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    found: bool
    """The file carries content credentials."""
    read: bool = False
    """They could be read; everything below is known only then."""
    intact: bool = False
    """Hashes and signature fit the file. Whether the signer is to be trusted is another question."""
    issuer: str = ""
    generator: str = ""
    made_by_model: bool = False
    synthid: bool = False
    """The credentials declare Google's watermark."""

    def facts(self) -> dict[str, Json]:
        if not self.read:
            return {"found": self.found, "read": False}
        return {
            "found": True,
            "read": True,
            "intact": self.intact,
            "issuer": self.issuer,
            "generator": self.generator,
            "made_by_model": self.made_by_model,
            "synthid": self.synthid,
        }


def read(data: bytes, media_type: str) -> Provenance:
    """Of an untouched original; any re-encoding drops the credentials. Blocks for some milliseconds."""
    if not carries_credentials(data):
        return Provenance(found=False)
    # Here and not above: the library takes 50 MB, and most pictures carry nothing to read.
    import c2pa  # type: ignore[import-untyped]

    try:
        with (
            c2pa.Context.from_dict(OFFLINE) as context,
            c2pa.Reader(media_type, io.BytesIO(data), context=context) as reader,
        ):
            return _told(json.loads(reader.json()), str(reader.get_validation_state()))
    except c2pa.C2paError:
        return Provenance(found=True)  # credentials that are broken say nothing


def _told(store: Json, state: str) -> Provenance:
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    assertions = json.dumps(manifest.get("assertions", []))
    generators = manifest.get("claim_generator_info") or [{}]
    return Provenance(
        found=True,
        read=True,
        intact=state in ("Valid", "Trusted"),
        issuer=(manifest.get("signature_info") or {}).get("issuer") or "",
        generator=generators[0].get("name") or manifest.get("claim_generator") or "",
        made_by_model=TRAINED.lower() in assertions.lower(),
        synthid="synthid" in assertions.lower(),
    )


def carries_credentials(data: bytes) -> bool:
    """JPEG: an APP11 segment with a JUMBF box for C2PA. PNG: a chunk caBX. WebP: a chunk C2PA."""
    if data.startswith(b"\xff\xd8"):
        return any(marker == 0xEB and b"jumb" in body and b"c2pa" in body for marker, body in _segments(data))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return any(kind == b"caBX" for kind in _chunks(data, 8, big=True))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return any(kind == b"C2PA" for kind in _chunks(data, 12, big=False))
    return False


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """JPEG segments before the picture begins."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        yield data[at + 1], data[at + 4 : at + 2 + length]
        at += 2 + max(2, length)


def _chunks(data: bytes, at: int, *, big: bool) -> Iterator[bytes]:
    """Chunk kinds of PNG (length, kind, body, checksum) or RIFF (kind, length, body, even)."""
    while at + 8 <= len(data):
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        if big:
            yield second
            at += 12 + int.from_bytes(first, "big")
        else:
            length = int.from_bytes(second, "little")
            yield first
            at += 8 + length + length % 2
