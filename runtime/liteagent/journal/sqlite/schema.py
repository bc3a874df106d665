"""The tables of a journal's file, and how an older file becomes a current one."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from liteagent.errors import JournalCorruptError, JournalVersionError
from liteagent.folders import make_folder
from liteagent.journal.contract import JOURNAL_VERSION
from liteagent.journal.sqlite.connections import connect, make_durable

log = logging.getLogger(__name__)

APPLICATION_ID = 0x4C414A31
"""Stands in the file's header, so that somebody else's database is never taken for a journal."""

# Events and keys are in the order in which they were stored, whoever they belong to: a batch of
# many entities then fills a few pages at the end and does not touch some for each entity.
_FIRST = (
    """
    CREATE TABLE heads (
        id INTEGER PRIMARY KEY,
        entity TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        seq INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        owner TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        status TEXT NOT NULL,
        agent TEXT NOT NULL,
        tenant TEXT NOT NULL,
        wake_at REAL,
        pending TEXT
    )
    """,
    "CREATE INDEX heads_by_kind ON heads (kind, updated_at)",
    "CREATE INDEX heads_by_agent ON heads (agent, updated_at)",
    "CREATE INDEX heads_by_status ON heads (status, updated_at)",
    "CREATE INDEX heads_by_wake ON heads (wake_at) WHERE wake_at IS NOT NULL",
    "CREATE INDEX heads_pending ON heads (updated_at) WHERE pending IS NOT NULL",
    """
    CREATE TABLE events (
        position INTEGER PRIMARY KEY,
        entity_id INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        type TEXT NOT NULL,
        ts REAL NOT NULL,
        epoch INTEGER NOT NULL,
        v INTEGER NOT NULL,
        data TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX events_by_seq ON events (entity_id, seq)",
    """
    CREATE TABLE keys (
        position INTEGER NOT NULL,
        key TEXT NOT NULL,
        entity_id INTEGER NOT NULL,
        PRIMARY KEY (position, key)
    ) WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX keys_by_key ON keys (key, entity_id)",
    """
    CREATE TABLE snapshots (
        entity_id INTEGER PRIMARY KEY,
        seq INTEGER NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE blobs (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        content BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE blob_refs (
        entity_id INTEGER NOT NULL,
        source INTEGER NOT NULL,
        blob_id INTEGER NOT NULL,
        PRIMARY KEY (entity_id, source, blob_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX blob_refs_by_blob ON blob_refs (blob_id)",
    """
    CREATE TABLE records (
        collection TEXT NOT NULL,
        key TEXT NOT NULL,
        version INTEGER NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (collection, key)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE deletions (highest_epoch INTEGER NOT NULL)",
    "INSERT INTO deletions VALUES (0)",
)

# The events of one append share a row: a turn is four rows and not eleven, and the index by entity,
# in which each entity of a batch has a page of its own to change, stays that much smaller.
_SECOND = (
    """
    CREATE TABLE appends (
        position INTEGER PRIMARY KEY,
        entity_id INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        ts REAL NOT NULL,
        epoch INTEGER NOT NULL,
        v INTEGER NOT NULL,
        data TEXT NOT NULL
    )
    """,
    """
    INSERT INTO appends
    SELECT position, entity_id, seq, ts, epoch, v, '[[' || json_quote(type) || ',' || data || ']]'
    FROM events ORDER BY position
    """,
    "CREATE UNIQUE INDEX appends_by_seq ON appends (entity_id, last_seq)",
    """
    CREATE TABLE keys_with_seq (
        position INTEGER NOT NULL,
        key TEXT NOT NULL,
        entity_id INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (position, key)
    ) WITHOUT ROWID
    """,
    """
    INSERT INTO keys_with_seq
    SELECT position, key, keys.entity_id, seq FROM keys JOIN events USING (position)
    ORDER BY position, key
    """,
    "DROP TABLE keys",
    "DROP TABLE events",
    "ALTER TABLE keys_with_seq RENAME TO keys",
    "CREATE UNIQUE INDEX keys_by_key ON keys (key, entity_id)",
    # Every write moves an entity to the newest end of every index that follows `updated_at`. This
    # one has all that listings ask for, so none of them looks at a row that it does not show.
    "DROP INDEX heads_by_kind",
    "DROP INDEX heads_by_agent",
    "DROP INDEX heads_by_status",
    "CREATE INDEX heads_by_use ON heads (updated_at, kind, agent, status, tenant)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _SECOND)
"""The statements that bring a file from version n (the index here) to n + 1."""


def prepare(path: Path) -> sqlite3.Connection:
    """A durable connection to a file of the current version, made or migrated as needed.

    Raises `JournalVersionError` for a newer file and `JournalCorruptError` for somebody else's;
    neither is written to.
    """
    stored_version(path)
    make_folder(path.parent)
    _make_private(path)
    db = connect(path, "rwc")
    try:
        migrate(db, path)
        make_durable(db)
    except BaseException:
        db.close()
        raise
    return db


def stored_version(path: Path) -> int:
    """The version of a file that is left as it is, 0 where there is none; errors as `prepare`."""
    if not _size(path):
        return 0
    # Closing a connection that may write copies what is in the log into the file, and one that may
    # not leaves an empty log behind.
    log = path.with_name(f"{path.name}-wal")
    with closing(connect(path, "ro" if _size(log) else "rw")) as db:
        return version_of(db, path)


def _make_private(path: Path) -> None:
    """Make the file, unless it is there, so that only its owner may read it; SQLite gives what it
    puts beside it the same mode.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def version_of(db: sqlite3.Connection, path: Path) -> int:
    """The version of a journal's file, 0 for an empty one; errors as `prepare`."""
    # In one statement, so that all three are of one moment.
    version, application, tables = db.execute(
        "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_user_version, pragma_application_id"
    ).fetchone()
    if application != APPLICATION_ID:
        if version or tables:
            raise JournalCorruptError(
                f"{path} is the database of another program:"
                " point LITEAGENT_JOURNAL_URL at a file of its own."
            )
        return 0
    if version > JOURNAL_VERSION:
        raise JournalVersionError(str(path), version, JOURNAL_VERSION)
    return version


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Run the migrations that the file lacks, all of them or none."""
    version = version_of(db, path)
    if version == JOURNAL_VERSION:
        return
    if version:
        log.warning(
            "%s is brought from format %d to %d; a large one takes a minute. Older versions of"
            " LiteAgent will refuse it.",
            path,
            version,
            JOURNAL_VERSION,
        )
    db.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[version_of(db, path) :]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {JOURNAL_VERSION}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def require_current(db: sqlite3.Connection, path: Path) -> None:
    """Raises `JournalVersionError` when a newer process has migrated the file meanwhile."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != JOURNAL_VERSION:
        raise JournalVersionError(str(path), version, JOURNAL_VERSION)
