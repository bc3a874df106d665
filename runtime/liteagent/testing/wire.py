"""The wire between a runtime and its journal: it takes time, it can fail, it can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from liteagent.errors import JournalUnavailableError
from liteagent.events import Event
from liteagent.journal import Append, HeadPage, HeadQuery, HeadRow, Journal, Record, Snapshot

T = TypeVar("T")


class Wire:
    """A `Journal` over another one, which stays open when this is closed.

    Every answer takes a turn of the event loop there and one back, so that whatever can happen
    meanwhile in production can happen in a test; while it is stalled, answers do not come at all.
    While it is `away`, and for ever once it is cut, every method raises `JournalUnavailableError`
    and nothing is stored.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.away = False
        self.is_cut = False
        self.operations = 0
        """How many there were so far; a test that waits for rest looks at it."""
        self.written: list[Append] = []
        """Every append that was stored through this wire."""
        self._flows = asyncio.Event()
        self._flows.set()

    def cut(self) -> None:
        """Let nothing pass any more."""
        self.is_cut = True
        self._flows.set()

    def stall(self) -> None:
        """Let whatever is asked from now on stand still, until `flow`."""
        self._flows.clear()

    def flow(self) -> None:
        """Let everything pass again."""
        self._flows.set()

    async def _carry(self, work: Awaitable[T]) -> T:
        try:
            self.operations += 1
            await asyncio.sleep(0)
            await self._flows.wait()
            self._check()
            result = await work
        finally:
            if asyncio.iscoroutine(work):
                work.close()
        await asyncio.sleep(0)
        if self.is_cut:
            self._check()
        return result

    def _check(self) -> None:
        if self.away or self.is_cut:
            raise JournalUnavailableError("The journal cannot be reached; try again later.")

    async def claim(self, entity: str, owner: str, ts: float) -> HeadRow:
        return await self._carry(self.journal.claim(entity, owner, ts))

    async def append(self, write: Append) -> None:
        await self._carry(self._append(write))

    async def _append(self, write: Append) -> None:
        await self.journal.append(write)
        self.written.append(write)

    async def read(self, entity: str, *, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        return await self._carry(self.journal.read(entity, after=after, limit=limit))

    async def head(self, entity: str) -> HeadRow | None:
        return await self._carry(self.journal.head(entity))

    async def heads(self, query: HeadQuery) -> HeadPage:
        return await self._carry(self.journal.heads(query))

    async def locate(self, key: str, *, entity: str | None = None) -> tuple[str, int] | None:
        return await self._carry(self.journal.locate(key, entity=entity))

    async def delete(self, entity: str, *, epoch: int) -> None:
        await self._carry(self.journal.delete(entity, epoch=epoch))

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        await self._carry(self.journal.save_snapshot(snapshot))

    async def load_snapshot(self, entity: str) -> Snapshot | None:
        return await self._carry(self.journal.load_snapshot(entity))

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> Record:
        return await self._carry(self.journal.put_record(collection, key, value, expected=expected))

    async def get_record(self, collection: str, key: str) -> Record | None:
        return await self._carry(self.journal.get_record(collection, key))

    async def delete_record(self, collection: str, key: str) -> bool:
        return await self._carry(self.journal.delete_record(collection, key))

    async def records(
        self, collection: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[Record]:
        return await self._carry(self.journal.records(collection, after=after, limit=limit))

    async def sizes(self) -> Mapping[str, int]:
        return await self._carry(self.journal.sizes())

    async def close(self) -> None:
        self.cut()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
