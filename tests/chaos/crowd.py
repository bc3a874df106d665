"""A few sessions that talk at the same time, with tools, approvals and an outbox, until killed.

    python -m tests.chaos.crowd FOLDER MESSAGES

Run again in the same folder it goes on where it was: what was stored is not sent again.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from liteagent.agents import SESSION, Sessions
from liteagent.ids import entity_id
from liteagent.kernel import Outbox
from tests.chaos.nursery import tell_event
from tests.chaos.program import runtime_in, world_of
from tests.chaos.scenarios import AGENT, TOOLS
from tests.chaos.talk import Courier, begin, say
from tests.chaos.world import SENDERS

CROWD: dict[str, str] = {"anna": "plain", "ben": "idempotent", "cora": "reconcilable"}
"""Sessions, and the kind of sender that delivers the answers of each."""


def posts_of(session: str) -> str:
    """What the world calls the posts of a session's answers."""
    return f"post of {session}"


def lines(session: str, messages: int) -> Sequence[str]:
    """What is said in a session, the same in every life."""
    chance = random.Random(session)
    return [chance.choice(["hello", *(f"do {tool}" for tool in TOOLS)]) for _ in range(messages)]


async def live(folder: Path, messages: int) -> None:
    """One life: everything up to message number `messages` of each session."""
    async with runtime_in(folder, observers=[lambda _entity, _event: tell_event()]) as sessions:
        await asyncio.gather(*(_converse(sessions, folder, session, messages) for session in CROWD))


async def _converse(sessions: Sessions, folder: Path, session: str, messages: int) -> None:
    world = world_of(folder)
    await begin(sessions, session, AGENT.name)
    outbox = Outbox(sessions.runtime, session)
    sender = SENDERS[CROWD[session]](world, posts_of(session))
    async with Courier(outbox, sessions, session, sender):
        for number, text in enumerate(lines(session, messages)):
            key = f"{session}-{number}"
            if not await _is_answered(sessions, session, key):
                await say(sessions, world, session, key, text)


async def _is_answered(sessions: Sessions, session: str, key: str) -> bool:
    journal, entity = sessions.runtime.journal, entity_id(SESSION, session)
    found = await journal.locate(f"idem:{key}", entity=entity)
    if found is None:
        return False
    (received,) = await journal.read(entity, after=found[1] - 1, limit=1)
    return await journal.locate(f"ended:{received.data['turn_id']}", entity=entity) is not None


def main(folder: str, messages: str) -> None:
    asyncio.run(live(Path(folder), int(messages)))


if __name__ == "__main__":
    main(*sys.argv[1:])
