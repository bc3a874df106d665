from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from appender import EVENTS_AN_APPEND, text_of

from liteagent.journal import Journal, open_sqlite

APPENDER = Path(__file__).with_name("appender.py")
ROUNDS = int(os.environ.get("LITEAGENT_CHAOS_ROUNDS", "12"))
ENTITIES = 8


def run_and_kill(path: Path, after_lines: int) -> dict[str, int]:
    """Let a process append until it has acknowledged so much, then kill it: the last seq of each
    entity that it acknowledged."""
    child = subprocess.Popen(
        [sys.executable, str(APPENDER), str(path), "s", str(ENTITIES)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with child, child.stdout:
        lines = [child.stdout.readline() for _ in range(after_lines)]
        child.kill()
        lines += child.stdout.readlines()
    acknowledged: dict[str, int] = {}
    for line in lines:
        entity, seq = line.split()
        acknowledged[entity] = int(seq)
    return acknowledged


async def check(journal: Journal, acknowledged: Mapping[str, int]) -> None:
    for entity, seq in acknowledged.items():
        head = await journal.head(entity)
        assert head is not None
        assert head.seq >= seq
        assert head.seq % EVENTS_AN_APPEND == 0
        assert head.head.agent == str(head.seq)
        events = await journal.read(entity, limit=head.seq + 10)
        assert [event.seq for event in events] == list(range(1, head.seq + 1))
        assert all(event.data == {"text": text_of(entity, event.seq)} for event in events)
        assert await journal.locate(f"said:{seq}", entity=entity) == (entity, seq)


@pytest.mark.chaos
async def test_what_was_acknowledged_survives_sigkill_and_the_log_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    chance = random.Random(20)
    acknowledged: dict[str, int] = {}
    for _ in range(ROUNDS):
        acknowledged |= run_and_kill(path, chance.randint(1, 400))
        async with await open_sqlite(path) as journal:
            await check(journal, acknowledged)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        orphans = (
            "SELECT count(*) FROM blobs WHERE id NOT IN (SELECT blob_id FROM blob_refs)",
            "SELECT count(*) FROM appends WHERE entity_id NOT IN (SELECT id FROM heads)",
            "SELECT count(*) FROM keys WHERE position NOT IN (SELECT position FROM appends)",
        )
        assert [db.execute(query).fetchone()[0] for query in orphans] == [0, 0, 0]


@pytest.mark.chaos
async def test_a_process_that_is_killed_while_others_write_does_not_stop_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    other = subprocess.Popen(
        [sys.executable, str(APPENDER), str(path), "other", "4", "200"],
        stdout=subprocess.PIPE,
        text=True,
    )
    acknowledged = run_and_kill(path, 100)
    acknowledged |= run_and_kill(path, 100)
    output, _ = other.communicate()
    assert other.returncode == 0
    for line in output.splitlines():
        entity, seq = line.split()
        acknowledged[entity] = int(seq)
    async with await open_sqlite(path) as journal:
        await check(journal, acknowledged)
