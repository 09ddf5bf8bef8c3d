"""Blobs in Supabase Storage, in one private bucket, through the official SDK."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar

import httpx

from core.store.blob import LINK_SECONDS, PIECE, Usage, valid, valid_life
from core.store.error import BlobError, BlobFault, BlobMissing, BlobsFull, BlobsUnavailable

if TYPE_CHECKING:
    from storage3._async.client import AsyncStorageClient
    from storage3._async.file_api import AsyncBucketProxy
    from storage3.exceptions import StorageApiError

CALL_SECONDS: Final = 60.0
CONNECTIONS: Final = 8
PAGE: Final = 1000
"""Objects per list call, and keys per delete call: the most Storage takes."""

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class BucketBlobs:
    """`url` and `key` as for `SupabaseTransport`; the bucket is made by `prepare()` when missing."""

    def __init__(self, url: str, key: str, bucket: str) -> None:
        self._url = url
        self._key = key
        self._name = bucket
        self._http: httpx.AsyncClient | None = None
        self._storage: AsyncStorageClient | None = None

    async def open(self) -> Self:
        """Prepare the client; nothing is sent yet."""
        from supabase import AsyncClientOptions, acreate_client

        self._http = httpx.AsyncClient(
            timeout=CALL_SECONDS,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            http2=True,
            trust_env=False,
        )
        client = await acreate_client(self._url, self._key, AsyncClientOptions(httpx_client=self._http))
        self._storage = client.storage
        return self

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def prepare(self) -> None:
        """Make the bucket if it is missing; a public one is refused, for its links never end."""
        storage = self._opened()
        try:
            bucket = await _sent(storage.get_bucket, self._name)
        except BlobMissing:
            try:
                await _sent(storage.create_bucket, self._name, options={"public": False})
            except BlobFault as error:
                if error.code != "409":  # another replica was faster
                    raise
        else:
            if bucket.public:
                raise BlobFault(f"the bucket {self._name} is public: make it private or name another")

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        options: Any = {"content-type": media_type, "upsert": "true"}  # the SDK takes the word, not the truth value
        await _sent(self._bucket().upload, valid(key), content, options)

    async def get(self, key: str) -> bytes:
        return await _sent(self._bucket().download, valid(key))

    async def pieces(self, key: str) -> AsyncGenerator[bytes]:
        """See `Blobs.pieces`: through a link of our own, because the SDK reads whole files."""
        link = await self.signed_url(key, LINK_SECONDS)
        assert self._http is not None  # or nothing would have been signed
        try:
            async with self._http.stream("GET", link) as answer:
                if answer.is_error:
                    away = answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
                    kind = BlobsUnavailable if away else BlobMissing  # it was there when the link was signed
                    raise kind(f"Storage answered {answer.status_code} for {key}")
                async for piece in answer.aiter_bytes(PIECE):
                    yield piece
        except httpx.TransportError as error:
            raise BlobsUnavailable(f"Storage did not answer: {type(error).__name__}") from error

    async def size(self, key: str) -> int:
        information = await _sent(self._bucket().info, valid(key))
        return int(information["size"])

    async def delete(self, keys: Iterable[str]) -> None:
        names = [valid(key) for key in keys]
        for start in range(0, len(names), PAGE):
            await _sent(self._bucket().remove, names[start : start + PAGE])

    async def signed_url(self, key: str, seconds: int, name: str = "") -> str:
        options: Any = {"download": name} if name else {}
        answer = await _sent(self._bucket().create_signed_url, valid(key), valid_life(seconds), options)
        if answer["signedURL"] is None:
            raise BlobFault(f"Storage signed no link for {key}")
        return answer["signedURL"]

    async def usage(self) -> Usage:
        """Counts by listing the whole bucket: for reports, not for requests."""
        blobs = octets = 0
        cursor: str | None = None
        while True:
            options: Any = {"limit": PAGE, "with_delimiter": False} | ({"cursor": cursor} if cursor else {})
            page = await _sent(self._bucket().list_v2, options)
            blobs += len(page.objects)
            octets += sum(int((one.metadata or {}).get("size", 0)) for one in page.objects)
            if not (cursor := page.nextCursor):
                return Usage(blobs, octets)

    async def sweep(self) -> int:
        """Nothing to do: Storage shows an upload whole or not at all."""
        return 0

    def _opened(self) -> "AsyncStorageClient":
        if self._storage is None:
            raise BlobFault("the bucket has not been opened")
        return self._storage

    def _bucket(self) -> "AsyncBucketProxy":
        return self._opened().from_(self._name)


async def _sent(
    request: Callable[Arguments, Awaitable[Answer]], *arguments: Arguments.args, **options: Arguments.kwargs
) -> Answer:
    """The answer; a request whose connection broke is sent once more, since each leaves the same state twice."""
    from storage3.exceptions import StorageApiError

    try:
        try:
            return await request(*arguments, **options)
        except httpx.TimeoutException:
            raise
        except httpx.TransportError:
            return await request(*arguments, **options)
    except StorageApiError as error:
        raise _refusal(error) from error
    except httpx.TransportError as error:
        raise BlobsUnavailable(f"Storage did not answer: {type(error).__name__}") from error


def _refusal(error: "StorageApiError") -> BlobError:
    """Storage says 404 in the body of a 400, as a string, and calls a missing bucket the same as a missing object."""
    status = str(error.status)
    kind: type[BlobError] = BlobFault
    if status == "404" or error.code in {"not_found", "NoSuchKey"}:
        kind = BlobMissing
    elif status in {"402", "507"}:
        kind = BlobsFull
    elif status == "429" or status.startswith("5"):
        kind = BlobsUnavailable
    return kind(error.message, code=status)
