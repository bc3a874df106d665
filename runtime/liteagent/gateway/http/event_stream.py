"""Server-sent events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from liteagent.clock import Clock
from liteagent.errors import LiteAgentException
from liteagent.gateway.http.heartbeat import with_heartbeats
from liteagent.gateway.http.problem import Problem, problem_of
from liteagent.gateway.http.render import to_json

log = logging.getLogger(__name__)

PING = b": ping\n\n"
DONE = b"data: [DONE]\n\n"


def sse(data: Any, *, event: str = "", event_id: int | None = None) -> bytes:
    """One event, whole."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    head += f"event: {event}\n" if event else ""
    return head.encode("ascii", "replace") + b"data: " + to_json(data) + b"\n\n"


class EventStream(Response):
    """Sends pieces as they come, and a comment in silence. When the client leaves, or the process
    does, `pieces` is closed; what it told of goes on.
    """

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        *,
        clock: Clock,
        heartbeat: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers(
            {
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                **(headers or {}),
            }
        )
        self._pieces, self._clock, self._heartbeat = pieces, clock, heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._pieces):
            sending = asyncio.ensure_future(self._send(send))
            leaving = asyncio.ensure_future(_left(receive))
            try:
                await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            finally:
                sending.cancel()
                leaving.cancel()
                await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        beating = with_heartbeats(self._guarded(), PING, clock=self._clock, seconds=self._heartbeat)
        async with aclosing(beating) as pieces:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _guarded(self) -> AsyncIterator[bytes]:
        """The pieces; an error among them is told as the last one, for the status is out."""
        try:
            async for piece in self._pieces:
                yield piece
        except LiteAgentException as error:
            yield error_event(problem_of(error))
        except Exception:
            # the boundary: a defect ends one stream, in words
            log.exception("a stream broke")
            message = "Something broke inside LiteAgent; the log tells more."
            yield error_event(Problem(status=500, code="internal_error", message=message))


def error_event(problem: Problem) -> bytes:
    """A problem in the midst of a stream; clients of OpenAI raise it."""
    return sse(problem.to_json())


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
