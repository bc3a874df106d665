"""A turn stores as much in a long conversation as in a short one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest_asyncio

from liteagent import tool
from liteagent.agents import AgentSpec, Sessions
from liteagent.events import Event
from liteagent.journal import MemoryJournal
from liteagent.principal import LOCAL
from liteagent.testing import ScriptedModel, call, calls
from tests.benchmarks.setting import sessions_over

FEW, MANY = 5, 500


class CountingJournal(MemoryJournal):
    """Counts the events that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.events_read = 0

    async def read(self, entity: str, *, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        events = await super().read(entity, after=after, limit=limit)
        self.events_read += len(events)
        return events

    async def stored(self) -> int:
        """Bytes of everything."""
        return sum((await self.sizes()).values())


@tool(effect="pure")
async def look(name: str) -> str:
    """Look something up."""
    return f"looked {name}"


@asynccontextmanager
async def opened(journal: MemoryJournal) -> AsyncIterator[Sessions]:
    model = ScriptedModel({"see": calls(call("look", name="web")), "looked web": "seen"})
    spec = AgentSpec(name="a", model=("scripted/m",), tools=("look",))
    async with sessions_over(journal, spec, model, [look]) as sessions:
        yield sessions


async def talk(sessions: Sessions, turns: int) -> None:
    for _ in range(turns):
        async for _ in sessions.converse("talk", "see", principal=LOCAL, create_with="a"):
            pass


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def figures() -> tuple[float, float, CountingJournal]:
    """Bytes a turn after few and after many turns, and the journal."""
    journal = CountingJournal()
    async with opened(journal) as sessions:
        await talk(sessions, FEW)
        few = await journal.stored() / FEW
        await talk(sessions, MANY - FEW)
    return few, await journal.stored() / MANY, journal


async def test_a_turn_stores_no_more_after_five_hundred_of_them_snapshots_included(
    figures: tuple[float, float, CountingJournal],
) -> None:
    few, many, journal = figures
    assert (await journal.sizes())["snapshots"] > 0
    assert many <= 1.2 * few


async def test_a_long_conversation_is_taken_up_from_its_snapshot(
    figures: tuple[float, float, CountingJournal],
) -> None:
    _, _, journal = figures
    journal.events_read = 0
    async with opened(journal) as sessions:
        await talk(sessions, 1)
    head = await journal.head("session/talk")
    assert head is not None
    assert journal.events_read < head.seq / 4
