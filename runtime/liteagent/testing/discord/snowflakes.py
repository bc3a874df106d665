"""Discord's ids: milliseconds since 2015 in the upper bits, so that sorting them sorts by time."""

from __future__ import annotations

from liteagent.clock import Clock

EPOCH_MS = 1_420_070_400_000
"""The first millisecond of 2015, where Discord's ids begin."""


class Snowflakes:
    """Hands out ids that grow strictly, also within one millisecond of the clock."""

    def __init__(self, clock: Clock) -> None:
        if clock.now() * 1000 < EPOCH_MS:
            raise ValueError(
                "Discord's ids begin in 2015, and this clock shows an earlier time: "
                "start it later, as with FakeClock(1_700_000_000.0)"
            )
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        fresh = int(self._clock.now() * 1000 - EPOCH_MS) << 22
        self._last = max(fresh, self._last + 1)
        return self._last
