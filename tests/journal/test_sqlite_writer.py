from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from liteagent.errors import JournalUnavailableError
from liteagent.events import Draft, Head
from liteagent.journal import Append, SqliteJournal, open_sqlite


async def live(journal: SqliteJournal, entity: str, appends: int, size: int = 10) -> None:
    row = await journal.claim(entity, "host", 1.0)
    for n in range(appends):
        write = Append(
            entity=entity,
            epoch=row.epoch,
            expected_seq=row.seq + n,
            ts=1.0,
            drafts=[Draft("said", {"text": "x" * size})],
            head=Head(),
        )
        await journal.append(write)


async def test_several_event_loops_share_one_journal(tmp_path: Path) -> None:
    async with await open_sqlite(tmp_path / "journal.db") as journal:

        async def several(name: str) -> None:
            await asyncio.gather(*(live(journal, f"session/{name}-{n}", 20) for n in range(5)))

        threads = [threading.Thread(target=asyncio.run, args=(several(str(t)),)) for t in range(3)]
        for thread in threads:
            thread.start()
        await several("main")
        for thread in threads:
            await asyncio.to_thread(thread.join)
        for name in ("0", "1", "2", "main"):
            for n in range(5):
                assert len(await journal.read(f"session/{name}-{n}")) == 20


async def test_a_loop_that_is_gone_does_not_disturb_the_others(tmp_path: Path) -> None:
    async with await open_sqlite(tmp_path / "journal.db") as journal:

        def leave_early() -> None:
            loop = asyncio.new_event_loop()
            task = loop.create_task(live(journal, "session/left", 5))
            loop.call_soon(task.cancel)
            loop.run_until_complete(asyncio.wait([task]))
            loop.close()

        await asyncio.to_thread(leave_early)
        await live(journal, "session/stays", 5)
        assert len(await journal.read("session/stays")) == 5
        assert await journal.read("session/left") == []


async def test_closing_finishes_what_was_accepted(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = await open_sqlite(path)
    claims = [asyncio.ensure_future(journal.claim(f"session/{n}", "host", 1.0)) for n in range(50)]
    await asyncio.sleep(0)
    await journal.close()
    assert [row.seq for row in await asyncio.gather(*claims)] == [0] * 50
    with pytest.raises(JournalUnavailableError, match="closed"):
        await journal.claim("session/late", "host", 1.0)
    async with await open_sqlite(path) as journal:
        assert await journal.head("session/49") is not None


async def test_closing_leaves_one_file(tmp_path: Path) -> None:
    async with await open_sqlite(tmp_path / "journal.db") as journal:
        await live(journal, "session/1", 3)
        await journal.read("session/1")
    assert [path.name for path in tmp_path.iterdir()] == ["journal.db"]


async def test_a_journal_that_is_dropped_open_warns_and_keeps_what_it_acknowledged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    journal = await open_sqlite(path)
    await live(journal, "session/1", 3)
    dropped = [journal]
    del journal
    with pytest.warns(ResourceWarning, match=str(path)):
        dropped.clear()
    async with await open_sqlite(path) as journal:
        assert len(await journal.read("session/1")) == 3


async def test_the_log_is_copied_over_while_the_journal_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await open_sqlite(path) as journal:
        await asyncio.gather(*(live(journal, f"session/{n}", 300, 1000) for n in range(50)))
        log = path.with_name("journal.db-wal").stat().st_size
        assert path.stat().st_size > 10_000_000
        assert log < 15_000_000
