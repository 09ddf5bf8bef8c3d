"""The database of a command, where the data are not of this release."""

import shutil
from pathlib import Path

import psycopg
import pytest

from app.database import database
from app.stop import Stop
from core.settings import Settings


async def test_data_of_an_unreleased_version_are_named_with_the_folder_to_remove(home: Path) -> None:
    settings = Settings(factory_home=home, database_url=None)
    async with database(settings) as dsn:
        execute(
            dsn, "update supabase_migrations.schema_migrations set version = '20261120000100' where name = 'schema'"
        )
    with pytest.raises(Stop, match=r"by an unreleased version .* Remove the folder .* and start again") as stopped:
        async with database(settings):
            pass
    shutil.rmtree(str(stopped.value).split("Remove the folder ")[1].split(" and start")[0])
    async with database(settings) as dsn:
        execute(dsn, "select from tf.users")


def execute(dsn: str, command: str) -> None:
    with psycopg.connect(dsn) as owner:
        owner.execute(command.encode())
