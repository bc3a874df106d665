"""`GET /api/sessions/{id}/events`: a session's journal, and what comes next, as it happens."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from liteagent.events import Event
from liteagent.gateway.access import Chatter, visible_session
from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.event_stream import EventStream, sse
from liteagent.gateway.native.waiting import TurnWait
from liteagent.kernel import Frame, Reply

router = APIRouter()

MAX_SEQ = 2**53 - 1
"""The greatest number that every client of JSON and every journal keeps as it is."""
_DIGITS = len(str(MAX_SEQ)) - 1


@router.get("/api/sessions/{session_id}/events")
async def session_events(
    request: Request,
    session_id: str,
    gateway: TheGateway,
    principal: Chatter,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    wait: str = "",
) -> Response:
    """Without end; with `wait=turn` up to the end of the turn that runs or was sent last.

    `Last-Event-ID` goes before `after`: it is what a client that reconnects adds by itself.
    """
    session = await visible_session(gateway, session_id, principal)
    last = request.headers.get("last-event-id", "")
    if last.isdecimal() and len(last) <= _DIGITS:
        after = int(last)
    if wait not in ("", "turn"):
        raise InvalidRequestError("wait: `turn`, or leave it out.", field="wait")
    until = TurnWait(after=after, known=session["seq"]) if wait else None
    frames = gateway.sessions.watch(session_id, max(0, after - 1) if until else after)
    return EventStream(
        _pieces(frames, after, until), clock=gateway.clock, heartbeat=gateway.settings.heartbeat
    )


async def _pieces(
    frames: AsyncGenerator[Frame, None], after: int, until: TurnWait | None
) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        async for frame in frames:
            if not isinstance(frame, Event) or frame.seq > after:
                yield _piece(frame)
            if until is not None and until.is_over(frame):
                return


def _piece(frame: Frame) -> bytes:
    if isinstance(frame, Reply):
        return b""
    data = frame.to_json()
    if isinstance(frame, Event):
        return sse(data, event=frame.type, event_id=frame.seq)
    return sse(data, event=data["type"])
