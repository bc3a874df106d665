"""`/api/agents`: the agents there are."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from liteagent.agents.spec import AgentSpec
from liteagent.gateway.access import Decider
from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.render import JsonResponse

router = APIRouter()


@router.get("/api/agents")
async def list_agents(gateway: TheGateway, principal: Decider) -> Response:
    items = [_shown(spec) for spec in gateway.agents.all()]
    return JsonResponse({"items": items, "next": None})


@router.get("/api/agents/{agent}")
async def get_agent(agent: str, gateway: TheGateway, principal: Decider) -> Response:
    return JsonResponse(_shown(gateway.agents.get(agent)))


def _shown(spec: AgentSpec) -> dict[str, Any]:
    return spec.model_dump(mode="json", exclude_none=True)
