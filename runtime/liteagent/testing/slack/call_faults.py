"""What can go wrong with a call of the Web API."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from liteagent.testing.slack.records import Json

CallFaultKind = Literal[
    "rate_limit", "server_error", "reset_before", "reset_after", "hold", "refuse", "say_little"
]


class Hold:
    """Calls whose answers are held back until `release`; they were applied before."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self.waiting = 0
        """How many answers are held now."""

    def release(self) -> None:
        """Let the answers go."""
        self._open.set()

    async def wait(self) -> None:
        self.waiting += 1
        try:
            await self._open.wait()
        finally:
            self.waiting -= 1


@dataclass(slots=True, kw_only=True)
class Quota:
    """No more than `calls` of a method in `seconds`, in each channel by itself or in all."""

    method: str
    calls: int
    seconds: float
    per_channel: bool
    taken: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def exceeded(self, method: str, args: Json, now: float) -> CallFault | None:
        """The refusal of this call, or nothing, and then it counts."""
        if method != self.method:
            return None
        channel = str(args.get("channel") or args.get("channel_id")) if self.per_channel else ""
        recent = [time for time in self.taken.get(channel, ()) if now - time < self.seconds]
        self.taken[channel] = recent
        if len(recent) < self.calls:
            recent.append(now)
            return None
        after = max(1, ceil(recent[0] + self.seconds - now))
        return CallFault(kind="rate_limit", status=429, retry_after=after)


@dataclass(slots=True, kw_only=True)
class CallFault:
    """Befalls the next `times` calls, of one method and channel where they are named."""

    kind: CallFaultKind
    method: str | None = None
    channel: str | None = None
    times: int = 1
    status: int = 200
    retry_after: int | None = None
    error: str = ""
    more: Json = field(default_factory=dict[str, object])
    hold: Hold | None = None

    def befalls(self, method: str, args: Json) -> bool:
        """Whether it is this call's turn."""
        channel = args.get("channel") or args.get("channel_id")
        return self.times > 0 and self.method in (None, method) and self.channel in (None, channel)
