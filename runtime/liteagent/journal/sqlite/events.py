"""Reading events from the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from liteagent.events import Event
from liteagent.journal.codec import decode, references
from liteagent.journal.sqlite.blobs import load_blobs


def read_events(db: sqlite3.Connection, entity: str, after: int, limit: int) -> Sequence[Event]:
    """Events of `entity` with seq greater than `after`, oldest first, at most `limit`."""
    rows = db.execute(
        "SELECT seq, type, ts, data, events.epoch, v FROM events"
        " WHERE entity_id = (SELECT id FROM heads WHERE entity = ?) AND seq > ?"
        " ORDER BY seq LIMIT ?",
        (entity, after, limit),
    ).fetchall()
    blobs = load_blobs(db, {digest for row in rows for digest in references(row[3])})
    return [
        Event(seq=seq, type=name, ts=ts, data=decode(text, blobs), epoch=epoch, v=v)
        for seq, name, ts, text, epoch, v in rows
    ]


def locate_key(db: sqlite3.Connection, key: str, entity: str | None) -> tuple[str, int] | None:
    """`(entity, seq)` of the event that carries `key`: the first stored, or that of `entity`."""
    return db.execute(
        "SELECT entity, events.seq FROM keys JOIN events USING (position)"
        " JOIN heads ON heads.id = keys.entity_id"
        " WHERE key = ?1 AND (?2 IS NULL OR entity = ?2) ORDER BY position LIMIT 1",
        (key, entity),
    ).fetchone()
