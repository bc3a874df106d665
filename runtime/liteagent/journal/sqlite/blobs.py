"""Blobs in the file: stored once, and kept as long as an entity refers to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from enum import IntEnum


class Source(IntEnum):
    """What of an entity refers to a blob; the numbers are stored."""

    EVENTS = 0
    SNAPSHOT = 1


def store_blobs(
    db: sqlite3.Connection, entity_id: int, source: Source, blobs: Mapping[str, bytes]
) -> None:
    """Store these blobs, by digest, unless they are there; the entity refers to them from now."""
    for digest, content in blobs.items():
        key = bytes.fromhex(digest)
        db.execute(
            "INSERT INTO blobs (digest, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (key, content),
        )
        db.execute(
            "INSERT OR IGNORE INTO blob_refs (entity_id, source, blob_id)"
            " SELECT ?, ?, id FROM blobs WHERE digest = ?",
            (entity_id, int(source), key),
        )


def drop_references(db: sqlite3.Connection, entity_id: int, *sources: Source) -> None:
    """The entity refers to nothing any more from these sources; blobs left alone are removed."""
    for source in sources:
        mine = (entity_id, int(source))
        found = db.execute(
            "SELECT blob_id FROM blob_refs WHERE entity_id = ? AND source = ?", mine
        ).fetchall()
        db.execute("DELETE FROM blob_refs WHERE entity_id = ? AND source = ?", mine)
        db.executemany(
            "DELETE FROM blobs WHERE id = ?1"
            " AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE blob_id = ?1)",
            found,
        )


def load_blobs(db: sqlite3.Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """The contents, by digest, of those that are there."""
    found: dict[str, bytes] = {}
    for digest in digests:
        row = db.execute(
            "SELECT content FROM blobs WHERE digest = ?", (bytes.fromhex(digest),)
        ).fetchone()
        if row is not None:
            found[digest] = row[0]
    return found
