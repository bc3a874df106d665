"""`POST /v1/responses`: a turn as a durable response."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from liteagent.agents.sessions import NewSession
from liteagent.gateway.access import Chatter
from liteagent.gateway.context import Gateway, TheGateway
from liteagent.gateway.http.body import parse, read_body
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.responses.answering import answer_approvals
from liteagent.gateway.responses.ids import ResponseId
from liteagent.gateway.responses.request import ResponseRequest
from liteagent.gateway.responses.serving import event_stream, whole
from liteagent.gateway.responses.stored import Stored, fed, find
from liteagent.gateway.responses.stream import ResponseStream
from liteagent.gateway.turns.admission import agent_of, check_session, sending_of, user_of
from liteagent.gateway.turns.client_tools import client_tools
from liteagent.gateway.turns.identity import checked, continued_session, named_session
from liteagent.gateway.turns.run import Frames, Post, begin
from liteagent.principal import Principal

router = APIRouter()


@router.post("/v1/responses")
async def create_response(request: Request, gateway: TheGateway, principal: Chatter) -> Response:
    """Send a message, or answer approvals, and give or stream what comes of it.

    `instructions` are taken up when the request makes a new conversation.
    """
    raw = await read_body(request)
    asked = parse(ResponseRequest, raw, request.headers.get("content-type", ""))
    asked.check()
    previous = None
    if asked.previous_response_id:
        field = "previous_response_id"
        previous = await find(gateway, asked.previous_response_id, principal, field=field)
    answers = asked.answers()
    if answers:
        stored = await answer_approvals(gateway, answers, principal, previous)
        frames, replay = stored.frames(gateway), False
    else:
        stored, frames, replay = await _sent(request, gateway, principal, asked, raw, previous)
    stream = ResponseStream(
        stored.id, model=stored.agent, conversation=stored.session_id, echo=asked.echo()
    )
    headers = {"X-LiteAgent-Session": stored.session_id}
    if replay:
        headers["Idempotency-Replayed"] = "true"
    if asked.stream:
        return event_stream(gateway, stream, frames, headers=headers)
    if asked.background:
        await frames.aclose()
        return JsonResponse((await fed(gateway, stored, stream)).snapshot(), headers=headers)
    return await whole(stream, frames, headers)


async def _sent(
    request: Request,
    gateway: Gateway,
    principal: Principal,
    asked: ResponseRequest,
    raw: bytes,
    previous: Stored | None,
) -> tuple[Stored, Frames, bool]:
    """The message sent, or found if it was sent before."""
    model = asked.model or (previous.agent if previous else None)
    if model is None:
        raise InvalidRequestError("model is missing: name the agent.", field="model")
    spec, principal = agent_of(gateway, model), user_of(principal, request.headers)
    prompt = asked.prompt()
    tools = client_tools(asked.tools, asked.tool_choice, spec)
    session_id = _session_of(request, asked, principal, spec.name, gateway, previous)
    if session_id is not None:
        await check_session(gateway, session_id, spec, principal)
    sending = sending_of(request, raw, principal)
    reservation = await gateway.reservations.take(sending, session_id)
    new = NewSession(
        agent=spec.name,
        metadata={"origin": "responses", **(asked.metadata or {})},
        history=prompt.history,
        client_tools=tools,
    )
    post = Post(text=prompt.text, principal=principal, create=new, results=prompt.results)
    receipt, frames = await begin(gateway.sessions, post, reservation)
    stored = Stored(
        id=ResponseId(receipt.turn_id),
        session_id=receipt.session_id,
        agent=spec.name,
        opened_at=receipt.seq,
    )
    return stored, frames, reservation.again


def _session_of(
    request: Request,
    asked: ResponseRequest,
    principal: Principal,
    agent: str,
    gateway: Gateway,
    previous: Stored | None,
) -> str | None:
    if previous is not None:
        return previous.session_id
    if asked.conversation_id:
        return checked(asked.conversation_id, "conversation")
    return named_session(request.headers) or continued_session(
        request.headers,
        asked.model_dump(include={"user", "prompt_cache_key", "safety_identifier"}),
        principal=principal,
        agent=agent,
        more_header=gateway.settings.session_header,
    )
