"""Connections to a journal's file, set up alike."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Literal

BUSY_SECONDS = 30.0
"""How long a connection waits for another process to let go of the file."""

_POLL_SECONDS = 0.001
"""Between two tries to lock the file; SQLite's own waiting goes up to 100 ms, and a process that
writes all the time hardly leaves it a gap.
"""

_LOG_BYTES_KEPT = 64 * 1024 * 1024
"""A write-ahead log that grew beyond this is cut back once it has been copied."""


def connect(path: Path, mode: Literal["ro", "rw", "rwc"]) -> sqlite3.Connection:
    """A connection that begins no transaction by itself and that any thread may use."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def make_durable(db: sqlite3.Connection) -> None:
    """From here on a commit returns when the write-ahead log is on stable storage.

    Transactions begin with `execute_locking`, for SQLite does not wait for locks any more.
    """
    execute_locking(db, "PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA fullfsync = ON")
    db.execute("PRAGMA checkpoint_fullfsync = ON")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES_KEPT}")
    db.execute("PRAGMA busy_timeout = 0")


def execute_locking(db: sqlite3.Connection, statement: str) -> None:
    """Execute a statement that locks the file, as soon as no other process has locked it.

    Raises SQLite's own error when the file stays locked for `BUSY_SECONDS`.
    """
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute(statement)
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up_at:
                raise
        time.sleep(_POLL_SECONDS)
