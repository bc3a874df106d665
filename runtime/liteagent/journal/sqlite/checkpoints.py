"""Copying the write-ahead log into the database, now and then."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from liteagent.journal.sqlite.connections import connect, execute_locking

ROWS_BETWEEN = 5000
"""Changed rows from one checkpoint to the next; the log stays at some 20 MB."""


class Checkpoints:
    """The checkpoints of the journal at `path`, whose writing connection is `db`.

    They run while `db` holds the write lock, so that no process can begin the log anew meanwhile:
    SQLite before 3.51.3 may damage a database when that happens. Holding the lock on one
    connection and copying on another, the checkpoint waits for no reader.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = db, path
        self._copier: sqlite3.Connection | None = None
        self._due_at = db.total_changes + 1
        """The first write makes one: whoever wrote the log before may have been killed."""

    def after_commit(self) -> None:
        """Make a checkpoint if one is due. When it fails the log keeps all, until the next one."""
        if self._db.total_changes >= self._due_at:
            self._due_at = self._db.total_changes + ROWS_BETWEEN
            with suppress(sqlite3.Error):
                copier = self._copier = self._copier or self._connect()
                execute_locking(self._db, "BEGIN IMMEDIATE")
                try:
                    copier.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                finally:
                    self._db.execute("ROLLBACK")

    def close(self) -> None:
        if self._copier:
            self._copier.close()

    def _connect(self) -> sqlite3.Connection:
        copier = connect(self._path, "rwc")
        copier.execute("PRAGMA checkpoint_fullfsync = ON")
        return copier
