"""`POST /v1/responses`: a turn as a durable response."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

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
from liteagent.gateway.turns.admission import agent_of
from liteagent.gateway.turns.client_tools import client_tools
from liteagent.gateway.turns.identity import checked
from liteagent.gateway.turns.start import Ask, Started, start

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
    headers: dict[str, str] = {}
    if answers := asked.answers():
        stored = await answer_approvals(gateway, answers, principal, previous)
        frames = stored.frames(gateway)
    else:
        ask = _ask_of(gateway, asked, previous)
        started = await start(gateway, request, raw, principal, ask)
        stored, frames = _stored(started, ask), started.frames
        headers = started.headers
    stream = ResponseStream(
        stored.id, model=stored.agent, conversation=stored.session_id, echo=asked.echo()
    )
    if asked.stream:
        return event_stream(gateway, stream, frames, headers=headers)
    if asked.background:
        await frames.aclose()
        return JsonResponse((await fed(gateway, stored, stream)).snapshot(), headers=headers)
    return await whole(stream, frames, headers)


def _ask_of(gateway: Gateway, asked: ResponseRequest, previous: Stored | None) -> Ask:
    model = asked.model or (previous.agent if previous else None)
    if model is None:
        raise InvalidRequestError("model is missing: name the agent.", field="model")
    spec = agent_of(gateway, model)
    session_id = previous.session_id if previous else None
    if asked.conversation_id:
        session_id = checked(asked.conversation_id, "conversation")
    return Ask(
        spec=spec,
        prompt=asked.prompt(),
        tools=client_tools(asked.tools, asked.tool_choice, spec),
        metadata={"origin": "responses", **(asked.metadata or {})},
        continuing=asked,
        session_id=session_id,
    )


def _stored(started: Started, ask: Ask) -> Stored:
    receipt = started.receipt
    return Stored(
        id=ResponseId(receipt.turn_id),
        session_id=receipt.session_id,
        agent=ask.spec.name,
        opened_at=receipt.seq,
    )
