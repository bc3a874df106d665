"""Reading events from the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from liteagent.events import Event
from liteagent.journal.codec import decode, references
from liteagent.journal.sqlite.blobs import load_blobs


def read_events(db: sqlite3.Connection, entity: str, after: int, limit: int) -> Sequence[Event]:
    """Events of `entity` with seq greater than `after`, oldest first, at most `limit`."""
    rows = db.execute(
        "SELECT last_seq, ts, appends.epoch, v, data FROM appends"
        " WHERE entity_id = (SELECT id FROM heads WHERE entity = ?) AND last_seq > ?"
        " ORDER BY last_seq LIMIT ?",
        (entity, after, limit),
    ).fetchall()
    events = (event for row in rows for event in _events(db, *row) if event.seq > after)
    return list(islice(events, limit))


def _events(
    db: sqlite3.Connection, last_seq: int, ts: float, epoch: int, v: int, text: str
) -> Iterator[Event]:
    pairs: list[tuple[str, Any]] = decode(text, load_blobs(db, references(text)))
    for seq, (name, data) in enumerate(pairs, last_seq - len(pairs) + 1):
        yield Event(seq=seq, type=name, ts=ts, data=data, epoch=epoch, v=v)


def locate_key(db: sqlite3.Connection, key: str, entity: str | None) -> tuple[str, int] | None:
    """`(entity, seq)` of the event that carries `key`: the first stored, or that of `entity`."""
    return db.execute(
        "SELECT entity, keys.seq FROM keys JOIN heads ON heads.id = keys.entity_id"
        " WHERE key = ?1 AND (?2 IS NULL OR entity = ?2) ORDER BY position LIMIT 1",
        (key, entity),
    ).fetchone()
