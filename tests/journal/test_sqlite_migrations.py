"""Journals of older versions: brought up to date when they are opened, with nothing lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from liteagent.errors import DuplicateKeyError, JournalUnavailableError
from liteagent.events import Draft, Event
from liteagent.journal import JOURNAL_VERSION, Append, Journal, encode, open_sqlite
from liteagent.journal.sqlite.schema import APPLICATION_ID, MIGRATIONS

TOLD = [
    ("session/a", 1, "message.accepted", {"text": 'née "Ω" \x00 \ud800', "$blob": "no marker"}),
    ("session/b", 1, "message.accepted", {"text": "other"}),
    ("session/a", 2, 'odd"type', {"deep": [{"n": 1.5}, None, True]}),
    ("session/a", 3, "model.responded", {"text": "long " * 20_000}),
]
KEYS = [(1, "idem:1", 1), (2, "idem:1", 2), (3, "turn:t", 1), (3, "approval:p", 1)]
"""Position of the event, key, and the entity's number."""


def of_version_1(path: Path) -> None:
    """Write such a file: two entities whose events came by turns, one with a long text."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.executemany(
            "INSERT INTO heads"
            " VALUES (?, ?, 'session', ?, 4, 'host', 1.0, 2.0, 'idle', 'a', '', ?, ?)",
            [(1, "session/a", 3, 9.5, '[{"id":"p"}]'), (2, "session/b", 1, None, None)],
        )
        for position, (entity, seq, name, data) in enumerate(TOLD, 1):
            of, stored = 1 if entity == "session/a" else 2, encode(data)
            db.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, 3, 1, ?)",
                (position, of, seq, name, position + 0.25, stored.text),
            )
            for digest, content in stored.blobs.items():
                db.execute("INSERT INTO blobs VALUES (1, ?, ?)", (bytes.fromhex(digest), content))
                db.execute("INSERT INTO blob_refs VALUES (?, 0, 1)", (of,))
        db.executemany("INSERT INTO keys VALUES (?, ?, ?)", KEYS)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")


def told(entity: str) -> list[Event]:
    return [
        Event(seq=seq, type=name, ts=position + 0.25, data=data, epoch=3)
        for position, (of, seq, name, data) in enumerate(TOLD, 1)
        if of == entity
    ]


async def append(journal: Journal, key: str) -> Event:
    row = await journal.claim("session/a", "host", 5.0)
    write = Append(
        entity="session/a",
        epoch=row.epoch,
        expected_seq=row.seq,
        ts=6.0,
        drafts=(Draft("on", {}, (key,)),),
        head=row.head,
    )
    await journal.append(write)
    return write.events()[0]


async def test_a_file_of_version_1_is_read_whole(tmp_path: Path) -> None:
    of_version_1(tmp_path / "journal.db")
    async with await open_sqlite(tmp_path / "journal.db") as journal:
        for entity in ("session/a", "session/b"):
            assert await journal.read(entity) == told(entity)
        assert await journal.read("session/a", after=1, limit=1) == told("session/a")[1:2]
        assert await journal.locate("idem:1") == ("session/a", 1)
        assert await journal.locate("idem:1", entity="session/b") == ("session/b", 1)
        assert await journal.locate("approval:p") == ("session/a", 2)
        head = await journal.head("session/a")
        assert head is not None
        assert (head.seq, head.epoch, head.head.wake_at) == (3, 4, 9.5)
        assert head.head.pending == ({"id": "p"},)


async def test_a_file_of_version_1_is_written_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    of_version_1(path)
    async with await open_sqlite(path) as journal:
        with pytest.raises(DuplicateKeyError, match="turn:t"):
            await append(journal, "turn:t")
        event = await append(journal, "turn:u")
    async with await open_sqlite(path) as journal:
        assert await journal.read("session/a") == [*told("session/a"), event]
        assert await journal.locate("turn:u") == ("session/a", 4)
        row = await journal.claim("session/a", "host", 7.0)
        await journal.delete("session/a", epoch=row.epoch)
        assert await journal.locate("turn:t") is None
        assert await journal.read("session/b") == told("session/b")
        assert (await journal.sizes())["blobs"] == 0


async def test_a_migration_that_breaks_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    of_version_1(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE keys_with_seq (in_the_way)")
    with pytest.raises(JournalUnavailableError, match="keys_with_seq already exists"):
        await open_sqlite(path)
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM events").fetchone() == (len(TOLD),)
        db.execute("DROP TABLE keys_with_seq")
    async with await open_sqlite(path) as journal:
        assert await journal.read("session/a") == told("session/a")


async def test_a_file_that_is_up_to_date_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await open_sqlite(path):
        pass
    before = path.read_bytes()
    async with await open_sqlite(path):
        pass
    assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (JOURNAL_VERSION,)
