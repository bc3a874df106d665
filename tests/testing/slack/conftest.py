"""A stand-in with two people and a channel, and an app of the real library connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing.slack import FakeSlack

PING, QUICK_PING = 2.5, 0.5
"""Seconds; the library waits so long before it looks for a new socket, and gives one up after four
of them. The quick one is for tests of sockets that break.
"""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "")


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        yield slack


@pytest.fixture
def ann(slack: FakeSlack) -> str:
    return slack.add_user("ann")


@pytest.fixture
def channel(slack: FakeSlack, ann: str) -> str:
    return slack.add_channel("general", members=[ann])


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)


@pytest.fixture
def app(slack: FakeSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


Connect = Callable[..., AbstractAsyncContextManager[AsyncSocketModeHandler]]


@pytest.fixture
def connected(slack: FakeSlack) -> Connect:
    """Opens an app's socket: `async with connected(app):`."""

    @asynccontextmanager
    async def connect(
        app: AsyncApp, ping_seconds: float = PING
    ) -> AsyncIterator[AsyncSocketModeHandler]:
        handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_seconds)
        before = slack.sockets
        await handler.connect_async()
        try:
            await slack.until(lambda: slack.sockets > before)
            yield handler
        finally:
            await handler.close_async()

    return connect


class Heard:
    """An app that remembers every payload it is handed, and acknowledges while it is `polite`."""

    def __init__(self, app: AsyncApp) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, Any]] = []
        self.polite = True

        @app.middleware
        async def remember(req: AsyncBoltRequest, next: Callable[[], Awaitable[Any]]) -> Any:
            self.bodies.append(dict(req.body))
            self.headers.append(dict(req.headers))
            return BoltResponse(status=200) if self.polite else BoltResponse(status=500)

    @property
    def types(self) -> list[str]:
        return [body.get("event", body).get("type", "command") for body in self.bodies]

    @property
    def event_ids(self) -> list[str]:
        return [body["event_id"] for body in self.bodies if "event_id" in body]

    @property
    def attempts(self) -> list[int]:
        return [int(h.get("x-slack-retry-num", ["0"])[0]) for h in self.headers]


@pytest.fixture
def heard(app: AsyncApp) -> Heard:
    return Heard(app)
