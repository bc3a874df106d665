"""`/api/sessions/{id}/messages`: say something, and read what was said."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, field_validator
from starlette.responses import Response

from liteagent.agents.sessions import Receipt
from liteagent.gateway.access import Chatter, speaker, visible_session
from liteagent.gateway.context import Gateway, TheGateway
from liteagent.gateway.http.body import body
from liteagent.gateway.http.errors import IdempotencyConflictError
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.turns.content import required_text

router = APIRouter()


class StatedPrincipal(BaseModel):
    id: str = Field(min_length=1)
    name: str = ""
    claims: dict[str, list[str]] = Field(default_factory=dict)


class MessageBody(BaseModel):
    content: str
    idempotency_key: str | None = Field(default=None, min_length=1, max_length=255)
    principal: StatedPrincipal | None = None

    @field_validator("principal", mode="before")
    @classmethod
    def _an_id_will_do(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, str) and value else value or None


@router.post("/api/sessions/{session_id}/messages")
async def send_message(
    request: Request,
    session_id: str,
    gateway: TheGateway,
    principal: Chatter,
    asked: Annotated[MessageBody, Depends(body(MessageBody))],
) -> Response:
    """202 `{session_id, turn_id, seq}` as soon as the message is stored. The same key again, in the
    body or as `Idempotency-Key`, gives the same answer; with another text 409, for that one would
    be lost.
    """
    await visible_session(gateway, session_id, principal)
    stated = None if asked.principal is None else asked.principal.model_dump()
    key = asked.idempotency_key or request.headers.get("idempotency-key") or None
    receipt = await gateway.sessions.send(
        session_id,
        required_text(asked.content, "content"),
        principal=speaker(principal, stated),
        key=key,
    )
    if key is not None and await _text_at(gateway, receipt) != asked.content:
        raise IdempotencyConflictError
    stored = {
        "session_id": session_id,
        "turn_id": receipt.turn_id,
        "message_id": receipt.message_id,
        "seq": receipt.seq,
    }
    return JsonResponse(stored, status_code=202)


async def _text_at(gateway: Gateway, receipt: Receipt) -> str:
    """What was stored under this receipt."""
    events = gateway.sessions.events(receipt.session_id, after=receipt.seq - 1, limit=1)
    return "".join([event.data["text"] async for event in events])


@router.get("/api/sessions/{session_id}/messages")
async def list_messages(session_id: str, gateway: TheGateway, principal: Chatter) -> Response:
    """What was said, oldest first."""
    await visible_session(gateway, session_id, principal)
    said = await gateway.sessions.messages(session_id)
    items = [{**message, "content": message["text"]} for message in said]
    return JsonResponse({"items": items, "next": None})
