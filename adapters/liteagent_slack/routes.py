"""`POST /slack/events` for the gateway: events, buttons, forms and commands over HTTP."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler

from liteagent.chat.adapter import AdapterParts, AdapterRoutes
from liteagent.chat.door import ChatDoor
from liteagent.errors import LiteAgentException
from liteagent_slack.account import identify
from liteagent_slack.app import build_app
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import NAME, SlackSettings
from liteagent_slack.setup import stand_behind
from liteagent_slack.web import open_web

PATH = "/slack/events"
log = logging.getLogger(__name__)


class Door:
    """The app of one gateway. It stores what comes; the adapter's own process handles it."""

    def __init__(self, settings: SlackSettings, parts: AdapterParts) -> None:
        self._settings, self._parts = settings, parts
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._handler: AsyncSlackRequestHandler | None = None

    async def handle(self, request: Request) -> Response:
        """Answer Slack; with 503, so that it comes again, while the app does not know itself."""
        try:
            handler = await self._opened()
        except LiteAgentException as error:
            log.warning("What Slack sent is to come again: %s", error)
            return Response(status_code=503)
        return await handler.handle(request)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _opened(self) -> AsyncSlackRequestHandler:
        async with self._opening:
            if self._handler is None:
                self._handler = await self._open()
        return self._handler

    async def _open(self) -> AsyncSlackRequestHandler:
        async with AsyncExitStack() as stack:
            web = await stack.enter_async_context(open_web(self._settings))
            platform = SlackPlatform(web, await identify(web), self._parts.clock)
            door = ChatDoor(self._parts.runtime.journal, NAME, self._parts.clock)
            behind = await stand_behind(web, platform, self._parts, door.receive)
            self._stack = stack.pop_all()
        return AsyncSlackRequestHandler(build_app(behind))


def routes(settings: SlackSettings, parts: AdapterParts) -> AdapterRoutes:
    """The route, open to whoever signs with the app's secret."""
    door = Door(settings, parts)
    router = APIRouter()

    @router.post(PATH)
    async def events(request: Request) -> Response:
        return await door.handle(request)

    return AdapterRoutes(router=router, open_paths=(PATH,), close=door.close)
