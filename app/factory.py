"""A factory for a verb: nothing of it runs, on whatever database there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app import RELEASE
from app.database import database
from core.bootstrap.factory import Factory, open_factory
from core.settings import Settings


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Factory]:
    """The embedded or configured database, else the Supabase SDK. Only our own database's schema is brought up."""
    async with AsyncExitStack() as stack:
        dsn = None
        if settings.embedded or settings.database_url:
            dsn = await stack.enter_async_context(database(settings, migrated=settings.embedded))
        yield await stack.enter_async_context(open_factory(settings, dsn, release=RELEASE))
