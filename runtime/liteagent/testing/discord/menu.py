"""The whole menu of faults: of calls, of events, and of the gateway's connections."""

from __future__ import annotations

from collections.abc import Callable

from liteagent.testing.discord.dispatch_faults import DispatchFaults, Mishap
from liteagent.testing.discord.faults import CallFaults
from liteagent.testing.discord.gateway import BAD_TOKEN, Gateway


class Faults(CallFaults):
    """What can go wrong, on demand: the calls of `CallFaults`, events and connections."""

    def __init__(
        self, dispatches: DispatchFaults, gateway: Gateway, revoke: Callable[[], None]
    ) -> None:
        super().__init__()
        self._dispatches = dispatches
        self._gateway = gateway
        self._revoke = revoke

    def lose_events(self, times: int = 1, *, name: str | None = None) -> None:
        """The next events (of a name, as `MESSAGE_CREATE`) reach nobody, not even by a resume."""
        self._dispatches.add(Mishap.LOST, name, times)

    def lose_clicks(self, times: int = 1) -> None:
        """The next interactions are not delivered: their users read that they failed."""
        self.lose_events(times, name="INTERACTION_CREATE")

    def duplicate_events(self, times: int = 1, *, name: str | None = None) -> None:
        """The next events come twice."""
        self._dispatches.add(Mishap.TWICE, name, times)

    def delay_events(self, times: int = 1, *, name: str | None = None) -> None:
        """The next events come only behind the event that follows them."""
        self._dispatches.add(Mishap.LATE, name, times)

    def cut_gateway(self) -> None:
        """Every connection of the gateway is reset; its session can be resumed."""
        self._gateway.cut()

    def close_gateway(self, code: int) -> None:
        """The gateway closes every connection with this code."""
        self._gateway.close(code)

    def reconnect_gateway(self) -> None:
        """The gateway asks to connect again and resume (op 7)."""
        self._gateway.reconnect()

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """The gateway says that the session is invalid (op 9)."""
        self._gateway.invalidate(resumable=resumable)

    def silence_gateway(self) -> None:
        """The connections stay up, but nothing comes any more: no event, and no heartbeat ack."""
        self._gateway.fall_silent()

    def revoke_token(self) -> None:
        """The token is no longer good: 401 for every call, 4004 for every connection."""
        self._revoke()
        self._gateway.close(BAD_TOKEN)
