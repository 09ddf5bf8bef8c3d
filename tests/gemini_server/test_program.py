"""The stand-in as a program: `python -m app.demo.gemini`."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

HEADERS = {"x-goog-api-key": "any"}
BANANA, LITE = "gemini-nano-banana-2.1", "gemini-3.1-flash-lite-image"


@asynccontextmanager
async def program(*words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.demo.gemini", *words, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_it_listens_where_it_is_told_with_the_models_dead_that_are_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with (
        program("--port", str(port), "--dead", BANANA) as process,
        aiohttp.ClientSession(headers=HEADERS) as http,
    ):
        assert process.stdout is not None
        assert (await process.stdout.readline()).decode() == f"GEMINI_BASE_URL=http://127.0.0.1:{port}\n"
        status = {}
        for model in (BANANA, LITE):
            async with http.get(f"http://127.0.0.1:{port}/v1beta/models/{model}") as answer:
                status[model] = answer.status

    assert status == {BANANA: 404, LITE: 200}


async def test_a_port_that_is_taken_and_a_model_nobody_knows_are_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with program("--port", str(taken.getsockname()[1])) as process:
            _, said = await process.communicate()
    async with program("--dead", "gemini-0") as other:
        _, unknown = await other.communicate()

    assert b"cannot be used" in said and b"Traceback" not in said
    assert BANANA.encode() in unknown
