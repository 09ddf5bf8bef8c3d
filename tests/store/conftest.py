"""Both ways into the store, over the same real database."""

from collections.abc import AsyncIterator

import pytest

from core.store.direct import DirectTransport
from core.store.embedded import EmbeddedPostgres
from core.store.port import Transport
from core.store.supabase import SupabaseTransport
from tests.store.postgrest import DataApi, admit_authenticator, data_api, program


@pytest.fixture(scope="session")
def authenticator(postgres: EmbeddedPostgres, template: str) -> str:
    """Password of the role PostgREST logs in as; the template's migrations made the roles it may become."""
    program()
    return admit_authenticator(postgres.address(template))


@pytest.fixture
async def postgrest(database: str, authenticator: str) -> AsyncIterator[DataApi]:
    """A Supabase-like project over this test's database."""
    async with data_api(database, authenticator) as api:
        yield api


@pytest.fixture(params=["direct", "supabase"])
async def transport(request: pytest.FixtureRequest, database: str) -> AsyncIterator[Transport]:
    """The contract suite's subject: every test using it runs once over each transport."""
    if request.param == "direct":
        async with DirectTransport(database, size=4) as direct:
            yield direct
    else:
        password: str = request.getfixturevalue("authenticator")
        async with data_api(database, password) as api, SupabaseTransport(api.url, api.secret) as supabase:
            yield supabase
