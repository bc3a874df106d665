from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liteagent.errors import JournalUnavailableError
from liteagent.events import Draft, Head
from liteagent.journal import Append, HeadRow, Journal, open_sqlite


def write_of(row: HeadRow, seq: int, text: str) -> Append:
    return Append(
        entity=row.entity,
        epoch=row.epoch,
        expected_seq=seq,
        ts=1.0,
        drafts=[Draft("said", {"text": text})],
        head=Head(),
    )


async def append_until_refused(journal: Journal, row: HeadRow) -> int:
    """The last seq that was acknowledged."""
    seq = row.seq
    try:
        while True:
            await journal.append(write_of(row, seq, f"{seq} " * 5000))
            seq += 1
    except JournalUnavailableError:
        return seq


@contextmanager
def small_disk(directory: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(directory)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only who may mount can make a disk that is full")
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_stored(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path, ballast = disk / "journal.db", disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        async with await open_sqlite(path) as journal:
            row = await journal.claim("session/1", "host", 1.0)
            seq = await append_until_refused(journal, row)
            with pytest.raises(JournalUnavailableError, match=f"The disk of {path} is full"):
                await journal.append(write_of(row, seq, f"{seq} " * 5000))
            assert [e.seq for e in await journal.read("session/1")] == list(range(1, seq + 1))
            ballast.unlink()
            await journal.append(write_of(row, seq, "there is space again"))
        async with await open_sqlite(path) as journal:
            events = await journal.read("session/1")
            assert [event.seq for event in events] == list(range(1, seq + 2))


async def test_when_files_may_not_grow_the_journal_says_so_and_works_again_afterwards(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    async with await open_sqlite(path) as journal:
        row = await journal.claim("session/1", "host", 1.0)
        with files_at_most(1_000_000):
            seq = await append_until_refused(journal, row)
        await journal.append(write_of(row, seq, "there is space again"))
    async with await open_sqlite(path) as journal:
        events = await journal.read("session/1")
        assert [event.seq for event in events] == list(range(1, seq + 2))


async def test_an_append_that_is_too_big_for_the_disk_does_not_fail_those_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    async with await open_sqlite(path) as journal:
        rows = [await journal.claim(f"session/{n}", "host", 1.0) for n in range(10)]
        sizes = [10_000_000 if n == 5 else 100 for n in range(10)]
        with files_at_most(2_000_000):
            outcomes = await asyncio.gather(
                *(
                    journal.append(write_of(row, 0, "x" * size))
                    for row, size in zip(rows, sizes, strict=True)
                ),
                return_exceptions=True,
            )
        assert [isinstance(outcome, JournalUnavailableError) for outcome in outcomes] == [
            n == 5 for n in range(10)
        ]
        assert [len(await journal.read(row.entity)) for row in rows] == [
            0 if n == 5 else 1 for n in range(10)
        ]
