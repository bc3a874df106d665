"""Many people in many threads, over a bad line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from liteagent.chat.inbound import Said
from liteagent.journal import MemoryJournal, open_journal
from liteagent.testing.chat import LIMITS, FakeChat
from liteagent.testing.runtime import AgentRig
from tests.chat.intake.desk import Desk
from tests.fixtures.rigs import script

CONVERSATIONS, MESSAGES = 50, 10


def crowd(chat: FakeChat) -> list[Said]:
    """500 messages of 50 conversations, each conversation's in its order."""
    return [
        chat.says(f"{number}", conversation=f"T1:C{each % 7}:{each}", mentions_us=number == 0)
        for number in range(MESSAGES)
        for each in range(CONVERSATIONS)
    ]


def bad_line(messages: list[Said], chance: random.Random) -> list[Said]:
    """The same with neighbours changed over and a third of it sent twice, but the first message of
    each conversation before the others: a thread is bound by it.
    """
    first, rest = messages[:CONVERSATIONS], messages[CONVERSATIONS:]
    mixed: list[Said] = []
    for part in (first, rest):
        order = sorted(range(len(part)), key=lambda index: index + chance.uniform(0, 60))
        for index in order:
            mixed += [part[index]] * (1 + (chance.random() < 0.3))
    return mixed


async def complete(desk: Desk) -> bool:
    return len(await desk.inbox.page("", 0.0)) == 0 and desk.service.open_lanes == 0


async def check(desk: Desk) -> None:
    for each in range(CONVERSATIONS):
        heard = await desk.heard(f"T1:C{each % 7}:{each}")
        assert heard == [f"{number}" for number in range(MESSAGES)], each
    assert await desk.problems() == []


@pytest.mark.parametrize("seed", range(3))
async def test_of_500_messages_none_is_lost_or_doubled_and_all_keep_their_order(seed: int) -> None:
    chance = random.Random(seed)
    async with Desk() as desk:
        waiting = bad_line(crowd(desk.chat), chance)
        while waiting:
            count = chance.randrange(60, 120)
            await desk.receive(*waiting[:count], seconds=0.1)
            waiting = waiting[count:]
        await desk.until(lambda: complete(desk))
        await check(desk)


async def test_a_crowd_is_served_over_sqlite_too(tmp_path: Path) -> None:
    async with (
        await open_journal(f"sqlite:///{tmp_path}/journal.db") as journal,
        Desk(AgentRig(script(), journal=journal)) as desk,
    ):
        for item in bad_line(crowd(desk.chat), random.Random(0)):
            await desk.service.receive(item)
        await desk.until(lambda: complete(desk))
        await check(desk)


async def test_a_crowd_outlives_deaths_of_its_process() -> None:
    chance = random.Random(7)
    desk = Desk(AgentRig(script(), journal=MemoryJournal()))
    async with desk:
        for number, item in enumerate(bad_line(crowd(desk.chat), chance)):
            await desk.service.receive(item)
            if number % 100 == 99:
                await desk.rig.clock.advance(chance.uniform(0, 0.4))
                await desk.restart()
        await desk.until(lambda: complete(desk))
        await check(desk)
        assert desk.chat.limits == LIMITS
