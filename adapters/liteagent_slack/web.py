"""Calls of Slack's Web API, with errors that say whether another try makes sense."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.kernel import SendError
from liteagent_slack.errors import SlackError, TokenRefusedError, refusal
from liteagent_slack.settings import APP_TOKEN, BOT_TOKEN, SlackSettings

CALL_SECONDS = 30.0
log = logging.getLogger(__name__)


class SlackWeb:
    """One app's Web API over one HTTP session. Nothing is retried here: whoever calls knows
    whether a call may be made twice.
    """

    def __init__(
        self, settings: SlackSettings, session: aiohttp.ClientSession, *, holder: str = BOT_TOKEN
    ) -> None:
        """`holder` says where the bot token comes from."""
        self.settings, self.session = settings, session
        self._holder = holder
        self.trouble = ""
        """Why Slack takes the token no more; empty while it does."""
        self.client = AsyncWebClient(
            token=settings.bot_token or None,
            base_url=settings.api_url,
            session=session,
            retry_handlers=[],
            logger=quiet_logger(),
        )
        if settings.is_local:
            self.client.proxy = None

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A method that changes something. Raises `SlackError`."""
        return await self._send(method, json=_given(arguments))

    async def read(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A method that only asks. Raises `SlackError`."""
        return await self._send(method, http_verb="GET", params=_given(arguments))

    async def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One of those methods that only ask, and that Slack's own library posts all the same.
        Raises `SlackError`.
        """
        return await self._send(method, params=_given(arguments))

    async def open_connection(self) -> str:
        """The address of one socket of Socket Mode."""
        token = {"token": self.settings.app_token}
        answer = await self._send("apps.connections.open", params=token)
        return answer["url"]

    async def redeem(self, code: str) -> dict[str, Any]:
        """The installation for which Slack gave a code."""
        settings = self.settings
        keys = {"client_id": settings.client_id, "client_secret": settings.client_secret}
        return await self._send("oauth.v2.access", data={**keys, "code": code})

    async def scopes(self) -> frozenset[str]:
        """What the bot token may do, as Slack tells with every answer."""
        try:
            answer = await self.client.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise _translated("auth.test", error, self._holder) from error
        return frozenset(_header(answer.headers, "x-oauth-scopes").replace(" ", "").split(","))

    async def _send(self, method: str, **how: Any) -> dict[str, Any]:
        try:
            answer = await self.client.api_call(method, **how)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            refused = _translated(method, error, self._holder)
            self.trouble = str(refused) if isinstance(refused, TokenRefusedError) else self.trouble
            raise refused from error
        self.trouble = ""
        data = answer.data
        assert isinstance(data, dict)
        return data


@asynccontextmanager
async def open_web(settings: SlackSettings) -> AsyncGenerator[SlackWeb, None]:
    """The Web API over a session of its own."""
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield SlackWeb(settings, session)


def quiet_logger() -> logging.Logger:
    """For Slack's libraries: they print whole messages at DEBUG, and a traceback for every try to
    connect. What matters of it is told by ours.
    """
    logger = logging.getLogger("liteagent_slack.library")
    logger.setLevel(logging.CRITICAL)
    return logger


def _translated(method: str, error: Exception, holder: str) -> SendError:
    if isinstance(error, SlackApiError):
        response = error.response
        body = response.data if isinstance(getattr(response, "data", None), dict) else {}
        status = getattr(response, "status_code", None) or getattr(response, "status", 500)
        variable = APP_TOKEN if method == "apps.connections.open" else holder
        headers = {"Retry-After": _header(response.headers, "retry-after")}
        return refusal(method, int(status), headers, body, variable=variable)
    if isinstance(error, aiohttp.ClientConnectorError):
        return SlackError(f"Slack cannot be reached for {method}: {error}.", "unreachable")
    return SlackError(
        f"The connection to Slack broke during {method}.", "broken", may_have_arrived=True
    )


def _header(headers: Mapping[str, Any], name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}
