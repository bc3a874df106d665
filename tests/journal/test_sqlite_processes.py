from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from liteagent.journal import open_sqlite

HERE = Path(__file__).parent


def start(script: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


async def test_processes_that_make_and_write_one_file_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "made" / "by" / "whoever" / "journal.db"
    children = [start("appender.py", path, f"p{n}", 5, 40) for n in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    async with await open_sqlite(path) as journal:
        for process in range(4):
            for entity in range(5):
                events = await journal.read(f"session/p{process}-{entity}")
                assert [event.seq for event in events] == list(range(1, 121))


async def test_processes_that_fight_for_one_entity_fence_each_other_off(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    children = [start("rival.py", path, name, 30) for name in ("a", "b")]
    assert [child.wait() for child in children] == [0, 0]
    async with await open_sqlite(path) as journal:
        events = await journal.read("session/contested")
    assert [event.seq for event in events] == list(range(1, 61))
    epochs = [event.epoch for event in events]
    assert epochs == sorted(set(epochs))
    for name in ("a", "b"):
        assert [e.data["n"] for e in events if e.data["by"] == name] == list(range(30))
