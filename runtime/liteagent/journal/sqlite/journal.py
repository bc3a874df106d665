"""The journal in an SQLite file: one machine, any number of its processes."""

from __future__ import annotations

import asyncio
import sqlite3
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from liteagent.events import Event
from liteagent.journal.codec import dump, encode, encode_drafts
from liteagent.journal.contract import Append, HeadPage, HeadQuery, HeadRow, Record, Snapshot
from liteagent.journal.names import require_names
from liteagent.journal.sqlite import records, snapshots
from liteagent.journal.sqlite.batch import EncodedAppend
from liteagent.journal.sqlite.errors import translating
from liteagent.journal.sqlite.events import locate_key, read_events
from liteagent.journal.sqlite.heads import find_head, list_heads
from liteagent.journal.sqlite.readers import Readers
from liteagent.journal.sqlite.schema import prepare, stored_version
from liteagent.journal.sqlite.sizes import measure
from liteagent.journal.sqlite.writer import Writer


async def open_sqlite(path: str | Path) -> SqliteJournal:
    """Open the journal in the file `path`, making it and its directories when there is none.

    Raises `JournalVersionError` for a file of a newer LiteAgent and `JournalCorruptError` for one
    that is no journal, both left untouched; `JournalUnavailableError` when it cannot be written.
    """

    def opened() -> tuple[Path, sqlite3.Connection]:
        where = Path(path).absolute()
        with translating(where):
            return where, prepare(where)

    return SqliteJournal(*await asyncio.to_thread(opened))


def format_of(path: str | Path) -> int:
    """The format of the journal in the file `path`, which is left as it is; 0 where there is none.
    Blocks, and raises as `open_sqlite` does.
    """
    where = Path(path).absolute()
    with translating(where):
        return stored_version(where)


class SqliteJournal:
    """A `Journal` in an SQLite file, made by `open_sqlite`. Any event loop may use it."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._writer, self._readers = Writer(db, path), Readers(path)
        self._closed = False

    async def claim(self, entity: str, owner: str, ts: float) -> HeadRow:
        require_names((entity, owner))
        return await self._writer.submit(lambda batch: batch.claim(entity, owner, ts))

    async def append(self, write: Append) -> None:
        head = write.head
        keys: list[tuple[str, int]] = []
        names = [write.entity, head.status, head.agent, head.tenant]
        for nth, draft in enumerate(write.drafts, 1):
            for key in draft.keys:
                keys.append((key, nth))
                names.append(key)
        require_names(names)
        encoded = EncodedAppend(
            write,
            await encode_drafts(write.drafts),
            dump(head.pending) if head.pending else "",
            keys,
        )
        await self._writer.submit(encoded.into, append=encoded)

    async def read(self, entity: str, *, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        require_names((entity,))
        return await self._readers.run(lambda db: read_events(db, entity, after, limit))

    async def head(self, entity: str) -> HeadRow | None:
        require_names((entity,))
        return await self._readers.run(lambda db: find_head(db, entity))

    async def heads(self, query: HeadQuery) -> HeadPage:
        return await self._readers.run(lambda db: list_heads(db, query))

    async def locate(self, key: str, *, entity: str | None = None) -> tuple[str, int] | None:
        require_names((key,))
        return await self._readers.run(lambda db: locate_key(db, key, entity))

    async def delete(self, entity: str, *, epoch: int) -> None:
        require_names((entity,))
        await self._writer.submit(lambda batch: batch.delete(entity, epoch))

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        require_names((snapshot.entity,))
        state = await asyncio.to_thread(encode, snapshot.state)
        await self._writer.submit(
            lambda batch: snapshots.save_snapshot(batch.connection(), snapshot, state)
        )

    async def load_snapshot(self, entity: str) -> Snapshot | None:
        require_names((entity,))
        return await self._readers.run(lambda db: snapshots.load_snapshot(db, entity))

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> Record:
        require_names((collection, key))
        text = dump(value)
        version = await self._writer.submit(
            lambda batch: records.put_record(batch.connection(), collection, key, text, expected)
        )
        return Record(collection=collection, key=key, version=version, value=value)

    async def get_record(self, collection: str, key: str) -> Record | None:
        require_names((collection, key))
        return await self._readers.run(lambda db: records.get_record(db, collection, key))

    async def delete_record(self, collection: str, key: str) -> bool:
        require_names((collection, key))
        return await self._writer.submit(
            lambda batch: records.delete_record(batch.connection(), collection, key)
        )

    async def records(
        self, collection: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[Record]:
        require_names((collection, after))
        return await self._readers.run(
            lambda db: records.list_records(db, collection, after, limit)
        )

    async def sizes(self) -> Mapping[str, int]:
        return await self._readers.run(measure)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            # The writer's connection goes last: closing it then copies the whole log over.
            await asyncio.to_thread(self._readers.close)
            self._writer.end()
            await asyncio.to_thread(self._writer.join)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __del__(self) -> None:
        if not self._closed:
            warnings.warn(
                f"The journal {self.path} was dropped open: close it.",
                ResourceWarning,
                stacklevel=2,
            )
            self._writer.end()
