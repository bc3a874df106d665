"""Journals of older versions: brought up to date when they are opened, with nothing lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.old_journal import TOLD, of_version_1, told

from liteagent.errors import DuplicateKeyError, JournalUnavailableError
from liteagent.events import Draft, Event
from liteagent.journal import JOURNAL_VERSION, Append, Journal, open_sqlite


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
