"""What is journaled is read by whoever runs LiteAgent, and nobody else on the machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from liteagent.journal import open_sqlite


@pytest.fixture(autouse=True)
def lenient() -> Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_only_its_owner_may_read_a_journal_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "of mine" / "journal.db"
    async with await open_sqlite(path) as journal:
        await journal.claim("session/1", "host", 1.0)
        await journal.head("session/1")
        files = {each.name: mode(each) for each in path.parent.iterdir()}
    assert files == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert {mode(path.parent), mode(path.parent.parent)} == {0o700}


async def test_what_a_person_has_opened_to_others_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await open_sqlite(path):
        pass
    path.chmod(0o640)
    async with await open_sqlite(path) as journal:
        await journal.claim("session/1", "host", 1.0)
        assert mode(path) == 0o640
