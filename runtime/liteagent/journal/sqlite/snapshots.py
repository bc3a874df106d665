"""Snapshots in the file: one for each entity."""

from __future__ import annotations

import sqlite3

from liteagent.journal.codec import Encoded, decode, references
from liteagent.journal.contract import Snapshot
from liteagent.journal.sqlite.blobs import Source, drop_references, load_blobs, store_blobs


def save_snapshot(db: sqlite3.Connection, snapshot: Snapshot, state: Encoded) -> None:
    """Keep `snapshot`, whose encoded state is `state`, unless it is older than the stored one."""
    row = db.execute(
        "SELECT id, coalesce(snapshots.seq, 0) FROM heads"
        " LEFT JOIN snapshots ON entity_id = id WHERE entity = ?",
        (snapshot.entity,),
    ).fetchone()
    if row is None or row[1] > snapshot.seq:
        return
    entity_id: int = row[0]
    db.execute(
        "INSERT OR REPLACE INTO snapshots (entity_id, seq, version, state) VALUES (?, ?, ?, ?)",
        (entity_id, snapshot.seq, snapshot.version, state.text),
    )
    drop_references(db, entity_id, Source.SNAPSHOT)
    store_blobs(db, entity_id, Source.SNAPSHOT, state.blobs)


def load_snapshot(db: sqlite3.Connection, entity: str) -> Snapshot | None:
    """The snapshot of `entity`, or None."""
    row = db.execute(
        "SELECT seq, version, state FROM snapshots"
        " WHERE entity_id = (SELECT id FROM heads WHERE entity = ?)",
        (entity,),
    ).fetchone()
    if row is None:
        return None
    seq, version, text = row
    state = decode(text, load_blobs(db, references(text)))
    return Snapshot(entity=entity, seq=seq, version=version, state=state)
