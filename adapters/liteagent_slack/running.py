"""The adapter as it runs: one workspace's app, served until cancelled."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from liteagent.chat.adapter import AdapterHealth, AdapterParts, Chat, Connect
from liteagent.chat.together import until_one_ends
from liteagent.errors import ConfigurationError
from liteagent.events import Json
from liteagent.kernel import SendError
from liteagent.resilience import RetryConfig, backoff_delay
from liteagent_slack.account import Account, identify
from liteagent_slack.accounts import Accounts, OneAccount
from liteagent_slack.app import build_app
from liteagent_slack.errors import TokenRefusedError
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import SlackSettings
from liteagent_slack.setup import accounts_of, stand_behind, workspaces_of
from liteagent_slack.socket import PING_SECONDS, Socket
from liteagent_slack.teams import TeamsPlatform
from liteagent_slack.web import SlackWeb, open_web
from liteagent_slack.workspaces import Workspaces

_Serving = tuple[Chat, Accounts, list[Coroutine[Any, Any, None]]]

WAITS = RetryConfig(initial_delay=1.0, max_delay=60.0)
log = logging.getLogger(__name__)


class SlackRunning:
    """See `liteagent.chat.adapter.RunningAdapter`."""

    def __init__(
        self,
        settings: SlackSettings,
        parts: AdapterParts,
        connect: Connect,
        *,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._settings, self._parts, self._connect = settings, parts, connect
        self._ping_seconds = ping_seconds
        self._web: SlackWeb | None = None
        self._socket: Socket | None = None
        self._account: Account | None = None
        self._workspaces: Workspaces | None = None
        self._trouble = "It is starting."

    async def run(self) -> None:
        async with open_web(self._settings) as web:
            self._web = web
            try:
                await self._serve(web)
            finally:
                self._web = self._socket = self._account = self._workspaces = None
                self._trouble = "It has stopped."

    def health(self) -> AdapterHealth:
        account, web, workspaces = self._account, self._web, self._workspaces
        if web is None or (account is None and workspaces is None):
            return AdapterHealth(connected=False, text=self._trouble)
        if account is not None:
            return self._health(web, {"team": account.team, "name": account.name})
        assert workspaces is not None
        text, teams = workspaces.health()
        found = self._health(web, {"teams": teams})
        return replace(found, text=f"{found.text} {text}")

    def _health(self, web: SlackWeb, details: dict[str, Json]) -> AdapterHealth:
        if web.trouble:
            return AdapterHealth(connected=False, text=web.trouble, details=details)
        if self._socket is None:
            text = "Events come over HTTP, by the gateway."
            return AdapterHealth(connected=True, text=text, details=details)
        found = self._socket.health()
        whole = {**details, **found.details}
        return AdapterHealth(connected=found.connected, text=found.text, details=whole)

    async def _serve(self, web: SlackWeb) -> None:
        own = await self._own(web)
        if own is not None and not self._settings.client_id:
            chat, accounts, works = await self._one(own)
        else:
            chat, accounts, works = self._all(web, own)
        works.append(chat.run())
        if self._settings.app_token:
            self._socket = Socket(
                web,
                clock=self._parts.clock,
                connected=chat.reconnected,
                ping_seconds=self._ping_seconds,
            )
            works.append(self._socket.run(build_app(web, accounts)))
        else:
            chat.reconnected()  # no socket will say so
        await until_one_ends(*works)

    async def _own(self, web: SlackWeb) -> SlackPlatform | None:
        """The workspace of the bot token, where there is one."""
        if not self._settings.bot_token:
            return None
        account = await self._identified(web)
        return SlackPlatform(web, account, self._parts.clock)

    async def _one(self, own: SlackPlatform) -> _Serving:
        chat = self._connect(own)
        behind = await stand_behind(own, self._parts, chat.receive)
        self._account = account = own.account
        log.info("Serving Slack's workspace %s as %s.", account.team_name, account.name)
        return chat, OneAccount(behind), []

    def _all(self, web: SlackWeb, own: SlackPlatform | None) -> _Serving:
        """That one, and those that install the app. Raises `ConfigurationError`."""
        self._workspaces = workspaces = workspaces_of(web, self._parts, own)
        chat = self._connect(TeamsPlatform(workspaces))
        accounts = accounts_of(workspaces, self._parts, chat.receive)
        return chat, accounts, [workspaces.watch()]

    async def _identified(self, web: SlackWeb) -> Account:
        """Who the app is, asked until Slack answers. Raises `ConfigurationError` when it refuses
        the token.
        """
        tries = 0
        while True:
            try:
                return await identify(web)
            except SendError as error:
                self._trouble = str(error)
                if error.permanent or isinstance(error, TokenRefusedError):
                    raise ConfigurationError(str(error)) from error
                tries += 1
                await self._parts.clock.sleep(error.retry_after or backoff_delay(tries, WAITS))
