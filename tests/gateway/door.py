"""A gateway over a rig: in this process for most tests, on a port for real clients."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from openai import AsyncOpenAI

from liteagent.gateway import GatewaySettings, create_app
from liteagent.observability import Metrics
from liteagent.principal import Principal
from liteagent.security import ApiKeys, JWTHandler
from liteagent.testing import ScriptedModel
from liteagent.testing.answers import call, calls, says
from liteagent.testing.runtime import AGENT, AgentRig

JWT_SECRET = "0123456789abcdef0123456789abcdef"
UNLIMITED = GatewaySettings(requests_per_minute=0, max_concurrent=0)
Body = Mapping[str, Any]


def script() -> ScriptedModel:
    """`hello` is greeted in pieces; `look` looks, `restart` restarts (gated), `weather` calls a
    tool of the client's, `mixed` looks besides; whatever follows a tool says what it did.
    """
    model = ScriptedModel()
    model.on("hello", says("Hel", "lo ", "there", "."))
    model.on("look", calls(call("look", name="db"), text="Let me look."))
    model.on("restart", calls(call("restart", name="web")))
    model.on("both", calls(call("restart", "a", name="web"), call("restart", "b", name="db")))
    model.on("mixed", calls(call("look", "a", name="db"), call("weather", "b", city="Ulm")))
    model.on("weather", calls(call("weather", city="Ulm")))
    model.on(re.compile(r"^did look"), says("It ", "is up."))
    model.on(re.compile(r"^did restart"), "Restarted.")
    model.on(re.compile("refused|rejected"), "Then not.")
    model.on("rainy", "Take an umbrella.")
    model.on(re.compile(""), "ok")
    return model


class Door:
    """A gateway, and clients of it."""

    def __init__(self, rig: AgentRig, settings: GatewaySettings = UNLIMITED, **more: Any) -> None:
        self.rig, self.settings, self._more = rig, settings, more
        self.keys = ApiKeys(rig.journal, rig.clock)
        self.jwt = JWTHandler(JWT_SECRET, clock=rig.clock)
        self.metrics = Metrics()
        self.admin = ""

    async def open(self) -> None:
        self.admin = await self.key("admin", principal_id="ann")

    def app(self) -> FastAPI:
        """A new replica over the runtime as it is now."""
        return create_app(
            self.rig.runtime,
            self.rig.agents,
            self.keys,
            jwt=self.jwt,
            settings=self.settings,
            metrics=self.metrics,
            clock=self.rig.clock,
            ids=self.rig.ids,
            **self._more,
        )

    async def key(self, *scopes: str, principal_id: str = "", tenant: str = "") -> str:
        text, _ = await self.keys.create("k", scopes, principal_id=principal_id, tenant=tenant)
        return text

    def http(self, key: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client that speaks with the application directly; with `key=""` it shows none."""
        shown = self.admin if key is None else key
        if shown:
            headers["Authorization"] = f"Bearer {shown}"
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app()),
            base_url="http://gateway",
            headers=headers,
        )

    async def session(self, http: httpx.AsyncClient, agent: str = AGENT) -> str:
        answer = await http.post(f"/api/agents/{agent}/sessions")
        assert answer.status_code == 201
        return answer.json()["session_id"]

    async def say(self, http: httpx.AsyncClient, session: str, content: str, **more: Any) -> Any:
        """Send a message; returns its receipt when nothing moves any more."""
        body = {"content": content, **more}
        answer = await http.post(f"/api/sessions/{session}/messages", json=body)
        assert answer.status_code == 202, answer.text
        await self.rig.settle()
        return answer.json()

    @asynccontextmanager
    async def served(
        self, wrap: Callable[[Any], Any] = lambda app: app, *, kill: bool = False
    ) -> AsyncGenerator[str, None]:
        """A replica on a free port; its address. `wrap` puts something between it and the port;
        `kill` ends it without waiting for what it serves.
        """
        async with serving(wrap(self.app()), kill=kill) as address:
            yield address

    @asynccontextmanager
    async def openai(
        self, address: str, key: str | None = None, **more: Any
    ) -> AsyncGenerator[AsyncOpenAI, None]:
        """The official client, as it comes."""
        client = AsyncOpenAI(api_key=key or self.admin, base_url=f"{address}/v1", **more)
        async with client:
            yield client


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(app: Any, *, kill: bool = False) -> AsyncGenerator[str, None]:
    # with the protocol said, asyncio sends small packets at once
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with contextlib.closing(listener):
        listener.bind(("127.0.0.1", 0))
        server = _Server(
            uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=5)
        )
        task = asyncio.ensure_future(server.serve(sockets=[listener]))
        await server.ready.wait()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit, server.force_exit = True, kill
            await task


def events_of(text: str) -> list[dict[str, Any]]:
    """What a stream of server-sent events said: `{id?, event?, data}` each."""
    found: list[dict[str, Any]] = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        fields: dict[str, Any] = dict(line.split(": ", 1) for line in lines)
        if fields:
            if fields["data"] != "[DONE]":
                fields["data"] = json.loads(fields["data"])
            found.append(fields)
    return found


def principal(id: str, **more: Any) -> Principal:
    return Principal(id=id, **more)


MakeDoor = Callable[..., AbstractAsyncContextManager[Door]]


async def collect(stream: Any) -> list[Any]:
    """Every event of a stream of the client's."""
    return [event async for event in stream]
