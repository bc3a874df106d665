"""The menu of faults: what Slack and the network between do on a bad day, on demand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from liteagent.testing.slack.call_faults import CallFault, CallFaultKind, Hold, Quota
from liteagent.testing.slack.delivery_faults import DeliveryFaults
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.socket_mode import SocketMode
from liteagent.testing.slack.workspace import Workspace

MENU: tuple[CallFaultKind, ...] = ("rate_limit", "server_error", "reset_before", "reset_after")


class Faults(DeliveryFaults):
    """Everything is off until it is asked for. `method` and `channel` narrow a fault to calls of
    one method, or with one channel; `times` is the number of calls it befalls.
    """

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[CallFault] = []
        self._holds: list[Hold] = []
        self._quotas: list[Quota] = []
        self._random: Random | None = None
        self._rate = 0.0
        self._menu = MENU
        self._after: list[tuple[str, Callable[[], object]]] = []
        self._sockets: SocketMode | None = None
        self._workspace: Workspace | None = None

    def attach(self, sockets: SocketMode, workspace: Workspace) -> None:
        """What the faults befall."""
        self._sockets, self._workspace = sockets, workspace

    def rate_limit(
        self,
        method: str | None = None,
        *,
        times: int = 1,
        retry_after: int | None = 1,
        channel: str | None = None,
    ) -> None:
        """HTTP 429, with `Retry-After` seconds unless that is None."""
        self._calls.append(
            CallFault(
                kind="rate_limit",
                method=method,
                channel=channel,
                times=times,
                status=429,
                retry_after=retry_after,
            )
        )

    def enforce_rate(
        self, method: str, calls: int, *, seconds: float = 60.0, per_channel: bool = False
    ) -> None:
        """From now on no more than `calls` of `method` in any `seconds` of the clock; beyond that
        429 with the time that is left. `per_channel` counts each channel by itself.
        """
        quota = Quota(method=method, calls=calls, seconds=seconds, per_channel=per_channel)
        self._quotas.append(quota)

    def server_error(
        self,
        method: str | None = None,
        *,
        times: int = 1,
        status: int = 503,
        channel: str | None = None,
    ) -> None:
        """An HTTP error with a page of HTML."""
        self._calls.append(
            CallFault(
                kind="server_error", method=method, channel=channel, times=times, status=status
            )
        )

    def reset(
        self,
        method: str | None = None,
        *,
        applied: bool,
        times: int = 1,
        channel: str | None = None,
    ) -> None:
        """The connection breaks instead of an answer, after the call was applied or before."""
        kind: CallFaultKind = "reset_after" if applied else "reset_before"
        self._calls.append(CallFault(kind=kind, method=method, channel=channel, times=times))

    def hold(
        self, method: str | None = None, *, times: int = 1, channel: str | None = None
    ) -> Hold:
        """The calls are applied, and their answers held back until they are released."""
        hold = Hold()
        self._holds.append(hold)
        self._calls.append(
            CallFault(kind="hold", method=method, channel=channel, times=times, hold=hold)
        )
        return hold

    def refuse(
        self,
        error: str,
        method: str | None = None,
        *,
        times: int = 1,
        channel: str | None = None,
        **more: str,
    ) -> None:
        """`ok: false` with this error: `invalid_auth`, `token_revoked`, `fatal_error`, …"""
        self._calls.append(
            CallFault(
                kind="refuse",
                method=method,
                channel=channel,
                times=times,
                error=error,
                more=dict(more),
            )
        )

    def say_little(self, method: str, *, times: int = 1) -> None:
        """`ok: true` and nothing else, with nothing done: as of something that stands in for Slack
        and does not know the method.
        """
        self._calls.append(CallFault(kind="say_little", method=method, times=times))

    def missing_scope(self, scope: str, method: str | None = None, *, times: int = 1) -> None:
        """As if the app had been installed without `scope`."""
        self.refuse("missing_scope", method, times=times, needed=scope, provided="chat:write")

    def at_random(self, seed: int, rate: float, menu: tuple[CallFaultKind, ...] = MENU) -> None:
        """Each call meets one fault of the menu with probability `rate`; 0 ends it."""
        self._random, self._rate, self._menu = Random(seed), rate, menu

    def clear(self) -> None:
        """No more faults of calls and sockets; what is held goes on."""
        self._calls.clear()
        self._quotas.clear()
        self.accept_sockets()
        self._after.clear()
        self._rate = 0.0
        for hold in self._holds:
            hold.release()

    def drop_sockets(self) -> int:
        """Break every open socket now; how many."""
        assert self._sockets is not None
        return self._sockets.drop()

    def stall_sockets(self) -> int:
        """Let the open sockets go dead without closing: pings and acknowledgements are not
        heard; how many.
        """
        assert self._sockets is not None
        return self._sockets.stall()

    def drop_after_ack(self, times: int = 1) -> None:
        """Break the socket the moment the next event has been acknowledged on it."""
        assert self._sockets is not None
        self._sockets.drops_after_ack += times

    def drop_after(self, method: str) -> None:
        """Break every socket when the next call of `method` has been applied."""
        self._after.append((method, self.drop_sockets))

    def refresh_after(self, method: str = "chat.appendStream") -> None:
        """Tell every socket to go when the next call of `method` has been applied."""
        self._after.append((method, self.refresh_sockets))

    def refuse_sockets(self, times: int = -1) -> None:
        """Refuse the next sockets, or all (-1) until `accept_sockets`; open ones stay."""
        assert self._sockets is not None
        self._sockets.refusals = times

    def accept_sockets(self) -> None:
        """Refuse no more sockets."""
        self.refuse_sockets(0)

    async def refresh_sockets(self, reason: str = "refresh_requested") -> int:
        """Tell every socket to go and open another; how many were told."""
        assert self._sockets is not None
        return await self._sockets.ask_to_leave(reason)

    def expire_streams(self) -> int:
        """End every running stream, as five minutes would; how many."""
        assert self._workspace is not None
        running = [s for s in self._workspace.streams.values() if not s.stopped]
        for stream in running:
            stream.started = float("-inf")
        return len(running)

    def expire_stream_after(self, method: str = "chat.appendStream") -> None:
        """End the running streams when the next call of `method` has been applied."""
        self._after.append((method, self.expire_streams))

    def vanish(self, channel: str, ts: str) -> None:
        """Take a message away without telling the app."""
        assert self._workspace is not None
        message = self._workspace.find(channel, ts)
        assert message is not None, f"there is no message {ts} in {channel}"
        self._workspace.remove(message)

    def take(self, method: str, args: Json, now: float) -> CallFault | None:
        """The fault that befalls this call, made `now` by the clock."""
        for fault in self._calls:
            if fault.befalls(method, args):
                fault.times -= 1
                return fault
        for quota in self._quotas:
            if exceeded := quota.exceeded(method, args, now):
                return exceeded
        if self._random is not None and self._random.random() < self._rate:
            kind = self._random.choice(self._menu)
            return CallFault(kind=kind, status=429 if kind == "rate_limit" else 503, retry_after=1)
        return None

    async def applied(self, method: str) -> None:
        """A call of `method` was applied: what was to happen after it happens."""
        for wanted in tuple(self._after):
            if wanted[0] == method:
                self._after.remove(wanted)
                happening = wanted[1]()
                if isinstance(happening, Awaitable):
                    await happening
