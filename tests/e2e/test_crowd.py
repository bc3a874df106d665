"""Clients that leave, and many at once."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

from openai import AsyncOpenAI

from liteagent.threads import in_thread
from tests.cluster.waiting import until
from tests.e2e.client import Native, kept, sent, to_the_end, types
from tests.e2e.script import GREETING, LOOKING, STORY, Model, told
from tests.e2e.up import Up

HELLO = [{"role": "user", "content": "hello"}]
SOON = 60.0
"""Seconds in which a gateway has answered that is not stuck."""


async def greeted(openai: AsyncOpenAI) -> bool:
    answer = await openai.chat.completions.create(model="storyteller", messages=HELLO)
    return answer.choices[0].message.content == "".join(GREETING)


async def test_a_turn_goes_on_when_its_client_leaves_while_the_model_speaks(
    openai: AsyncOpenAI, native: Native, model: Model
) -> None:
    stream = await openai.chat.completions.create(
        model="storyteller",
        messages=[{"role": "user", "content": "tell left 2"}],
        stream=True,
    )
    await read_up_to(stream, told(2))
    await stream.close()
    model.let("left")

    journal = await native.journal(stream.response.headers["x-liteagent-session"])

    assert types(journal)[-1] == "turn.completed"
    assert sent(journal) == "".join(STORY)
    assert model.asked("tell left 2") == 1


async def test_a_turn_goes_on_when_its_client_leaves_while_a_tool_runs(
    openai: AsyncOpenAI, native: Native, up: Up
) -> None:
    pipe = up.home.data / "left-alone"
    os.mkfifo(pipe)
    stream = await openai.chat.completions.create(
        model="writer",
        messages=[{"role": "user", "content": "ponder left-alone"}],
        stream=True,
    )
    await read_up_to(stream, LOOKING)
    await stream.close()
    await in_thread(lambda: pipe.write_text("go"), name="let-go")

    journal = await native.journal(stream.response.headers["x-liteagent-session"])

    assert sent(journal) == "It is pondered left-alone."
    assert up.home.written("left-alone") == 1


async def read_up_to(stream: AsyncIterator[Any], text: str) -> None:
    read = ""
    async for chunk in stream:
        read += chunk.choices[0].delta.content or ""
        if read == text:
            return


async def test_a_crowd_that_leaves_at_once_harms_nobody(
    openai: AsyncOpenAI, native: Native, up: Up
) -> None:
    session = await native.session("storyteller")
    body = json.dumps({"model": "storyteller", "messages": HELLO, "stream": True})
    asking = request(up, "POST /v1/chat/completions", body)
    watching = request(up, f"GET /api/sessions/{session}/events", "")
    stuttering = asking[: -len(body) // 2]

    for _ in range(4):
        crowd = (leave(up, said) for said in [asking, watching, stuttering] * 10)
        await asyncio.gather(*crowd)

    async with asyncio.timeout(SOON):
        assert await greeted(openai)

    async def nothing_runs() -> bool:
        return not await native.sessions("storyteller", status="running")

    assert await until(nothing_runs)


def request(up: Up, line: str, body: str) -> bytes:
    lines = [
        f"{line} HTTP/1.1",
        f"Host: {urlsplit(up.url).netloc}",
        f"Authorization: Bearer {up.key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


async def leave(up: Up, said: bytes) -> None:
    """Say so, and hang up without listening."""
    _, writer = await asyncio.open_connection("127.0.0.1", up.port)
    writer.write(said)
    await writer.drain()
    writer.transport.abort()


async def test_fifty_who_listen_do_not_keep_others_waiting_and_hear_the_same(
    openai: AsyncOpenAI, native: Native
) -> None:
    session = await native.session("storyteller")
    async with AsyncExitStack() as stack:
        listening = [await stack.enter_async_context(native.events(session)) for _ in range(50)]
        await asyncio.gather(*(anext(events) for events in listening))
        async with asyncio.timeout(SOON):
            assert all([await greeted(openai) for _ in range(5)])
        await native.say(session, "hello")
        heard = await asyncio.gather(*(to_the_end(events) for events in listening))

    assert heard[0][-1].type == "turn.completed"
    assert all(kept(each) == kept(heard[0]) for each in heard)
