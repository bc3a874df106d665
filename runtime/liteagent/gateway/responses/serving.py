"""How a response leaves: in one piece, or as the events of a stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from starlette.responses import Response

from liteagent.gateway.context import Gateway
from liteagent.gateway.http.event_stream import EventStream, error_event, sse
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.responses.numbers import unseen
from liteagent.gateway.responses.stored import followed
from liteagent.gateway.responses.stream import ResponseStream
from liteagent.gateway.turns.run import CUT_OFF, Frames, begun

NO_HEADERS: Mapping[str, str] = {}


async def whole(stream: ResponseStream, frames: Frames, headers: Mapping[str, str]) -> Response:
    """The response when it is done; an error where its turn failed."""
    with begun():
        await followed(stream, frames)
    snapshot = stream.snapshot()
    if not stream.done or snapshot["status"] == "failed":
        response = (stream.problem or CUT_OFF).response()
        response.headers.update(headers)
        return response
    return JsonResponse(snapshot, headers=headers)


def event_stream(
    gateway: Gateway,
    stream: ResponseStream,
    frames: Frames,
    *,
    starting_after: int | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> EventStream:
    """Its events after number `starting_after`."""
    return EventStream(
        _pieces(stream, frames, starting_after),
        clock=gateway.clock,
        heartbeat=gateway.settings.heartbeat,
        headers=headers,
    )


async def _pieces(
    stream: ResponseStream, frames: Frames, starting_after: int | None
) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        async for frame in frames:
            for event in unseen(stream.feed(frame), starting_after):
                yield sse(event, event=event["type"])
            if stream.done:
                return
    yield error_event(CUT_OFF)
