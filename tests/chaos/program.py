"""The process that is killed: an in-process runtime over SQLite, and a client that talks to it.

    LITEAGENT_CRASH_AT=tool.after-effect python -m tests.chaos.program FOLDER SCENARIO

The same command without the variable, in the same folder, brings the conversation to its end.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from liteagent.agents import Sessions
from liteagent.journal import NO_CRASH, CrashPoints, from_environment, open_sqlite
from liteagent.kernel import Outbox
from liteagent.kernel.surroundings import Observer
from tests.benchmarks.setting import sessions_over
from tests.chaos.scenarios import AGENT, SCENARIOS, Model, Scenario, make_tools
from tests.chaos.talk import Courier, begin, talk
from tests.chaos.world import SENDERS, World

SESSION_ID = "conversation"
DESTINATION = "chat"


def journal_of(folder: Path) -> Path:
    return folder / "journal.db"


def world_of(folder: Path) -> World:
    return World(folder / "world.jsonl")


@asynccontextmanager
async def runtime_in(
    folder: Path, *, crash: CrashPoints = NO_CRASH, observers: Sequence[Observer] = ()
) -> AsyncIterator[Sessions]:
    """Sessions of the agent over the journal of this folder."""
    world = world_of(folder)
    async with (
        await open_sqlite(journal_of(folder)) as journal,
        sessions_over(
            journal, AGENT, Model(world), make_tools(world), crash=crash, observers=observers
        ) as sessions,
    ):
        yield sessions


async def live(folder: Path, scenario: Scenario, crash: CrashPoints) -> None:
    """One life: as much of the conversation as there is still to come."""
    world = world_of(folder)
    async with runtime_in(folder, crash=crash) as sessions, AsyncExitStack() as stack:
        await begin(sessions, SESSION_ID, AGENT.name)
        if scenario.sender is not None:
            outbox = Outbox(sessions.runtime, DESTINATION, crash=crash)
            sender = SENDERS[scenario.sender](world)
            await stack.enter_async_context(Courier(outbox, sessions, SESSION_ID, sender))
        await talk(sessions, world, SESSION_ID, scenario.says)


def main(folder: str, scenario: str) -> None:
    asyncio.run(live(Path(folder), SCENARIOS[scenario], from_environment(os.environ)))


if __name__ == "__main__":
    main(*sys.argv[1:])
