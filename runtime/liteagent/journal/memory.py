"""The journal in this process's memory: real and complete, gone with the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from msgspec import structs

from liteagent.errors import (
    ConflictError,
    DuplicateKeyError,
    FencedError,
    JournalUnavailableError,
    SequenceConflictError,
)
from liteagent.events import Event, Head
from liteagent.ids import split_entity
from liteagent.journal.codec import Encoded, decode, dump, encode, load, references
from liteagent.journal.contract import Append, HeadPage, HeadQuery, HeadRow, Record, Snapshot
from liteagent.journal.cursor import Place, read_cursor, write_cursor
from liteagent.journal.names import require_names


@dataclass(slots=True)
class _Snapshot:
    seq: int
    version: int
    text: str


@dataclass(slots=True)
class _Entity:
    row: HeadRow
    events: list[tuple[Event, str]] = field(default_factory=list[tuple[Event, str]])
    """Each without its data, and the data as text: nobody can change what is stored."""
    keys: dict[str, int] = field(default_factory=dict[str, int])
    snapshot: _Snapshot | None = None

    def texts(self) -> Iterable[str]:
        yield from (text for _, text in self.events)
        if self.snapshot:
            yield self.snapshot.text


class MemoryJournal:
    """A `Journal` for one event loop."""

    def __init__(self) -> None:
        self._entities: dict[str, _Entity] = {}
        self._keys: dict[str, dict[str, int]] = {}
        """By key, the seq in each entity that holds it; the entity that stored it first, first."""
        self._blobs: dict[str, bytes] = {}
        self._records: dict[tuple[str, str], tuple[int, str]] = {}
        self._deleted_epoch = 0
        self._closed = False

    async def claim(self, entity: str, owner: str, ts: float) -> HeadRow:
        self._check_open(entity, owner)
        known = self._entities.get(entity)
        if known is None:
            row = HeadRow(
                entity=entity,
                seq=0,
                epoch=self._deleted_epoch + 1,
                owner=owner,
                created_at=ts,
                updated_at=ts,
                head=Head(),
            )
            known = self._entities[entity] = _Entity(row)
        else:
            known.row = replace(known.row, epoch=known.row.epoch + 1, owner=owner)
        return known.row

    async def append(self, write: Append) -> None:
        head = write.head
        keys = [key for draft in write.drafts for key in draft.keys]
        self._check_open(write.entity, head.status, head.agent, head.tenant, *keys)
        encoded = [encode(draft.data) for draft in write.drafts]
        head = structs.replace(head, pending=tuple(load(dump(head.pending))))
        entity = self._owned(write.entity, write.epoch)
        if entity.row.seq != write.expected_seq:
            raise SequenceConflictError(write.entity, write.expected_seq, entity.row.seq)
        self._add_keys(entity, write)
        for event, stored in zip(write.events(), encoded, strict=True):
            self._add(entity, event, stored)
        seq = write.expected_seq + len(encoded)
        entity.row = replace(entity.row, seq=seq, updated_at=write.ts, head=head)

    async def read(self, entity: str, *, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        self._check_open(entity)
        known = self._entities.get(entity)
        stored = known.events[after : after + limit] if known else ()
        return [structs.replace(event, data=decode(text, self._blobs)) for event, text in stored]

    async def head(self, entity: str) -> HeadRow | None:
        self._check_open(entity)
        known = self._entities.get(entity)
        return known.row if known else None

    async def heads(self, query: HeadQuery) -> HeadPage:
        self._check_open()
        rows = [entity.row for entity in self._entities.values() if _matches(entity.row, query)]
        rows.sort(key=lambda row: _order(_place(row, query), query))
        if query.cursor is not None:
            last = _order(read_cursor(query.cursor), query)
            rows = [row for row in rows if _order(_place(row, query), query) > last]
        items = tuple(rows[: query.limit])
        more = len(rows) > len(items)
        return HeadPage(items=items, next=write_cursor(_place(items[-1], query)) if more else None)

    async def locate(self, key: str, *, entity: str | None = None) -> tuple[str, int] | None:
        self._check_open(key)
        holders = self._keys.get(key, {})
        holder = next(iter(holders), None) if entity is None else entity
        return (holder, holders[holder]) if holder is not None and holder in holders else None

    async def delete(self, entity: str, *, epoch: int) -> None:
        self._check_open(entity)
        known = self._owned(entity, epoch)
        for key in known.keys:
            holders = self._keys[key]
            del holders[entity]
            if not holders:
                del self._keys[key]
        self._deleted_epoch = max(self._deleted_epoch, epoch)
        del self._entities[entity]
        self._drop_blobs(known.texts())

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        self._check_open(snapshot.entity)
        text, blobs = encode(snapshot.state)
        entity = self._entities.get(snapshot.entity)
        if entity is None or (entity.snapshot and entity.snapshot.seq > snapshot.seq):
            return
        replaced = entity.snapshot
        entity.snapshot = _Snapshot(snapshot.seq, snapshot.version, text)
        self._blobs.update(blobs)
        if replaced:
            self._drop_blobs([replaced.text])

    async def load_snapshot(self, entity: str) -> Snapshot | None:
        self._check_open(entity)
        known = self._entities.get(entity)
        if known is None or known.snapshot is None:
            return None
        kept = known.snapshot
        state = decode(kept.text, self._blobs)
        return Snapshot(entity=entity, seq=kept.seq, version=kept.version, state=state)

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> Record:
        self._check_open(collection, key)
        version, _ = self._records.get((collection, key), (0, ""))
        if expected is not None and expected != version:
            raise ConflictError(f"{collection}/{key} is at version {version}, not {expected}.")
        self._records[collection, key] = (version + 1, dump(value))
        return Record(collection=collection, key=key, version=version + 1, value=value)

    async def get_record(self, collection: str, key: str) -> Record | None:
        self._check_open(collection, key)
        found = self._records.get((collection, key))
        if found is None:
            return None
        return Record(collection=collection, key=key, version=found[0], value=load(found[1]))

    async def delete_record(self, collection: str, key: str) -> bool:
        self._check_open(collection, key)
        return self._records.pop((collection, key), None) is not None

    async def records(
        self, collection: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[Record]:
        self._check_open(collection, after)
        keys = sorted(key for where, key in self._records if where == collection and key > after)
        found = [await self.get_record(collection, key) for key in keys[:limit]]
        return [record for record in found if record is not None]

    async def sizes(self) -> Mapping[str, int]:
        self._check_open()
        entities = self._entities.values()
        return {
            "events": sum(
                len(event.type) + len(text) for e in entities for event, text in e.events
            ),
            "blobs": sum(map(len, self._blobs.values())),
            "snapshots": sum(len(e.snapshot.text) for e in entities if e.snapshot),
            "keys": sum(len(key.encode()) for e in entities for key in e.keys),
            "records": sum(len(text) for _, text in self._records.values()),
        }

    async def close(self) -> None:
        self._closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _check_open(self, *names: str) -> None:
        if self._closed:
            raise JournalUnavailableError("The journal is closed: open it again.")
        require_names(names)

    def _owned(self, name: str, epoch: int) -> _Entity:
        entity = self._entities.get(name)
        current = entity.row.epoch if entity else 0
        if entity is None or epoch != current:
            raise FencedError(name, epoch, current)
        return entity

    def _add_keys(self, entity: _Entity, write: Append) -> None:
        fresh: dict[str, int] = {}
        for seq, draft in enumerate(write.drafts, write.expected_seq + 1):
            for key in draft.keys:
                taken = entity.keys.get(key, fresh.get(key))
                if taken is not None:
                    raise DuplicateKeyError(write.entity, key, taken)
                fresh[key] = seq
        entity.keys.update(fresh)
        for key, seq in fresh.items():
            self._keys.setdefault(key, {})[write.entity] = seq

    def _add(self, entity: _Entity, event: Event, stored: Encoded) -> None:
        entity.events.append((structs.replace(event, data={}), stored.text))
        self._blobs.update(stored.blobs)

    def _drop_blobs(self, texts: Iterable[str]) -> None:
        """Let go of the blobs that these texts referred to, if no other text does."""
        candidates = {digest for text in texts for digest in references(text)}
        if candidates:
            kept = (text for entity in self._entities.values() for text in entity.texts())
            candidates.difference_update(digest for text in kept for digest in references(text))
        for digest in candidates:
            del self._blobs[digest]


def _matches(row: HeadRow, query: HeadQuery) -> bool:
    head = row.head
    wanted = (
        (query.kind, split_entity(row.entity)[0]),
        (query.agent, head.agent),
        (query.tenant, head.tenant),
        (query.status, head.status),
    )
    if any(value is not None and value != found for value, found in wanted):
        return False
    if query.with_pending and not head.pending:
        return False
    due = head.wake_at
    return query.wake_before is None or (due is not None and due <= query.wake_before)


def _place(row: HeadRow, query: HeadQuery) -> Place:
    if query.wake_before is not None and row.head.wake_at is not None:
        return Place(row.head.wake_at, row.entity)
    return Place(row.updated_at, row.entity)


def _order(place: Place, query: HeadQuery) -> tuple[float, str]:
    soonest_first = query.wake_before is not None
    return (place.time if soonest_first else -place.time, place.entity)
