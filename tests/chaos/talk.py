"""A client and a person: they send each message until it is answered, and decide what is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress

from liteagent.agents import SESSION, ApprovalInbox, Sessions
from liteagent.approvals import ApprovalTakenError
from liteagent.errors import ConflictError
from liteagent.events import Event
from liteagent.ids import entity_id
from liteagent.kernel import Outbox, Sender
from liteagent.testing.people import person
from liteagent.tools import ToolContext
from tests.chaos.world import World

ANN, BOB = person("ann"), person("bob")


async def talk(sessions: Sessions, world: World, session: str, says: Sequence[str]) -> None:
    """Say everything, under keys that are the same in every life, up to the last answer."""
    for number, text in enumerate(says):
        await say(sessions, world, session, f"m{number}", text)


async def begin(sessions: Sessions, session: str, agent: str) -> None:
    """Make the session unless it is there."""
    with suppress(ConflictError):
        await sessions.create(agent, principal=ANN, session_id=session)


async def say(sessions: Sessions, world: World, session: str, key: str, text: str) -> None:
    """Say one thing, and see to it that its turn gets to the end."""
    stream = sessions.converse(session, text, principal=ANN, key=key)
    async with aclosing(stream) as frames:
        async for frame in frames:
            if isinstance(frame, Event) and frame.type == "approval.requested":
                await decide(ApprovalInbox(sessions.runtime), world, session, frame)


async def decide(inbox: ApprovalInbox, world: World, session: str, asked: Event) -> None:
    """Allow what is asked; of an unknown outcome, look at the world and say what happened."""
    data = asked.data
    about: dict[str, str] = {}
    decision = "approve"
    if data["kind"] == "unknown_outcome" and key_of(session, data["call_id"]) in world.keys(
        data["tool"]
    ):
        decision, about = "respond", {"content": f"It had happened: did {data['tool']}."}
    with suppress(ApprovalTakenError):
        await inbox.decide(data["approval_id"], decision, principal=BOB, **about)


def key_of(session: str, call_id: str) -> str:
    """The key under which a call of a tool acts."""
    return ToolContext(
        session_id=session, turn_id="", call_id=call_id, principal=ANN
    ).idempotency_key


class Courier:
    """Delivers a session's answers while this lasts; leaves when all there are are delivered."""

    def __init__(self, outbox: Outbox, sessions: Sessions, session: str, sender: Sender) -> None:
        self._outbox, self._sessions, self._session = outbox, sessions, session
        self._entity, self._sender = entity_id(SESSION, session), sender
        self._ended = asyncio.Event()

    async def __aenter__(self) -> None:
        self._work = asyncio.ensure_future(self._deliver())
        self._work.add_done_callback(lambda _: self._ended.set())

    async def __aexit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            await self._all_delivered()
        self._work.cancel()
        await asyncio.gather(self._work, return_exceptions=True)

    async def _deliver(self) -> None:
        async with aclosing(self._outbox.follow(self._entity, self._sender)) as deliveries:
            async for _ in deliveries:
                self._ended.set()

    async def _all_delivered(self) -> None:
        events = self._sessions.events(self._session)
        answers = [event.seq async for event in events if event.type == "message.sent"]
        for seq in answers:
            while await self._outbox.posted(self._entity, seq) is None:
                if self._work.done():
                    self._work.result()
                await self._ended.wait()
                self._ended.clear()
