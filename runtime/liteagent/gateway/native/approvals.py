"""`/api/approvals`: what waits for people, and their decisions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from liteagent.gateway.access import Decider, visible_approval
from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.body import body
from liteagent.gateway.http.render import JsonResponse

router = APIRouter()


class DecisionBody(BaseModel):
    decision: str
    args: Any = None
    reason: str | None = None
    content: str | None = None
    digest: str | None = None
    """Of the arguments that the person was shown; consent to others does not count then."""


@router.get("/api/approvals")
async def list_approvals(
    gateway: TheGateway,
    principal: Decider,
    status: Literal["pending"] = "pending",
    agent: str | None = None,
) -> Response:
    """The open ones, oldest first; settled ones are found by their ids."""
    items = await gateway.inbox.pending(tenant=principal.tenant or None, agent=agent)
    return JsonResponse({"items": items, "next": None})


@router.get("/api/approvals/{approval_id}")
async def get_approval(approval_id: str, gateway: TheGateway, principal: Decider) -> Response:
    return JsonResponse(await visible_approval(gateway, approval_id, principal))


@router.post("/api/approvals/{approval_id}")
async def decide_approval(
    approval_id: str,
    gateway: TheGateway,
    principal: Decider,
    asked: Annotated[DecisionBody, Depends(body(DecisionBody))],
) -> Response:
    """The first valid decision wins; later ones get 409 and who won. Whether this caller may
    decide is checked against the rule of the approval itself.
    """
    await visible_approval(gateway, approval_id, principal)
    outcome = await gateway.inbox.decide(
        approval_id,
        asked.decision,
        principal=principal,
        args=asked.args,
        reason=asked.reason or "",
        content=asked.content or "",
        digest=asked.digest,
    )
    return JsonResponse(outcome)
