"""The writes of one transaction: each is checked by itself, and what passed is stored together."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from liteagent.errors import DuplicateKeyError, FencedError, SequenceConflictError
from liteagent.events import EVENT_VERSION
from liteagent.ids import split_entity
from liteagent.journal.codec import Encoded
from liteagent.journal.contract import Append, HeadRow
from liteagent.journal.sqlite.blobs import Source, drop_references, store_blobs
from liteagent.journal.sqlite.bulk import select_in, write_rows
from liteagent.journal.sqlite.heads import find_head

_ADD_APPENDS = (
    "INSERT INTO appends (position, entity_id, last_seq, ts, epoch, v, data) VALUES {rows}"
)
_FIND_HEADS = "SELECT entity, id, seq, epoch FROM heads WHERE entity IN ({values})"
_FIND_KEYS = "SELECT entity_id, key, seq FROM keys WHERE key IN ({values})"
_ADD_KEYS = "INSERT INTO keys (position, key, entity_id, seq) VALUES {rows}"
# '' stands for NULL here: for a None Python's sqlite3 looks for an adapter every time.
_SET_HEADS = (
    "UPDATE heads SET seq = column1, updated_at = column2, status = column3, agent = column4,"
    " tenant = column5, wake_at = nullif(column6, ''), pending = nullif(column7, '')"
    " FROM (VALUES {rows}) WHERE id = column8"
)


class EncodedAppend(Struct, frozen=True, gc=False):
    """An append and the texts that it stores."""

    write: Append
    data: Encoded
    """Of the drafts, as pairs of type and data."""
    pending: str
    """Of the head; empty when nothing is pending."""
    keys: Sequence[tuple[str, int]]
    """Each with the number of its draft, from 1."""

    def into(self, batch: Batch) -> None:
        """Make it one of the writes of `batch`."""
        batch.append(self)


@dataclass(slots=True)
class _Stored:
    """What a check needs to know of an entity, with the batch's own writes counted in."""

    id: int
    seq: int
    epoch: int


@dataclass(slots=True)
class _Waiting:
    """Rows that are still to be written."""

    appends: list[tuple[object, ...]] = field(default_factory=list[tuple[object, ...]])
    keys: list[tuple[object, ...]] = field(default_factory=list[tuple[object, ...]])
    heads: dict[int, tuple[object, ...]] = field(default_factory=dict[int, tuple[object, ...]])


class Batch:
    """One transaction's writes on `db`, which is inside that transaction.

    A method that raises an error of LiteAgent has changed nothing; after any other error the
    transaction is to be rolled back.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._stored: dict[str, _Stored] = {}
        self._waiting = _Waiting()
        self._position = 0
        self._looked_up: set[str] = set()
        self._taken: dict[tuple[int, str], int] = {}
        """Of the keys that were looked up, those that are there: by entity id and key the seq."""

    def expect(self, appends: Sequence[EncodedAppend]) -> None:
        """Look up together what these appends will have to know; for an empty batch."""
        entities = {append.write.entity for append in appends}
        for entity, *known in select_in(self._db, _FIND_HEADS, list(entities)):
            self._stored[entity] = _Stored(*known)
        keys = {key for append in appends for key, _ in append.keys}
        for entity_id, key, seq in select_in(self._db, _FIND_KEYS, list(keys)):
            self._taken[entity_id, key] = seq
        self._looked_up = keys

    def append(self, encoded: EncodedAppend) -> None:
        """Check and take an append; errors as `Journal.append`."""
        write = encoded.write
        stored = self._owned(write.entity, write.epoch)
        if stored.seq != write.expected_seq:
            raise SequenceConflictError(write.entity, write.expected_seq, stored.seq)
        position = (self._position or self._last_position()) + 1
        if encoded.keys:
            self._add_keys(stored, encoded, position)
        stored.seq += len(write.drafts)
        self._waiting.heads[stored.id] = _head_values(encoded, stored.id)
        if write.drafts:
            self._position = position
            self._add_events(stored, encoded, position)

    def claim(self, entity: str, owner: str, ts: float) -> HeadRow:
        """Raise the epoch of `entity`, making it if there is none."""
        db = self.connection()
        changed = db.execute(
            "UPDATE heads SET epoch = epoch + 1, owner = ? WHERE entity = ?", (owner, entity)
        )
        if not changed.rowcount:
            db.execute(
                "INSERT INTO heads (entity, kind, seq, epoch, owner, created_at, updated_at,"
                " status, agent, tenant)"
                " SELECT ?, ?, 0, highest_epoch + 1, ?, ?, ?, 'idle', '', '' FROM deletions",
                (entity, split_entity(entity)[0], owner, ts, ts),
            )
        self._stored.pop(entity, None)
        row = find_head(db, entity)
        assert row is not None
        return row

    def delete(self, entity: str, epoch: int) -> None:
        """Remove all of `entity`; errors as `Journal.delete`."""
        stored = self._owned(entity, epoch)
        db = self.connection()
        drop_references(db, stored.id, *Source)
        db.execute(
            "DELETE FROM keys WHERE position IN (SELECT position FROM appends WHERE entity_id = ?)",
            (stored.id,),
        )
        db.execute("DELETE FROM appends WHERE entity_id = ?", (stored.id,))
        db.execute("DELETE FROM snapshots WHERE entity_id = ?", (stored.id,))
        db.execute("DELETE FROM heads WHERE id = ?", (stored.id,))
        db.execute("UPDATE deletions SET highest_epoch = max(highest_epoch, ?)", (epoch,))
        del self._stored[entity]
        self._taken = {key: at for key, at in self._taken.items() if key[0] != stored.id}

    def connection(self) -> sqlite3.Connection:
        """The connection, with everything written that was taken so far."""
        self.flush()
        return self._db

    def flush(self) -> None:
        """Write what was taken."""
        waiting = self._waiting
        if waiting.heads:
            self._waiting = _Waiting()
            write_rows(self._db, _ADD_APPENDS, waiting.appends)
            write_rows(self._db, _ADD_KEYS, waiting.keys)
            write_rows(self._db, _SET_HEADS, list(waiting.heads.values()))

    def _owned(self, entity: str, epoch: int) -> _Stored:
        stored = self._stored.get(entity)
        if stored is None:
            row = self._db.execute(
                "SELECT id, seq, epoch FROM heads WHERE entity = ?", (entity,)
            ).fetchone()
            if row is None:
                raise FencedError(entity, epoch, 0)
            stored = self._stored[entity] = _Stored(*row)
        if stored.epoch != epoch:
            raise FencedError(entity, epoch, stored.epoch)
        return stored

    def _last_position(self) -> int:
        return self._db.execute("SELECT coalesce(max(position), 0) FROM appends").fetchone()[0]

    def _add_keys(self, stored: _Stored, encoded: EncodedAppend, position: int) -> None:
        fresh: dict[tuple[int, str], int] = {}
        for name, nth in encoded.keys:
            key = (stored.id, name)
            taken = fresh.get(key) or self._find_key(key)
            if taken:
                raise DuplicateKeyError(encoded.write.entity, name, taken)
            fresh[key] = stored.seq + nth
        for (owner, name), seq in fresh.items():
            self._waiting.keys.append((position, name, owner, seq))
        self._taken.update(fresh)

    def _find_key(self, key: tuple[int, str]) -> int | None:
        if key in self._taken or key[1] in self._looked_up:
            return self._taken.get(key)
        row = self._db.execute(
            "SELECT seq FROM keys WHERE entity_id = ? AND key = ?", key
        ).fetchone()
        return row[0] if row else None

    def _add_events(self, stored: _Stored, encoded: EncodedAppend, position: int) -> None:
        write, data = encoded.write, encoded.data
        self._waiting.appends.append(
            (position, stored.id, stored.seq, write.ts, write.epoch, EVENT_VERSION, data.text)
        )
        if data.blobs:
            store_blobs(self._db, stored.id, Source.EVENTS, data.blobs)


def _head_values(encoded: EncodedAppend, entity_id: int) -> tuple[object, ...]:
    write, head = encoded.write, encoded.write.head
    return (
        write.expected_seq + len(write.drafts),
        write.ts,
        head.status,
        head.agent,
        head.tenant,
        "" if head.wake_at is None else head.wake_at,
        encoded.pending,
        entity_id,
    )
