"""The journal: the only truth. Every backend keeps this contract; `liteagent.testing` has its
suite.

An entity's journal is append-only. A writer first claims the entity, which raises its epoch; an
append carries the epoch and the seq it believes to be last, and both are checked in the transaction
that stores the events, the head and the keys together. What an append returned for is on stable
storage. An append whose caller was cancelled is stored or not, whole: read to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from msgspec import Struct

from liteagent.events import Draft, Event, Head

JOURNAL_VERSION = 2
"""The format this code writes. A store with a higher one is refused and left untouched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRow:
    """An entity's head as it is stored. `updated_at` is the `ts` of the last append, and
    `created_at` that of the first claim.
    """

    entity: str
    seq: int
    epoch: int
    owner: str
    created_at: float
    updated_at: float
    head: Head


class Append(Struct, frozen=True, kw_only=True, gc=False):
    """One atomic write: all of it is stored or none. Without drafts it replaces the head alone."""

    entity: str
    epoch: int
    expected_seq: int
    """The seq of the last event the writer knows; 0 for a new entity."""
    ts: float
    drafts: Sequence[Draft]
    head: Head

    def events(self) -> list[Event]:
        """What the drafts are once they are stored: events `expected_seq + 1 …`."""
        ts, epoch = self.ts, self.epoch
        return [
            Event(seq=seq, type=draft.type, ts=ts, data=draft.data, epoch=epoch)
            for seq, draft in enumerate(self.drafts, self.expected_seq + 1)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A fold's state after event `seq`, made by version `version` of the fold."""

    entity: str
    seq: int
    version: int
    state: Any
    """Plain JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A small document beside the events: API keys, chat bindings, watermarks. `version` starts at
    1.
    """

    collection: str
    key: str
    version: int
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadQuery:
    """Which heads to list; every field that is set must match. Newest first by `updated_at`, then
    in the order of the entities' names.

    Paging shows every head that nobody wrote meanwhile exactly once.
    """

    kind: str | None = None
    agent: str | None = None
    tenant: str | None = None
    status: str | None = None
    wake_before: float | None = None
    """Only entities whose `wake_at` is set and at or before this time, soonest first."""
    with_pending: bool = False
    limit: int = 100
    cursor: str | None = None
    """The `next` of the page before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPage:
    """One page of heads; `next` is None on the last."""

    items: tuple[HeadRow, ...]
    next: str | None = None


class Journal(Protocol):
    """Where events live. Opened by its module's `open_*` function, closed by `close` or `async
    with`.

    Any method may raise `JournalUnavailableError` (nothing was stored), on bytes that cannot be a
    journal `JournalCorruptError`, and for a name with a NUL or a lone surrogate, or data that is
    not plain JSON, `ValidationError`.
    """

    async def claim(self, entity: str, owner: str, ts: float) -> HeadRow:
        """Take `entity` over: raises its epoch by one and records the owner; makes the row of a
        new one (seq 0). An entity made again after its deletion goes on above its old epochs.
        """
        ...

    async def append(self, write: Append) -> None:
        """Store `write.events()` together with head and keys.

        Raises `FencedError` for an epoch that is not the current one (0 for an unknown entity),
        `SequenceConflictError` for another last seq, `DuplicateKeyError` when the entity holds one
        of the keys already or the write names it twice (in that order).
        """
        ...

    async def read(self, entity: str, *, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        """Events with seq greater than `after`, oldest first, at most `limit`; empty for an
        unknown entity.
        """
        ...

    async def head(self, entity: str) -> HeadRow | None:
        """The head, or None for an unknown or deleted entity."""
        ...

    async def heads(self, query: HeadQuery) -> HeadPage:
        """A page of heads."""
        ...

    async def locate(self, key: str, *, entity: str | None = None) -> tuple[str, int] | None:
        """`(entity, seq)` of the event that carries `key`; within `entity` when given, else the
        first stored.
        """
        ...

    async def delete(self, entity: str, *, epoch: int) -> None:
        """Remove the entity's events, keys, snapshot and head; fenced as an append is."""
        ...

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep this snapshot in place of the entity's older one; a no-op when a later one is
        stored, and for an unknown or deleted entity.
        """
        ...

    async def load_snapshot(self, entity: str) -> Snapshot | None:
        """The snapshot kept last, or None."""
        ...

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> Record:
        """Store a record. `expected` is the version it must have now (0: must not exist; None:
        any).

        Raises `ConflictError` when it has another.
        """
        ...

    async def get_record(self, collection: str, key: str) -> Record | None:
        """The record, or None."""
        ...

    async def delete_record(self, collection: str, key: str) -> bool:
        """Whether there was one."""
        ...

    async def records(
        self, collection: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[Record]:
        """Records with key greater than `after`, in key order."""
        ...

    async def sizes(self) -> Mapping[str, int]:
        """Bytes of content stored, by part: `events`, `blobs`, `snapshots`, `keys`, `records`.

        Walks the whole store: for reports and tests, not for a hot path.
        """
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go. Safe to call twice."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the journal."""
        ...
