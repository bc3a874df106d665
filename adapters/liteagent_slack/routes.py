"""`POST /slack/events` for the gateway: events, buttons, forms and commands over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from liteagent.chat.adapter import AdapterParts, AdapterRoutes
from liteagent.chat.door import ChatDoor
from liteagent_slack.account import identify
from liteagent_slack.accounts import Accounts, Behind
from liteagent_slack.app import build_app
from liteagent_slack.oauth import Installing
from liteagent_slack.own import OwnAccount, OwnAndOthers
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import INSTALL_PATH, NAME, REDIRECT_PATH, SlackSettings
from liteagent_slack.setup import accounts_of, installations_of, stand_behind, workspaces_of
from liteagent_slack.web import SlackWeb, open_web

PATH = "/slack/events"
MOST_BODY = 4 * 2**20
"""Bytes of one request; the largest form that Slack sends is a fourth of it."""


class Door:
    """The app of one gateway. It stores what comes; the adapter's own process handles it."""

    def __init__(self, settings: SlackSettings, parts: AdapterParts) -> None:
        self._settings, self._parts = settings, parts
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._signatures = SignatureVerifier(settings.signing_secret)
        self._app: AsyncApp | None = None

    async def handle(self, request: Request) -> Response:
        """Answer Slack; with an error, so that it comes again, while nobody knows who the app is in
        the workspace. Nothing is done for whoever cannot sign, and no more read than Slack would
        send.
        """
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        if not self._is_signed(body, request):
            return Response(status_code=401)
        app = await self._opened()
        return to_starlette_response(await app.async_dispatch(to_async_bolt_request(request, body)))

    def _is_signed(self, body: bytes, request: Request) -> bool:
        try:
            return self._signatures.is_valid_request(body, dict(request.headers))
        except ValueError:  # a body that is no text, or a time that is no number
            return False

    async def close(self) -> None:
        await self._stack.aclose()

    async def _opened(self) -> AsyncApp:
        async with self._opening:
            if self._app is None:
                self._app = await self._open()
        return self._app

    async def _open(self) -> AsyncApp:
        async with AsyncExitStack() as stack:
            web = await stack.enter_async_context(open_web(self._settings))
            accounts = self._accounts(web, stack)
            self._stack = stack.pop_all()
        return build_app(web, accounts)

    def _accounts(self, web: SlackWeb, stack: AsyncExitStack) -> Accounts:
        parts = self._parts
        door = ChatDoor(parts.runtime.journal, NAME, parts.clock)

        async def ask() -> Behind:
            platform = SlackPlatform(web, await identify(web), parts.clock)
            return await stand_behind(platform, parts, door.receive)

        own = OwnAccount(ask, parts.clock)
        stack.push_async_callback(own.close)
        if not self._settings.client_id:
            return own
        others = accounts_of(workspaces_of(web, parts, None), parts, door.receive)
        return OwnAndOthers(own, others) if self._settings.bot_token else others


async def _body(request: Request) -> bytes | None:
    """None where it is too large."""
    whole = bytearray()
    async for piece in request.stream():
        whole += piece
        if len(whole) > MOST_BODY:
            return None
    return bytes(whole)


def routes(settings: SlackSettings, parts: AdapterParts) -> AdapterRoutes:
    """The route for events, open to whoever signs with the app's secret, and those by which
    workspaces install the app. Raises `ConfigurationError`.
    """
    router, paths, stack = APIRouter(), list[str](), AsyncExitStack()
    if settings.signing_secret:
        door = Door(settings, parts)
        router.add_api_route(PATH, door.handle, methods=["POST"])
        paths.append(PATH)
        stack.push_async_callback(door.close)
    if settings.client_id:
        installing = Installing(settings, installations_of(settings, parts), parts)
        router.add_api_route(INSTALL_PATH, installing.begin, methods=["GET"])
        router.add_api_route(REDIRECT_PATH, installing.finish, methods=["GET"])
        paths += [INSTALL_PATH, REDIRECT_PATH]
    return AdapterRoutes(router=router, open_paths=tuple(paths), close=stack.aclose)
