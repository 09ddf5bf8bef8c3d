"""The worker's door: functions of schema `tf`, which only a direct connection reaches."""

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from core.store.direct import DirectTransport


async def ask(direct: DirectTransport, statement: LiteralString, arguments: Mapping[str, Any]) -> Any:
    """What `select tf.<function>(%s) as answer` answers. Never repeated; every such function may be."""
    rows = await direct.fetch(statement, (Jsonb(dict(arguments)),))
    return rows[0]["answer"]
