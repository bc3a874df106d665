"""How well an adapter is connected, by what its connection did last."""

from __future__ import annotations

from enum import StrEnum

from liteagent.chat.adapter import AdapterHealth
from liteagent.clock import Clock
from liteagent.events import Json

DEAD_SECONDS = 90.0
"""A socket without any sign of life for so long is dead, whatever its state."""


class SocketState(StrEnum):
    """What became of the connection."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


class ChatHealth:
    """What an adapter reports of its connection, and what that says about it. Having a token is no
    health: nothing is connected until the platform has said so.
    """

    def __init__(self, platform_name: str, clock: Clock) -> None:
        self._platform, self._clock = platform_name, clock
        self._since = clock.now()
        self.state = SocketState.CONNECTING
        self._pong: float | None = None
        self._event: float | None = None
        self._error = ""

    # -- what happens

    def connected(self) -> None:
        """The platform greeted us."""
        self._enter(SocketState.CONNECTED)
        self._error = ""

    def disconnected(self, error: str = "") -> None:
        """The connection is gone; `error` says why, and what mends it."""
        self._enter(SocketState.DISCONNECTED)
        self.failed(error or "the connection was closed")

    def failed(self, error: str) -> None:
        """Something the platform refused."""
        self._error = error

    def pong(self) -> None:
        """A sign of life of the connection itself."""
        self._pong = self._clock.now()

    def event(self) -> None:
        """Something came in."""
        self._event = self._clock.now()

    # -- what that says

    @property
    def is_live(self) -> bool:
        """Whether events reach us."""
        if self.state is not SocketState.CONNECTED:
            return False
        return self._clock.now() - self._last_sign < DEAD_SECONDS

    def report(self) -> AdapterHealth:
        """As it is now; ages are in seconds."""
        now = self._clock.now()
        details: dict[str, Json] = {
            "state": self.state.value,
            "state_age": now - self._since,
            "last_pong_age": None if self._pong is None else now - self._pong,
            "last_event_age": None if self._event is None else now - self._event,
            "last_error": self._error,
        }
        return AdapterHealth(connected=self.is_live, text=self._sentence(), details=details)

    @property
    def _last_sign(self) -> float:
        return max(self._since, self._pong or 0.0, self._event or 0.0)

    def _sentence(self) -> str:
        name, error = self._platform, f": {self._error}" if self._error else ""
        now = self._clock.now()
        if self.is_live:
            return f"Connected to {name} for {now - self._since:.0f} s."
        if self.state is SocketState.CONNECTED:
            silent = now - self._last_sign
            return f"The connection to {name} is dead: no sign of life for {silent:.0f} s{error}."
        if self.state is SocketState.CONNECTING:
            return f"Not connected to {name} yet{error}."
        return f"The connection to {name} is gone{error}."

    def _enter(self, state: SocketState) -> None:
        self.state, self._since = state, self._clock.now()
