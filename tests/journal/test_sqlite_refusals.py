from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from liteagent.errors import (
    JournalCorruptError,
    JournalError,
    JournalUnavailableError,
    JournalVersionError,
)
from liteagent.events import Draft, Head
from liteagent.journal import JOURNAL_VERSION, Append, open_sqlite
from liteagent.journal.sqlite.schema import MIGRATIONS

NOBODY = 65534


async def fill(path: Path, *, entities: int = 3, events: int = 3) -> None:
    async with await open_sqlite(path) as journal:
        for n in range(entities):
            row = await journal.claim(f"session/{n}", "host", 1.0)
            drafts = [Draft("said", {"text": f"{n} " * 100}) for _ in range(events)]
            write = Append(
                entity=row.entity,
                epoch=row.epoch,
                expected_seq=0,
                ts=1.0,
                drafts=drafts,
                head=Head(),
            )
            await journal.append(write)


def digests(directory: Path) -> Mapping[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.iterdir()
        if not path.name.endswith("-shm")  # locks, no content
    }


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A directory of nobody's, acting as nobody when this is root, whom no permission stops."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        root = os.geteuid() == 0
        if root:
            os.chown(directory, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield directory
        finally:
            directory.chmod(0o755)
            if root:
                os.seteuid(0)


def test_every_version_has_its_migration() -> None:
    assert len(MIGRATIONS) == JOURNAL_VERSION


async def test_a_file_of_a_newer_version_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = digests(tmp_path)
    with pytest.raises(JournalVersionError) as caught:
        await open_sqlite(path)
    assert (caught.value.found, caught.value.known) == (99, JOURNAL_VERSION)
    assert str(path) in str(caught.value)
    assert digests(tmp_path) == before


async def test_a_newer_version_is_noticed_while_it_stands_in_the_log_only(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.mkdir()
    await fill(source / "journal.db")
    with closing(sqlite3.connect(source / "journal.db")) as db:
        db.execute("PRAGMA user_version = 99")
        shutil.copytree(source, copy)
    (copy / "journal.db-shm").unlink()
    before = digests(copy)
    assert set(before) == {"journal.db", "journal.db-wal"}
    with pytest.raises(JournalVersionError):
        await open_sqlite(copy / "journal.db")
    assert digests(copy) == before


async def test_a_process_that_was_overtaken_by_a_newer_one_writes_no_more(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await open_sqlite(path) as journal:
        await journal.claim("session/1", "host", 1.0)
        with closing(sqlite3.connect(path)) as db:
            db.execute(f"PRAGMA user_version = {JOURNAL_VERSION + 1}")
        with pytest.raises(JournalVersionError):
            await journal.claim("session/2", "host", 1.0)
        assert await journal.head("session/2") is None


async def test_the_database_of_another_program_is_refused_and_left_untouched(
    tmp_path: Path,
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE things (id)")
    before = digests(tmp_path)
    with pytest.raises(JournalCorruptError, match="another program"):
        await open_sqlite(path)
    assert digests(tmp_path) == before


async def test_a_file_that_is_no_database_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 1000)
    before = digests(tmp_path)
    with pytest.raises(JournalCorruptError, match=r"notes\.txt is not a journal"):
        await open_sqlite(path)
    assert digests(tmp_path) == before


async def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch()
    await fill(path)


async def test_a_directory_that_cannot_be_written_is_named_with_the_remedy() -> None:
    with unprivileged() as directory:
        directory.chmod(0o555)
        for path in (directory / "journal.db", directory / "deeper" / "journal.db"):
            with pytest.raises(JournalUnavailableError, match=str(path)):
                await open_sqlite(path)


async def test_a_file_that_cannot_be_written_is_named_with_the_remedy() -> None:
    with unprivileged() as directory:
        path = directory / "journal.db"
        await fill(path)
        path.chmod(0o444)
        async with await open_sqlite(path) as journal:
            assert len(await journal.read("session/1")) == 3
            with pytest.raises(JournalUnavailableError, match=f"{path} cannot be written"):
                await journal.claim("session/1", "host", 2.0)


async def test_a_directory_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailableError, match=str(tmp_path)):
        await open_sqlite(tmp_path)


async def test_damaged_pages_are_reported_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await fill(path, entities=50, events=50)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4)
        file.write(b"\xa5" * (path.stat().st_size // 2))
    errors: list[JournalError] = []
    async with await open_sqlite(path) as journal:
        for n in range(50):
            try:
                await journal.read(f"session/{n}")
            except JournalError as error:
                errors.append(error)
    assert {type(error) for error in errors} == {JournalCorruptError}
    assert all(str(path) in str(error) and ".recover" in str(error) for error in errors)


async def test_an_event_whose_text_is_damaged_is_reported_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await fill(path)
    for damage in ("'{\"text\":'", "CAST(x'7b22ff227d' AS TEXT)"):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(f"UPDATE appends SET data = {damage}")
        async with await open_sqlite(path) as journal:
            with pytest.raises(JournalCorruptError):
                await journal.read("session/1")


async def test_a_lost_blob_is_reported_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await fill(path)
    async with await open_sqlite(path) as journal:
        row = await journal.claim("session/9", "host", 1.0)
        write = Append(
            entity=row.entity,
            epoch=row.epoch,
            expected_seq=0,
            ts=1.0,
            drafts=[Draft("said", {"text": "x" * 100_000})],
            head=Head(),
        )
        await journal.append(write)
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DELETE FROM blobs")
        with pytest.raises(JournalCorruptError):
            await journal.read("session/9")
