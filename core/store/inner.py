"""The worker's door: functions of schema `tf`, which only a direct connection reaches."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, Protocol

from core.store.argument import argument


class Inner(Protocol):
    """What the direct transport can do beyond the functions of schema `api`."""

    async def fetch(
        self, statement: LiteralString, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]: ...


async def ask(inner: Inner, statement: LiteralString, arguments: Mapping[str, Any]) -> Any:
    """What `select tf.<function>(%s) as answer` answers. Never repeated; every such function may be."""
    rows = await inner.fetch(statement, (argument(arguments),))
    return rows[0]["answer"]
