"""`/api/agents`: the agents there are, and keeping more of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import RootModel
from starlette.responses import Response

from liteagent.agents.kept import KeptAgents
from liteagent.agents.spec import AgentSpec
from liteagent.errors import ConflictError, PermissionDeniedError
from liteagent.gateway.access import Decider, Operator
from liteagent.gateway.context import Gateway, TheGateway
from liteagent.gateway.http.body import parse, read_body
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.render import JsonResponse
from liteagent.principal import Principal
from liteagent.yamlfile import as_yaml, check_value

router = APIRouter()


class Described(RootModel[dict[str, Any]]):
    """An agent as a file would describe it."""


@router.get("/api/agents")
async def list_agents(gateway: TheGateway, principal: Decider) -> Response:
    items = [_shown(spec) for spec in gateway.agents.all()]
    return JsonResponse({"items": items, "next": None})


@router.get("/api/agents/{agent}")
async def get_agent(agent: str, gateway: TheGateway, principal: Decider) -> Response:
    return JsonResponse(_shown(gateway.agents.get(agent)))


@router.post("/api/agents")
async def create_agent(request: Request, gateway: TheGateway, principal: Operator) -> Response:
    """Keep a new agent: the body is what its file would say."""
    kept, described = _kept(gateway, principal), await _described(request)
    spec = check_value(described, AgentSpec)
    kept.require_ours(spec.name)
    if kept.has(spec.name):
        raise ConflictError(f"There is an agent {spec.name} already: PUT it to replace it.")
    return await _keep(kept, spec, described, status=201)


@router.put("/api/agents/{agent}")
async def replace_agent(
    agent: str, request: Request, gateway: TheGateway, principal: Operator
) -> Response:
    """Keep an agent, in place of the one of that name if there is one."""
    kept, described = _kept(gateway, principal), await _described(request)
    kept.require_ours(agent)
    spec = _named(agent, described)
    return await _keep(kept, spec, described, status=200 if kept.has(agent) else 201)


@router.patch("/api/agents/{agent}")
async def change_agent(
    agent: str, request: Request, gateway: TheGateway, principal: Operator
) -> Response:
    """Change the fields that the body has, each as a whole."""
    kept, changes = _kept(gateway, principal), await _described(request)
    kept.require_ours(agent)
    now = kept.agents.get(agent).model_dump(mode="json", exclude_unset=True)
    described = {**now, **changes}
    return await _keep(kept, _named(agent, described), described, status=200)


@router.delete("/api/agents/{agent}")
async def delete_agent(agent: str, gateway: TheGateway, principal: Operator) -> Response:
    """Forget an agent; its sessions stay, and can be read and deleted."""
    await _kept(gateway, principal).remove(agent)
    return Response(status_code=204)


def _kept(gateway: Gateway, principal: Principal) -> KeptAgents:
    if gateway.kept is None:
        raise PermissionDeniedError("This gateway keeps no agents: change its configuration.")
    if principal.tenant:
        raise PermissionDeniedError("Agents are every tenant's: use a key without a tenant.")
    return gateway.kept


async def _described(request: Request) -> dict[str, Any]:
    raw = await read_body(request)
    return parse(Described, raw, request.headers.get("content-type", "")).root


def _named(name: str, described: dict[str, Any]) -> AgentSpec:
    """What the body describes, which is to be the agent that the path names."""
    if described.setdefault("name", name) != name:
        raise InvalidRequestError(
            f"name: the path says {name!r}; leave it out, or make another agent.", field="name"
        )
    return check_value(described, AgentSpec)


async def _keep(
    kept: KeptAgents, spec: AgentSpec, described: Mapping[str, Any], *, status: int
) -> Response:
    await kept.keep(spec.name, as_yaml(described).encode())
    return JsonResponse(_shown(spec), status_code=status)


def _shown(spec: AgentSpec) -> dict[str, Any]:
    return spec.model_dump(mode="json", exclude_none=True)
