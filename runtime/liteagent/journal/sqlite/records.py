"""Records in the file: small documents beside the events."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from liteagent.errors import ConflictError
from liteagent.journal.codec import load
from liteagent.journal.contract import Record


def put_record(
    db: sqlite3.Connection, collection: str, key: str, text: str, expected: int | None
) -> int:
    """Store `text` and return its version. Raises `ConflictError` when it was not at `expected`."""
    row = db.execute(
        "SELECT version FROM records WHERE collection = ? AND key = ?", (collection, key)
    ).fetchone()
    version: int = row[0] if row else 0
    if expected is not None and expected != version:
        raise ConflictError(f"{collection}/{key} is at version {version}, not {expected}.")
    db.execute(
        "INSERT OR REPLACE INTO records (collection, key, version, value) VALUES (?, ?, ?, ?)",
        (collection, key, version + 1, text),
    )
    return version + 1


def delete_record(db: sqlite3.Connection, collection: str, key: str) -> bool:
    """Whether there was one."""
    found = db.execute("DELETE FROM records WHERE collection = ? AND key = ?", (collection, key))
    return found.rowcount > 0


def get_record(db: sqlite3.Connection, collection: str, key: str) -> Record | None:
    """The record, or None."""
    row = db.execute(
        "SELECT version, value FROM records WHERE collection = ? AND key = ?", (collection, key)
    ).fetchone()
    if row is None:
        return None
    return Record(collection=collection, key=key, version=row[0], value=load(row[1]))


def list_records(
    db: sqlite3.Connection, collection: str, after: str, limit: int
) -> Sequence[Record]:
    """Records with key greater than `after`, in key order, at most `limit`."""
    rows = db.execute(
        "SELECT key, version, value FROM records WHERE collection = ? AND key > ?"
        " ORDER BY key LIMIT ?",
        (collection, after, limit),
    ).fetchall()
    return [
        Record(collection=collection, key=key, version=version, value=load(text))
        for key, version, text in rows
    ]
