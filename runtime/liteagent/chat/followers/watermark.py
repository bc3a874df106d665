"""How far back a restart has to look for sessions that moved."""

from __future__ import annotations

from collections.abc import AsyncIterator

from liteagent.agents.session import SESSION
from liteagent.clock import Clock
from liteagent.journal import HeadQuery, HeadRow, Journal

OVERLAP = 60.0
"""Seconds by which a host's clock may be behind, and an append may be seen late."""
SAVE_SECONDS = 10.0
"""Between two writes of a watermark."""
PAGE = 200
_KEY = "moved"


class Watermark:
    """A time, kept in the journal, before which every session is wholly delivered."""

    def __init__(self, journal: Journal, platform_name: str, clock: Clock) -> None:
        self.time = 0.0
        """Every move up to here has been seen in this process."""
        self._journal, self._clock = journal, clock
        self._collection = f"chat-sweep/{platform_name}"
        self._saved, self._saved_at = 0.0, 0.0

    async def load(self) -> None:
        """Begin where an earlier process was."""
        record = await self._journal.get_record(self._collection, _KEY)
        if record is not None:
            self.time = self._saved = record.value["time"]

    async def moved(self) -> AsyncIterator[HeadRow]:
        """The sessions that moved since, newest first."""
        cursor: str | None = None
        while True:
            page = await self._journal.heads(HeadQuery(kind=SESSION, limit=PAGE, cursor=cursor))
            for row in page.items:
                if row.updated_at < self.time - OVERLAP:
                    return
                yield row
            cursor = page.next
            if cursor is None:
                return

    async def pending(self) -> AsyncIterator[HeadRow]:
        """The sessions in which something is to be decided."""
        cursor: str | None = None
        while True:
            page = await self._journal.heads(
                HeadQuery(kind=SESSION, with_pending=True, limit=PAGE, cursor=cursor)
            )
            for row in page.items:
                yield row
            cursor = page.next
            if cursor is None:
                return

    async def save(self, time: float) -> None:
        """Everything before this time is delivered; now and then that is written down."""
        now = self._clock.now()
        if time > self._saved and now - self._saved_at >= SAVE_SECONDS:
            await self._journal.put_record(self._collection, _KEY, {"time": time})
            self._saved, self._saved_at = time, now
