"""When an entity's state is saved, so that its next activation need not fold everything."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from liteagent.errors import JournalUnavailableError
from liteagent.journal import Journal, Snapshot, dump
from liteagent.kernel.kind import Kind

log = logging.getLogger(__name__)

EVENTS = 200
"""A snapshot is made at the earliest after this many events …"""
BYTES_PER_EVENT = 256
"""… and after enough of them that writing it costs at most this many bytes for each."""


class Snapshots:
    """The snapshots of one entity: replaced, never piled up, so the cost of an event stays flat."""

    __slots__ = ("_entity", "_journal", "_kind", "_next", "_task")

    def __init__(self, entity: str, kind: Kind[Any], journal: Journal, seq: int) -> None:
        self._entity, self._kind, self._journal = entity, kind, journal
        self._next = seq + EVENTS
        self._task: asyncio.Task[None] | None = None

    @property
    def saving(self) -> bool:
        """Whether one is being written."""
        return self._task is not None and not self._task.done()

    def consider(self, seq: int, state: Any) -> None:
        """Save the state after event `seq` in the background, if it is time."""
        if seq >= self._next and not self.saving:
            self._task = asyncio.ensure_future(self._save(seq, state))

    async def finish(self) -> None:
        """Wait for the one being written."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self, seq: int, state: Any) -> None:
        """Save the state at the end, if it is time; what is being written is finished first."""
        await self.finish()
        self.consider(seq, state)
        await self.finish()

    async def _save(self, seq: int, state: Any) -> None:
        value, size = await asyncio.to_thread(self._dump, state)
        self._next = seq + max(EVENTS, size // BYTES_PER_EVENT)
        snapshot = Snapshot(
            entity=self._entity, seq=seq, version=self._kind.fold_version, state=value
        )
        try:
            await self._journal.save_snapshot(snapshot)
        except JournalUnavailableError as error:
            log.warning("No snapshot of %s for now: %s", self._entity, error)

    def _dump(self, state: Any) -> tuple[Any, int]:
        """The state as JSON, and how many bytes it takes as the journal writes it."""
        value = self._kind.dump(state)
        return value, len(dump(value))
