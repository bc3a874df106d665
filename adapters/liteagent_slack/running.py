"""The adapter as it runs: one workspace's app, served until cancelled."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any

from liteagent.chat.adapter import AdapterHealth, AdapterParts, Connect
from liteagent.chat.together import until_one_ends
from liteagent.errors import ConfigurationError
from liteagent.kernel import SendError
from liteagent.resilience import RetryConfig, backoff_delay
from liteagent_slack.account import Account, identify
from liteagent_slack.app import build_app
from liteagent_slack.errors import TokenRefusedError
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import SlackSettings
from liteagent_slack.setup import stand_behind
from liteagent_slack.socket import PING_SECONDS, Socket
from liteagent_slack.web import SlackWeb, open_web

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
        self._trouble = "It is starting."

    async def run(self) -> None:
        async with open_web(self._settings) as web:
            self._web = web
            try:
                await self._serve(web)
            finally:
                self._web = self._socket = self._account = None
                self._trouble = "It has stopped."

    def health(self) -> AdapterHealth:
        account, web = self._account, self._web
        if account is None or web is None:
            return AdapterHealth(connected=False, text=self._trouble)
        details = {"team": account.team, "name": account.name}
        if web.trouble:
            return AdapterHealth(connected=False, text=web.trouble, details=details)
        if self._socket is None:
            text = "Events come over HTTP, by the gateway."
            return AdapterHealth(connected=True, text=text, details=details)
        found = self._socket.health()
        whole = {**details, **found.details}
        return AdapterHealth(connected=found.connected, text=found.text, details=whole)

    async def _serve(self, web: SlackWeb) -> None:
        account = await self._identified(web)
        platform = SlackPlatform(web, account, self._parts.clock)
        chat = self._connect(platform)
        behind = await stand_behind(web, platform, self._parts, chat.receive)
        self._account = account
        log.info("Serving Slack's workspace %s as %s.", account.team_name, account.name)
        works: list[Coroutine[Any, Any, None]] = [chat.run()]
        if self._settings.app_token:
            self._socket = Socket(
                web,
                clock=self._parts.clock,
                connected=chat.reconnected,
                ping_seconds=self._ping_seconds,
            )
            works.append(self._socket.run(build_app(behind)))
        else:
            chat.reconnected()  # no socket will say so
        await until_one_ends(*works)

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
