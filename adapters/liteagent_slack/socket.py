"""Socket Mode: the connection that Slack sends everything over."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from liteagent.chat.adapter import AdapterHealth
from liteagent.clock import Clock
from liteagent.errors import ConfigurationError
from liteagent.kernel import SendError
from liteagent_slack.errors import TokenRefusedError
from liteagent_slack.greeting import REASONS
from liteagent_slack.web import SlackWeb, quiet_logger

PING_SECONDS = 2.5
"""Between two pings; a socket that answers none of four is given up."""
log = logging.getLogger(__name__)


class Socket:
    """Keeps one socket open, and says how well it is by what came over it."""

    def __init__(
        self,
        web: SlackWeb,
        *,
        clock: Clock,
        connected: Callable[[], None],
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        """`connected` is called whenever a socket has been opened."""
        self._web, self._clock, self._connected = web, clock, connected
        self._ping_seconds = ping_seconds
        self._client: _Client | None = None
        self._last_event: float | None = None
        self._greeted: float | None = None
        self._trouble = "It is connecting."

    async def run(self, app: AsyncApp) -> None:
        """Hand what comes to the app, until cancelled. Raises `ConfigurationError` when Slack
        refuses the token.
        """
        client = _Client(self._web, self._note, self._clock, ping_interval=self._ping_seconds)
        client.message_listeners.append(self._on_message)
        client.socket_mode_request_listeners.append(_hand_to(app))
        self._client = client
        try:
            await client.connect()
            await client.refused
        finally:
            self._client = None
            await client.close()

    def health(self) -> AdapterHealth:
        """As it is now: a socket that is open, and greeted us or answered a ping not long ago."""
        now, client = self._clock.now(), self._client
        open_ = client is not None and client.is_open
        pong = None if client is None else client.pong_age
        greeted = None if self._greeted is None else now - self._greeted
        silent = min((age for age in (pong, greeted) if age is not None), default=float("inf"))
        alive = open_ and silent < 4 * self._ping_seconds
        event = None if self._last_event is None else now - self._last_event
        text = "Connected by Socket Mode." if alive else f"No socket is open: {self._trouble}"
        if open_ and not alive and greeted is not None:
            text = f"The socket has answered no ping for {silent:.0f} s."
        return AdapterHealth(
            connected=alive, text=text, details={"last_pong_age": pong, "last_event_age": event}
        )

    def _note(self, trouble: str) -> None:
        """Say once what keeps it from connecting, however often it is tried."""
        if trouble and trouble != self._trouble:
            log.warning("No socket to Slack, and it is tried again: %s", trouble)
        self._trouble = trouble

    async def _on_message(
        self, client: object, message: Mapping[str, Any], raw: str | None = None
    ) -> None:
        kind = message.get("type")
        if kind == "hello":
            self._greeted = self._clock.now()
            self._trouble = "It was closed and is opened again."
            self._connected()
        elif message.get("envelope_id"):
            self._last_event = self._clock.now()


class _Client(SocketModeClient):
    """Slack's own client, which ends instead of trying for ever with a token that is refused."""

    def __init__(
        self, web: SlackWeb, note: Callable[[str], None], clock: Clock, *, ping_interval: float
    ) -> None:
        super().__init__(
            app_token=web.settings.app_token,
            web_client=web.client,
            logger=quiet_logger(),
            ping_interval=ping_interval,
        )
        if web.settings.is_local:
            self.proxy = None
        self.refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._web, self._note, self._clock = web, note, clock
        self._is_sent_away = False
        """Whether Slack told the last socket to go for a reason that the next one will not mend."""
        tickets: Any = _Tickets(self.aiohttp_client_session, self._spent)
        self.aiohttp_client_session = tickets

    @property
    def is_open(self) -> bool:
        return self.current_session is not None and not self.current_session.closed

    @property
    def pong_age(self) -> float | None:
        """Seconds since the last answer to a ping, which Slack's client notes by the machine's
        time.
        """
        last = self.last_ping_pong_time
        return None if last is None else max(0.0, time.time() - last)

    async def issue_new_wss_url(self) -> str:
        """The address of the next socket, asked for until Slack gives one. Slack's client would
        ask once when it is told to leave a socket, and stay where nothing comes any more.
        """
        if self._is_sent_away:
            await self._clock.sleep(self.ping_interval)
        while True:
            try:
                return await self._web.open_connection()
            except SendError as error:
                if error.permanent or isinstance(error, TokenRefusedError):
                    self._refuse(error)
                    raise
                self._note(str(error))
                if self.closed:
                    raise
                await self._clock.sleep(error.retry_after or self.ping_interval)

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        kind = message.get("type")
        if kind in ("hello", "disconnect"):
            why = REASONS.get(str(message.get("reason")))
            self._is_sent_away = why is not None
            if why is not None:
                self._note(f"{why[0].upper()}{why[1:]}.")
        await super().run_message_listeners(message, raw_message)

    def _refuse(self, error: SendError) -> None:
        """No other try can help."""
        self.closed = True
        if not self.refused.done():
            self.refused.set_exception(ConfigurationError(str(error)))

    def _spent(self, error: Exception | None) -> None:
        """An address opens one socket only, so that the next try needs another one."""
        self.wss_uri = None
        if error is not None:
            # its own text would tell the address, whose ticket is a secret
            status = getattr(error, "status", None)
            self._note(f"{type(error).__name__}{f' ({status})' if status else ''}")


class _Tickets:
    """The HTTP session of Slack's client, which would try a spent address again and again."""

    def __init__(
        self, session: aiohttp.ClientSession, spent: Callable[[Exception | None], None]
    ) -> None:
        self._session, self._spent = session, spent

    @property
    def closed(self) -> bool:
        return self._session.closed

    async def ws_connect(self, *args: Any, **how: Any) -> aiohttp.ClientWebSocketResponse:
        try:
            socket = await self._session.ws_connect(*args, **how)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._spent(error)
            raise
        self._spent(None)
        return socket

    async def close(self) -> None:
        await self._session.close()


def _hand_to(app: AsyncApp) -> Callable[..., Any]:
    async def hand(client: SocketModeClient, request: SocketModeRequest) -> None:
        start = time.time()
        try:
            answer = await run_async_bolt_app(app, request)
        except Exception:
            log.exception("What Slack sent is not acknowledged, for it could not be read")
            return
        try:
            await send_async_response(client, request, answer, start)
        except (ConnectionError, aiohttp.ClientError) as error:
            # it is stored; Slack sends it again, and it is known then
            log.info("An acknowledgement was lost with its socket: %s", error)

    return hand
