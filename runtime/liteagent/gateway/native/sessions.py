"""`/api/.../sessions`: make, list, look, cancel, fork, delete."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from liteagent.gateway.access import Chatter, visible_session
from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.body import body
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.turns.identity import checked

router = APIRouter()

Limit = Annotated[int, Query(ge=1, le=1000)]


class NewSessionBody(BaseModel):
    session_id: str | None = None
    metadata: dict[str, Any] | None = None


class CancelBody(BaseModel):
    turn_id: str | None = None
    reason: str = ""


class ForkBody(BaseModel):
    at: int = Field(ge=1)


@router.post("/api/agents/{agent}/sessions")
async def create_session(
    agent: str,
    gateway: TheGateway,
    principal: Chatter,
    asked: Annotated[NewSessionBody, Depends(body(NewSessionBody))],
) -> Response:
    """`{session_id}`."""
    session_id = await gateway.sessions.create(
        agent,
        principal=principal,
        session_id=checked(asked.session_id, "session_id") if asked.session_id else None,
        metadata=asked.metadata,
    )
    return JsonResponse({"session_id": session_id}, status_code=201)


@router.get("/api/agents/{agent}/sessions")
async def list_sessions(
    agent: str,
    gateway: TheGateway,
    principal: Chatter,
    status: Literal["idle", "running", "waiting"] | None = None,
    limit: Limit = 100,
    cursor: str | None = None,
) -> Response:
    """The last used ones first."""
    gateway.agents.get(agent)
    page = await gateway.sessions.list(
        agent=agent,
        tenant=principal.tenant or None,
        status=status,
        limit=limit,
        cursor=cursor,
    )
    return JsonResponse({"items": page.items, "next": page.next})


@router.get("/api/sessions/{session_id}")
async def get_session(session_id: str, gateway: TheGateway, principal: Chatter) -> Response:
    return JsonResponse(await visible_session(gateway, session_id, principal))


@router.delete("/api/sessions/{session_id}")
async def delete_session(session_id: str, gateway: TheGateway, principal: Chatter) -> Response:
    """Removes the session and everything it wrote."""
    await visible_session(gateway, session_id, principal)
    await gateway.sessions.delete(session_id)
    return Response(status_code=204)


@router.post("/api/sessions/{session_id}/cancel")
async def cancel_session(
    session_id: str,
    gateway: TheGateway,
    principal: Chatter,
    asked: Annotated[CancelBody, Depends(body(CancelBody))],
) -> Response:
    """Ends the open turns, or one: `{cancelled: [turn ids]}`."""
    await visible_session(gateway, session_id, principal)
    cancelled = await gateway.sessions.cancel(
        session_id, principal=principal, turn_id=asked.turn_id, reason=asked.reason
    )
    return JsonResponse({"cancelled": cancelled})


@router.post("/api/sessions/{session_id}/fork")
async def fork_session(
    session_id: str,
    gateway: TheGateway,
    principal: Chatter,
    asked: Annotated[ForkBody, Depends(body(ForkBody))],
) -> Response:
    """A new session that begins as this one was after event `at`: `{session_id}`."""
    session = await visible_session(gateway, session_id, principal)
    if asked.at > session["seq"]:
        raise InvalidRequestError(
            f"at: the session has {session['seq']} events; there is none {asked.at}.", field="at"
        )
    new_id = await gateway.sessions.fork(session_id, asked.at)
    return JsonResponse({"session_id": new_id}, status_code=201)
