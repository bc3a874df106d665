"""How far back a restart has to look for sessions that moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from liteagent.agents.session import SESSION
from liteagent.clock import Clock
from liteagent.journal import HeadQuery, HeadRow, Journal

OVERLAP = 60.0
"""Seconds by which a host's clock may be behind, and an append may be seen late."""
SAVE_SECONDS = 10.0
"""Between two writes of a watermark."""
LATE_SECONDS = 60.0
"""A session that is undelivered for longer is remembered by its name, and holds no other up."""
MOST_LATE = 100
"""Where there are more, the platform is away: they are looked for all together."""
PAGE = 200
_KEY = "moved"


class Watermark:
    """A time, kept in the journal, before which every session is wholly delivered but some, which
    it names.
    """

    def __init__(self, journal: Journal, platform_name: str, clock: Clock) -> None:
        self.time = 0.0
        """Every move up to here has been seen in this process."""
        self._journal, self._clock = journal, clock
        self._collection = f"chat-sweep/{platform_name}"
        self._late: Mapping[str, float] = {}
        """The sessions that are named, with the time from which on they are undelivered."""
        self._saved, self._saved_at = 0.0, 0.0

    async def load(self) -> None:
        """Begin where an earlier process was."""
        record = await self._journal.get_record(self._collection, _KEY)
        if record is not None:
            self.time = self._saved = record.value["time"]
            self._late = record.value.get("late", {})

    async def late(self) -> AsyncIterator[HeadRow]:
        """The sessions that are named, wherever they still are."""
        for entity in self._late:
            row = await self._journal.head(entity)
            if row is not None:
                yield row

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

    async def save(self, time: float, undelivered: Mapping[str, float]) -> None:
        """Every session that moved before `time` has been seen; those that are not delivered are
        listed, with the time from which on. Now and then that is written down.
        """
        oldest = sorted(undelivered, key=lambda each: undelivered[each])[:MOST_LATE]
        late = {
            each: undelivered[each] for each in oldest if undelivered[each] < time - LATE_SECONDS
        }
        others = (since for entity, since in undelivered.items() if entity not in late)
        time = max(self._saved, min([time, *others]))
        now = self._clock.now()
        if (time, late) == (self._saved, self._late) or 0 <= now - self._saved_at < SAVE_SECONDS:
            return
        await self._journal.put_record(self._collection, _KEY, {"time": time, "late": late})
        self._saved, self._late, self._saved_at = time, late, now
