"""Clients of OpenAI send a request again when its answer is lost. No tool runs twice for that."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import openai
import pytest

from liteagent.gateway.turns.reservations import COLLECTION
from liteagent.testing.runtime import AGENT
from tests.gateway.door import Door

HELLO = [{"role": "user", "content": "hello"}]
LOOK: Any = [{"role": "user", "content": "look"}]


class LosesFirstAnswer:
    """A proxy that breaks: it passes the first POST on and answers 502 itself. `at` is when: before
    the request is passed on, at the first byte of the answer, or when all of it is there.
    """

    def __init__(self, app: Any, at: str) -> None:
        self.app, self.at = app, at
        self.posts: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        self.posts.append(headers.get(b"x-stainless-retry-count", b"").decode())
        if len(self.posts) > 1:
            await self.app(scope, receive, send)
            return
        if self.at != "before":
            await self._swallow(scope, receive)
        at_once = [(b"retry-after-ms", b"1")]
        await send({"type": "http.response.start", "status": 502, "headers": at_once})
        await send({"type": "http.response.body", "body": b"bad gateway"})

    async def _swallow(self, scope: Any, receive: Any) -> None:
        began = asyncio.Event()

        async def nowhere(message: Any) -> None:
            began.set()

        running = asyncio.ensure_future(self.app(scope, receive, nowhere))
        if self.at == "first byte":
            await began.wait()
            running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def ask(client: openai.AsyncOpenAI, api: str, stream: bool) -> str:
    if api == "chat":
        if not stream:
            answer = await client.chat.completions.create(model=AGENT, messages=LOOK)
            return answer.choices[0].message.content or ""
        async with client.chat.completions.stream(model=AGENT, messages=LOOK) as chunks:
            final = await chunks.get_final_completion()
        return final.choices[0].message.content or ""
    if not stream:
        return (await client.responses.create(model=AGENT, input="look")).output_text
    async with client.responses.stream(model=AGENT, input="look") as events:
        return (await events.get_final_response()).output_text


@pytest.mark.parametrize("at", ["before", "first byte", "whole"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_an_automatic_retry_finds_the_turn_that_the_first_attempt_began(
    door: Door, api: str, stream: bool, at: str
) -> None:
    proxies: list[LosesFirstAnswer] = []

    def proxy(app: Any) -> Any:
        proxies.append(LosesFirstAnswer(app, at))
        return proxies[-1]

    async with door.served(proxy) as address, door.openai(address) as client:
        answer = await ask(client, api, stream)

    assert proxies[0].posts == ["0", "1"]
    assert answer.endswith("It is up.")
    assert door.rig.sink.calls("look") == [{"name": "db"}]


async def test_a_retry_joins_a_turn_that_still_runs_at_any_replica(door: Door) -> None:
    door.rig.sink.hold("look")
    body = {"model": AGENT, "messages": LOOK}
    async with door.http() as one, door.http() as other:
        headers = {"x-stainless-retry-count": "0"}
        first = asyncio.ensure_future(one.post("/v1/chat/completions", json=body, headers=headers))
        await door.rig.settle()
        again = asyncio.ensure_future(
            other.post("/v1/chat/completions", json=body, headers={"x-stainless-retry-count": "1"})
        )
        await door.rig.settle()
        assert not again.done()
        door.rig.sink.release("look")
        answers = await asyncio.gather(first, again)
    assert answers[0].json() == answers[1].json()
    assert "idempotency-replayed" not in answers[0].headers
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert len(door.rig.sink.calls("look")) == 1


async def post(http: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    return await http.post("/v1/chat/completions", json=body, headers=headers)


async def test_an_idempotency_key_names_one_request(door: Door, http: httpx.AsyncClient) -> None:
    body = {"model": AGENT, "messages": LOOK}
    first = await post(http, body, **{"Idempotency-Key": "k1"})
    again = await post(http, body, **{"Idempotency-Key": "k1"})
    assert first.json()["choices"] == again.json()["choices"]
    assert len(door.rig.sink.calls("look")) == 1

    other = await post(http, {**body, "messages": HELLO}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_conflict")
    assert other.headers["x-should-retry"] == "false"

    async with door.http(await door.key("chat")) as stranger:
        assert (await post(stranger, body, **{"Idempotency-Key": "k1"})).status_code == 200
    assert len(door.rig.sink.calls("look")) == 2


async def test_two_requests_that_look_alike_are_two(door: Door, http: httpx.AsyncClient) -> None:
    body = {"model": AGENT, "messages": LOOK}
    for _ in range(2):
        await post(http, body, **{"x-stainless-retry-count": "0"})
    assert len(door.rig.sink.calls("look")) == 2


async def test_a_retry_after_a_long_time_is_a_new_request(
    door: Door, http: httpx.AsyncClient
) -> None:
    body = {"model": AGENT, "messages": LOOK}
    await post(http, body)
    await door.rig.advance(601)
    await post(http, body, **{"x-stainless-retry-count": "1"})
    assert len(door.rig.sink.calls("look")) == 2


async def test_a_retry_after_a_long_turn_is_the_same_request(
    door: Door, http: httpx.AsyncClient
) -> None:
    door.rig.agents.change(limits={"max_seconds": 3600})
    door.rig.sink.hold("look")
    body = {"model": AGENT, "messages": LOOK}
    first = asyncio.ensure_future(post(http, body))
    await door.rig.settle()
    await door.rig.advance(700)
    again = asyncio.ensure_future(post(http, body, **{"x-stainless-retry-count": "1"}))
    await door.rig.settle()
    door.rig.sink.release("look")
    await asyncio.gather(first, again)
    assert len(door.rig.sink.calls("look")) == 1


async def test_a_client_that_leaves_ends_nothing(door: Door) -> None:
    door.rig.sink.hold("look")
    async with door.served() as address, door.openai(address, max_retries=0) as client:
        stream = await client.chat.completions.create(model=AGENT, messages=LOOK, stream=True)
        async for chunk in stream:
            if chunk.choices[0].delta.content:
                break
        await stream.close()
    door.rig.sink.release("look")
    await door.rig.settle()
    session = (await door.rig.sessions.list()).items[0]["id"]
    assert (await door.rig.types(session))[-1] == "turn.completed"


async def test_what_was_reserved_is_forgotten_after_a_day(
    door: Door, http: httpx.AsyncClient
) -> None:
    await post(http, {"model": AGENT, "messages": HELLO})
    assert len(await door.rig.journal.records(COLLECTION)) == 1
    app = door.app()
    async with app.router.lifespan_context(app):
        await door.rig.clock.sleepers(1)
        await door.rig.clock.advance(86400 + 3600)
        await door.rig.settle()
    assert await door.rig.journal.records(COLLECTION) == []
