"""Processes killed from outside, wherever they happen to be."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from liteagent.journal import open_sqlite
from tests.chaos.crowd import faults_of
from tests.chaos.nursery import Nursery
from tests.chaos.program import journal_of, world_of

ROUNDS = int(os.environ.get("LITEAGENT_CHAOS_ROUNDS", "5"))
KILLS_A_JOURNAL = 5
MESSAGES_A_LIFE = 8
MOST_EVENTS = 60
"""At which a life is killed: there are more in every one."""


def kill_often(nursery: Nursery, folder: Path, seed: int) -> int:
    """Lives that are killed after some number of events, then one that is not; returns how many
    messages were said in each session.
    """
    chance = random.Random(seed)
    killed = lives = 0
    while killed < KILLS_A_JOURNAL:
        lives += 1
        events = chance.randint(0, MOST_EVENTS)
        messages = str(lives * MESSAGES_A_LIFE)
        ended = nursery.run("crowd", str(folder), messages, kill_after=events)
        # on a busy machine a life may end before the signal arrives
        assert ended in (-signal.SIGKILL, os.EX_OK)
        killed += ended == -signal.SIGKILL
    assert nursery.run("crowd", str(folder), messages) == os.EX_OK
    return int(messages)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(-(-ROUNDS // KILLS_A_JOURNAL)))
async def test_whatever_is_killed_at_any_time_is_finished_by_the_next(
    tmp_path: Path, seed: int
) -> None:
    with Nursery() as nursery:
        messages = kill_often(nursery, tmp_path, seed)
    async with await open_sqlite(journal_of(tmp_path)) as journal:
        assert await faults_of(journal, world_of(tmp_path), messages) == []
