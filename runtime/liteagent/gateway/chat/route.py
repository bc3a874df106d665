"""`POST /v1/chat/completions`: an agent answers as a model does."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response

from liteagent.agents.spec import AgentSpec
from liteagent.agents.task_agents import TASK_SUFFIX
from liteagent.errors import AgentNotFoundError
from liteagent.gateway.access import Chatter
from liteagent.gateway.chat.chunks import ChatStream
from liteagent.gateway.chat.completion import completion
from liteagent.gateway.chat.request import ChatRequest
from liteagent.gateway.context import Gateway, TheGateway
from liteagent.gateway.http.body import parse, read_body
from liteagent.gateway.http.event_stream import DONE, EventStream, error_event, sse
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.turns.admission import agent_of
from liteagent.gateway.turns.client_tools import client_tools
from liteagent.gateway.turns.run import CUT_OFF, Frames, begun
from liteagent.gateway.turns.start import Ask, Started, start

router = APIRouter()


@router.post("/v1/chat/completions")
async def chat_completions(request: Request, gateway: TheGateway, principal: Chatter) -> Response:
    """Stateless with the history that the body carries, unless a header or a field names a
    conversation: then the session remembers, and only what is new is read of the body.
    """
    raw = await read_body(request)
    asked = parse(ChatRequest, raw, request.headers.get("content-type", ""))
    spec = agent_of(gateway, asked.model)
    task = _task_agent(gateway, spec) if asked.is_task() else None
    ask = Ask(
        spec=task or spec,
        prompt=asked.prompt(),
        tools=client_tools(asked.tools, asked.tool_choice, spec),
        metadata={"origin": "chat.completions"},
        continuing=asked,
        alone=task is not None,
    )
    started = await start(gateway, request, raw, principal, ask)
    stream = ChatStream(
        started.receipt.turn_id,
        completion_id=f"chatcmpl-{started.receipt.turn_id.removeprefix('turn_')}",
        created=int(gateway.clock.now()),
        model=asked.model,
        include_usage=asked.include_usage,
        public_url=gateway.settings.public_url,
    )
    if not asked.stream:
        return await _whole(stream, started)
    return EventStream(
        _pieces(stream, started.frames),
        clock=gateway.clock,
        heartbeat=gateway.settings.heartbeat,
        headers=started.headers,
    )


def _task_agent(gateway: Gateway, spec: AgentSpec) -> AgentSpec | None:
    """The agent without tools and memory that stands in for this one, where there is one."""
    try:
        return gateway.agents.get(spec.name.removesuffix(TASK_SUFFIX) + TASK_SUFFIX)
    except AgentNotFoundError:
        return None


async def _whole(stream: ChatStream, started: Started) -> Response:
    chunks = [stream.opening()]
    with begun():
        async with aclosing(started.frames) as frames:
            async for frame in frames:
                chunks += stream.feed(frame)
                if stream.done:
                    break
    if not stream.done or stream.problem is not None:
        response = (stream.problem or CUT_OFF).response()
        response.headers.update(started.headers)
        return response
    return JsonResponse(completion(chunks, stream.usage()), headers=started.headers)


async def _pieces(stream: ChatStream, frames: Frames) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        yield sse(stream.opening())
        async for frame in frames:
            for chunk in stream.feed(frame):
                yield sse(chunk)
            if stream.done:
                break
    if not stream.done or stream.problem is not None:
        yield error_event(stream.problem or CUT_OFF)
    else:
        yield DONE
