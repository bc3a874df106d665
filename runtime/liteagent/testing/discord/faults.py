"""What goes wrong on demand between the bot and Discord's REST API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random

from liteagent.testing.discord.rest.call import Call


class Kind(Enum):
    """How a call goes wrong."""

    RATE_LIMITED = auto()
    """429."""
    SERVER_ERROR = auto()
    """A status of 500 or more."""
    RESET = auto()
    """The connection breaks."""
    HELD = auto()
    """Nothing comes until the test lets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The calls that are meant; what is None does not matter. `route` names parts in braces, as
    `/channels/{channel_id}/messages`.
    """

    method: str | None = None
    route: str | None = None
    channel: int | None = None

    def match(self, call: Call) -> bool:
        return (
            self.method in (None, call.method)
            and self.route in (None, call.route)
            and self.channel in (None, call.channel_id)
        )


ANY = Calls()
SENDS = Calls(method="POST", route="/channels/{channel_id}/messages")
EDITS = Calls(method="PATCH", route="/channels/{channel_id}/messages/{message_id}")
CALLBACKS = Calls(method="POST", route="/interactions/{interaction_id}/{token}/callback")


@dataclass(slots=True, kw_only=True)
class Fault:
    """What befalls the next `times` calls of `on`. `applied`: after they took effect."""

    kind: Kind
    on: Calls = ANY
    times: int = 1
    applied: bool = False
    status: int = 503
    retry_after: float = 0.05
    via: bool = True
    scope: str = "user"
    released: asyncio.Event = field(default_factory=asyncio.Event)
    held: list[Call] = field(default_factory=list[Call])

    def release(self) -> None:
        """Let the held calls go on, and those that would be held."""
        self.times = 0
        self.released.set()


class CallFaults:
    """The menu. Each entry waits for its calls; of several that match, the oldest strikes."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._storm: Iterator[Fault | None] = iter(())

    def rate_limited(
        self,
        times: int = 1,
        *,
        on: Calls = ANY,
        retry_after: float = 0.05,
        via: bool = True,
        scope: str = "user",
    ) -> None:
        """429. Without `via` it looks like Cloudflare's; `scope` is user, shared or global."""
        self._add(
            Fault(
                kind=Kind.RATE_LIMITED,
                on=on,
                times=times,
                retry_after=retry_after,
                via=via,
                scope=scope,
            )
        )

    def server_error(
        self, times: int = 1, *, on: Calls = ANY, status: int = 503, applied: bool = False
    ) -> None:
        """A 5xx, though the call may have been applied."""
        fault = Fault(kind=Kind.SERVER_ERROR, on=on, times=times, status=status, applied=applied)
        self._add(fault)

    def reset_before(self, times: int = 1, *, on: Calls = ANY) -> None:
        """The connection breaks before the call does anything."""
        self._add(Fault(kind=Kind.RESET, on=on, times=times))

    def reset_after(self, times: int = 1, *, on: Calls = ANY) -> None:
        """The connection breaks after the call was applied, so that nobody hears of it."""
        self._add(Fault(kind=Kind.RESET, on=on, times=times, applied=True))

    def hold(self, times: int = 1, *, on: Calls = ANY, applied: bool = False) -> Fault:
        """Calls that wait, before or after they are applied, until `release()`; `held` has them."""
        return self._add(Fault(kind=Kind.HELD, on=on, times=times, applied=applied))

    def storm(self, *, seed: int, share: float, kinds: Sequence[Fault] = ()) -> None:
        """From now on this share of all calls (0 to 1) goes wrong, drawn from `kinds` by a
        generator of this seed; a share of 0 ends it.
        """
        drawn = kinds or (
            Fault(kind=Kind.RATE_LIMITED, retry_after=0.01),
            Fault(kind=Kind.SERVER_ERROR, status=503),
            Fault(kind=Kind.SERVER_ERROR, status=503, applied=True),
            Fault(kind=Kind.RESET),
            Fault(kind=Kind.RESET, applied=True),
        )
        self._storm = _storm(Random(seed), share, drawn)

    def take(self, call: Call) -> Fault | None:
        """What befalls this call."""
        for fault in self._waiting:
            if fault.times > 0 and fault.on.match(call):
                fault.times -= 1
                return fault
        return next(self._storm, None)

    def release_all(self) -> None:
        for fault in self._waiting:
            fault.release()

    def _add(self, fault: Fault) -> Fault:
        self._waiting.append(fault)
        return fault


def _storm(random: Random, share: float, kinds: Sequence[Fault]) -> Iterator[Fault | None]:
    while True:
        yield random.choice(kinds) if random.random() < share else None
