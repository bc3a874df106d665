"""`POST /v1/chat/completions`: an agent answers as a model does."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response

from liteagent.agents.sessions import NewSession
from liteagent.agents.spec import AgentSpec
from liteagent.errors import AgentNotFoundError
from liteagent.gateway.access import Chatter
from liteagent.gateway.chat.chunks import ChatStream
from liteagent.gateway.chat.completion import completion
from liteagent.gateway.chat.request import ChatRequest
from liteagent.gateway.context import Gateway, TheGateway
from liteagent.gateway.http.body import parse, read_body
from liteagent.gateway.http.event_stream import DONE, EventStream, error_event, sse
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.turns.admission import agent_of, check_session, sending_of, user_of
from liteagent.gateway.turns.client_tools import client_tools
from liteagent.gateway.turns.identity import continued_session, named_session
from liteagent.gateway.turns.run import CUT_OFF, Frames, Post, begin, begun
from liteagent.principal import Principal

router = APIRouter()
TASK_SUFFIX = ":task"


@router.post("/v1/chat/completions")
async def chat_completions(request: Request, gateway: TheGateway, principal: Chatter) -> Response:
    """Stateless with the history that the body carries, unless a header or a field names a
    conversation: then the session remembers, and only what is new is read of the body.
    """
    raw = await read_body(request)
    asked = parse(ChatRequest, raw, request.headers.get("content-type", ""))
    spec, principal = agent_of(gateway, asked.model), user_of(principal, request.headers)
    prompt = asked.prompt()
    tools = client_tools(asked.tools, asked.tool_choice, spec)
    session_id = None
    task = _task_agent(gateway, spec) if asked.is_task() else None
    if task is None:
        session_id = _session_of(request, asked, principal, spec, gateway)
    if session_id is not None:
        await check_session(gateway, session_id, spec, principal)
    sending = sending_of(request, raw, principal)
    reservation = await gateway.reservations.take(sending, session_id)
    new = NewSession(
        agent=(task or spec).name,
        metadata={"origin": "chat.completions"},
        history=prompt.history,
        client_tools=tools,
    )
    post = Post(text=prompt.text, principal=principal, create=new, results=prompt.results)
    receipt, frames = await begin(gateway.sessions, post, reservation)
    stream = ChatStream(
        receipt.turn_id,
        completion_id=f"chatcmpl-{receipt.turn_id.removeprefix('turn_')}",
        created=int(gateway.clock.now()),
        model=asked.model,
        include_usage=asked.include_usage,
        public_url=gateway.settings.public_url,
    )
    headers = {"X-LiteAgent-Session": receipt.session_id}
    if reservation.again:
        headers["Idempotency-Replayed"] = "true"
    if not asked.stream:
        return await _whole(stream, frames, headers)
    return EventStream(
        _pieces(stream, frames),
        clock=gateway.clock,
        heartbeat=gateway.settings.heartbeat,
        headers=headers,
    )


def _session_of(
    request: Request, asked: ChatRequest, principal: Principal, spec: AgentSpec, gateway: Gateway
) -> str | None:
    return named_session(request.headers) or continued_session(
        request.headers,
        asked.model_dump(include={"user", "prompt_cache_key", "safety_identifier"}),
        principal=principal,
        agent=spec.name,
        more_header=gateway.settings.session_header,
    )


def _task_agent(gateway: Gateway, spec: AgentSpec) -> AgentSpec | None:
    """The agent without tools and memory that stands in for this one, where there is one."""
    try:
        return gateway.agents.get(spec.name.removesuffix(TASK_SUFFIX) + TASK_SUFFIX)
    except AgentNotFoundError:
        return None


async def _whole(stream: ChatStream, frames: Frames, headers: dict[str, str]) -> Response:
    chunks = [stream.opening()]
    with begun():
        async with aclosing(frames):
            async for frame in frames:
                chunks += stream.feed(frame)
                if stream.done:
                    break
    if not stream.done or stream.problem is not None:
        response = (stream.problem or CUT_OFF).response()
        response.headers.update(headers)
        return response
    return JsonResponse(completion(chunks, stream.usage()), headers=headers)


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
