"""Uploads: decoded in a bounded child, re-encoded, checked, stored; what cannot be taken is said, never raised."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import structlog

from core import failpoint
from core.conversation.event import Photo, PhotoRefused
from core.domain.plan import PLANS, PlanId
from core.services import facts
from core.services.album import Album
from core.services.conversing import Conversing
from core.services.desk import Envelope
from core.services.limit import EVERYBODYS_DISK_BYTES
from core.services.metric import UPLOADS
from core.store.asset import Assets
from core.store.error import BlobsFull
from core.vision.bounded import BoundedDecoder
from core.vision.upload import Upload, UploadRefused
from core.workshop.crew import WorkLost
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)

DISK, STORAGE_FULL = "disk", "storage_full"
"""Reason codes beside the decoder's own: this person, or the factory, keeps all it may."""
SENT_OCTETS = "sent_octets"
"""Among an upload's facts: the bytes of the file as it came, which is not the one that is kept."""


@dataclass(frozen=True, slots=True)
class Uploading:
    conversing: Conversing
    decoder: BoundedDecoder
    workshop: Workshop
    assets: Assets
    album: Album

    async def accept(self, envelope: Envelope, data: bytes) -> Photo | PhotoRefused:
        """See `Desk.accept`."""
        try:
            upload = await self.decoder.decode(data)
        except UploadRefused as refused:
            log.info("upload.refused", reason=refused.reason.value, octets=len(data))
            return _refused(refused.reason.value)
        opened = await self.conversing.open(envelope)
        used = await self.assets.disk_used(opened.user_id)
        allowed = PLANS[PlanId(opened.plan)].disk_bytes
        if used.mine + len(upload.jpeg) > allowed:
            return _refused(DISK)
        if used.everyone > EVERYBODYS_DISK_BYTES:
            return _refused(STORAGE_FULL)
        try:
            return await self._keep(opened.user_id, upload, len(data))
        except BlobsFull as full:
            log.error("blobs.full", error=str(full))
            return _refused(STORAGE_FULL)

    async def _keep(self, user_id: str, upload: Upload, octets: int) -> Photo:
        report = {**await self._check(upload.jpeg), SENT_OCTETS: octets}
        asset_id = str(uuid4())
        key = f"selfie/{asset_id}.jpg"
        await self.album.write(key, upload.jpeg, "image/jpeg")
        failpoint.reach("upload.after_put")
        stored = await self.assets.add(
            user_id,
            {
                "id": asset_id,
                "kind": "selfie",
                "blob_key": key,
                "media_type": "image/jpeg",
                "width": upload.width,
                "height": upload.height,
                "byte_count": len(upload.jpeg),
                "sha256": upload.sha256,
                "facts": report,
            },
        )
        UPLOADS.labels("accepted").inc()
        return facts.photo(stored)

    async def _check(self, jpeg: bytes) -> dict[str, object]:
        try:
            return await self.workshop.check(jpeg)
        except WorkLost as lost:
            # Advice only: a photo that could not be judged is taken, and nothing is claimed of it.
            log.warning("selfie.unchecked", error=str(lost))
            return {}


def _refused(reason: str) -> PhotoRefused:
    UPLOADS.labels(reason).inc()
    return PhotoRefused(reason=reason)
