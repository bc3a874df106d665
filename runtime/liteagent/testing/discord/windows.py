"""Counting what may happen only so often."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Window:
    """At most `number` calls in any stretch of `per` seconds that begins with a call."""

    number: int
    per: float
    began: float = field(default=0.0)
    used: int = field(default=0)

    def take(self, now: float) -> float | None:
        """Count a call; None if it is within the limit, else the seconds to wait."""
        if now - self.began >= self.per:
            self.began, self.used = now, 0
        if self.used >= self.number:
            return self.resets_after(now)
        self.used += 1
        return None

    def resets_after(self, now: float) -> float:
        return max(0.001, round(self.began + self.per - now, 3))


class OldEdits:
    """How often messages older than an hour may be edited, in each channel.

    Discord tells its number to nobody; some saw three in twenty seconds. 30 a minute is what holds
    here unless a test says otherwise.
    """

    age = 3600.0

    def __init__(self) -> None:
        self.set(30, 60.0)

    def set(self, number: int, per: float) -> None:
        self._limit = (number, per)
        self._windows: dict[int, Window] = {}

    def take(self, channel_id: int, now: float) -> float | None:
        """Count an edit; None if it is within the limit, else the seconds to wait."""
        window = self._windows.setdefault(channel_id, Window(*self._limit))
        return window.take(now)
