from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liteagent.journal import Journal, MemoryJournal, open_sqlite
from liteagent.testing.journal_suite import JournalContract


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    async def journal(self) -> AsyncIterator[Journal]:
        async with MemoryJournal() as journal:
            yield journal


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    async def journal(self, tmp_path: Path) -> AsyncIterator[Journal]:
        async with await open_sqlite(tmp_path / "journal.db") as journal:
            yield journal
