"""`/v1/models`: every agent is a model."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from liteagent.gateway.access import Chatter
from liteagent.gateway.context import Gateway, TheGateway
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.turns.admission import agent_of

router = APIRouter()


@router.get("/v1/models")
async def list_models(gateway: TheGateway, principal: Chatter) -> Response:
    data = [_model(gateway, spec.name) for spec in gateway.agents.all()]
    return JsonResponse({"object": "list", "data": data})


@router.get("/v1/models/{model}")
async def get_model(model: str, gateway: TheGateway, principal: Chatter) -> Response:
    return JsonResponse(_model(gateway, agent_of(gateway, model).name))


def _model(gateway: Gateway, name: str) -> dict[str, Any]:
    created = int(gateway.started_at)
    return {"id": name, "object": "model", "created": created, "owned_by": "liteagent"}
