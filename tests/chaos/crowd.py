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
from liteagent.journal import Journal
from liteagent.kernel import Outbox
from tests.chaos.cells import outcomes_of
from tests.chaos.checks import Conversation, post_faults
from tests.chaos.nursery import tell_event
from tests.chaos.program import runtime_in, world_of
from tests.chaos.scenarios import AGENT, TOOLS
from tests.chaos.talk import Courier, begin, say
from tests.chaos.world import SENDERS, World

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
        await talk_all(sessions, world_of(folder), messages)


async def talk_all(sessions: Sessions, world: World, messages: int) -> None:
    """Everybody at the same time, up to the last answer and its post."""
    await asyncio.gather(*(_talk(sessions, world, session, messages) for session in CROWD))


async def _talk(sessions: Sessions, world: World, session: str, messages: int) -> None:
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


async def faults_of(journal: Journal, world: World, messages: int) -> list[str]:
    """Everything that is wrong after so many messages in each session."""
    faults: list[str] = []
    for session, kind in CROWD.items():
        conversation = await Conversation.read(journal, world, session)
        outcomes = await outcomes_of(journal, conversation, session)
        faults += conversation.faults(messages)
        faults += post_faults(world.keys(posts_of(session)), kind, outcomes)
    return faults


def main(folder: str, messages: str) -> None:
    asyncio.run(live(Path(folder), int(messages)))


if __name__ == "__main__":
    main(*sys.argv[1:])
