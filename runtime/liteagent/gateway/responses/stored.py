"""Responses found again in the journal, which is the only place where they are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import aclosing
from dataclasses import dataclass

from liteagent.agents.turn_watch import TurnWatch
from liteagent.errors import SessionNotFoundError
from liteagent.events import Event
from liteagent.gateway.access import visible_session
from liteagent.gateway.context import Gateway
from liteagent.gateway.http.errors import ResponseNotFoundError
from liteagent.gateway.responses.ids import ResponseId
from liteagent.gateway.responses.stream import ResponseStream
from liteagent.gateway.turns.run import Frames
from liteagent.principal import Principal

MADE_WITH_ITS_SESSION = 2
"""The seq of a message that came right behind `session.created`, in one write with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where a response is: a turn of a session, from the event of its message on."""

    id: ResponseId
    session_id: str
    agent: str
    opened_at: int
    """The seq of the turn's message."""

    def stream(self) -> ResponseStream:
        """Its events, to be fed the frames of `frames` or `events`."""
        return ResponseStream(self.id, model=self.agent, conversation=self.session_id, echo={})

    def frames(self, gateway: Gateway) -> Frames:
        return gateway.sessions.watch(self.session_id, self.opened_at - 1)

    def events(self, gateway: Gateway) -> AsyncIterator[Event]:
        return gateway.sessions.events(self.session_id, after=self.opened_at - 1)


async def find(
    gateway: Gateway, text: str, principal: Principal, *, field: str | None = None
) -> Stored:
    """The response with this id. Raises `ResponseNotFoundError`."""
    missing = ResponseNotFoundError(text, field=field)
    response_id = ResponseId.parse(text)
    if response_id is None:
        raise missing
    found = await find_turn(gateway, response_id, principal)
    if found is None or not await _pauses_there(gateway, found):
        raise missing
    return found


async def find_turn(
    gateway: Gateway, response_id: ResponseId, principal: Principal
) -> Stored | None:
    """Where the turn is, if there is one for this caller."""
    place = await gateway.sessions.find_turn(response_id.turn_id)
    if place is None:
        return None
    session_id, opened_at = place
    try:
        session = await visible_session(gateway, session_id, principal)
    except SessionNotFoundError:
        return None
    return Stored(
        id=response_id, session_id=session_id, agent=session["agent"], opened_at=opened_at
    )


async def _pauses_there(gateway: Gateway, stored: Stored) -> bool:
    if stored.id.paused_at is None:
        return True
    watch = TurnWatch(stored.id.turn_id)
    async for event in stored.events(gateway):
        watch.feed(event)
        if event.seq >= stored.id.paused_at:
            return watch.pausing
    return False


async def is_whole_session(gateway: Gateway, stored: Stored) -> bool:
    """Whether the response is all that its session holds: its request made it, nothing came after,
    and the turn is not told in several responses.
    """
    if stored.opened_at != MADE_WITH_ITS_SESSION:
        return False
    watch = TurnWatch(stored.id.turn_id)
    async for event in stored.events(gateway):
        came_after = not watch.feed(event) and event.type == "message.received"
        if came_after or watch.pausing:
            return False
    return True


async def pause_before(
    gateway: Gateway, stored: Stored, approval_ids: Collection[str]
) -> int | None:
    """Where the turn had paused when these approvals were last decided; None if it had not."""
    watch, pause, found = TurnWatch(stored.id.turn_id), None, None
    async for event in stored.events(gateway):
        watch.feed(event)
        if event.type == "approval.decided" and event.data["approval_id"] in approval_ids:
            found = pause
        if watch.pausing:
            pause = event.seq
    return found


async def replayed(gateway: Gateway, stored: Stored) -> ResponseStream:
    """The response as far as the journal has it now."""
    return await fed(gateway, stored, stored.stream())


async def fed(gateway: Gateway, stored: Stored, stream: ResponseStream) -> ResponseStream:
    """`stream`, fed with what the journal has now."""
    async for event in stored.events(gateway):
        stream.feed(event)
        if stream.done:
            break
    return stream


async def followed(stream: ResponseStream, frames: Frames) -> ResponseStream:
    """The response when it is done, or when the frames end."""
    async with aclosing(frames):
        async for frame in frames:
            stream.feed(frame)
            if stream.done:
                break
    return stream
