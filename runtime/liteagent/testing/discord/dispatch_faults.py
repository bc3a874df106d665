"""What goes wrong with events on their way to the bot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from liteagent.testing.discord.world import Dispatch


class Mishap(Enum):
    """What becomes of an event."""

    LOST = auto()
    TWICE = auto()
    LATE = auto()
    """It comes after the event that follows it."""


@dataclass(slots=True)
class _Waiting:
    mishap: Mishap
    name: str | None
    times: int


class DispatchFaults:
    """Events that are lost, come twice or come late; each entry waits for its events."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._late: list[Dispatch] = []

    def add(self, mishap: Mishap, name: str | None, times: int) -> None:
        self._waiting.append(_Waiting(mishap, name, times))

    def deliver(self, event: Dispatch) -> Iterator[Dispatch]:
        """What is delivered now that this event happens."""
        mishap = self._take(event)
        if mishap is Mishap.LATE:
            self._late.append(event)
            return
        if mishap is not Mishap.LOST:
            yield event
        if mishap is Mishap.TWICE:
            yield event
        late, self._late = self._late, []
        yield from late

    def _take(self, event: Dispatch) -> Mishap | None:
        for one in self._waiting:
            if one.times > 0 and one.name in (None, event.name):
                one.times -= 1
                return one.mishap
        return None
