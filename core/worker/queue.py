"""procrastinate on our own schema: tasks by name, fetched by lanes that never wait for each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from procrastinate import App, PsycopgConnector

Task = Callable[..., Awaitable[None]]

FETCH_S = 2.0
"""Where LISTEN does not get through (a transaction pooler), jobs are looked for this often."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Workers for some queues; `concurrency` tasks of them run at the same time."""

    name: str
    queues: tuple[str, ...]
    concurrency: int


def build(dsn: str, tasks: Mapping[str, Task], connections: int) -> App:
    """The queue's client. Nothing connects before it is opened."""
    connector = PsycopgConnector(
        conninfo=dsn,
        min_size=1,
        max_size=connections,
        kwargs={"options": "-c search_path=queue,pg_temp", "prepare_threshold": None},
    )
    app = App(connector=connector)
    for name, task in tasks.items():
        app.task(name=name)(task)
    return app


def worker(app: App, lane: Lane) -> Any:
    """The coroutine that works on a lane until it is cancelled."""
    return app.run_worker_async(
        queues=list(lane.queues),
        name=lane.name,
        concurrency=lane.concurrency,
        fetch_job_polling_interval=FETCH_S,
        install_signal_handlers=False,
    )
