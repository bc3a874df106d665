"""What must be so before a message of the OpenAI protocol is sent."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from fastapi import Request

from liteagent.agents.spec import AgentSpec
from liteagent.errors import AgentNotFoundError, SessionNotFoundError
from liteagent.gateway.access import IMPERSONATE, speaker, visible_session
from liteagent.gateway.context import Gateway
from liteagent.gateway.http.errors import InvalidRequestError, ModelNotFoundError
from liteagent.gateway.turns.reservations import Sending
from liteagent.principal import Principal


def agent_of(gateway: Gateway, model: str) -> AgentSpec:
    """The agent that is asked for as a model. Raises `ModelNotFoundError`, near misses named."""
    try:
        return gateway.agents.get(model)
    except AgentNotFoundError as error:
        known = [spec.name for spec in gateway.agents.all()]
        raise ModelNotFoundError(model, known) from error


async def check_session(
    gateway: Gateway, session_id: str, spec: AgentSpec, principal: Principal
) -> None:
    """Whether the session may be continued with this agent; one that is not there may be made."""
    try:
        session = await gateway.sessions.get(session_id)
    except SessionNotFoundError:
        return
    await visible_session(gateway, session_id, principal)
    if session["agent"] != spec.name:
        raise InvalidRequestError(
            f"Session {session_id} belongs to the agent {session['agent']}, not to {spec.name}.",
            field="model",
        )


def user_of(principal: Principal, headers: Mapping[str, str]) -> Principal:
    """Who speaks: the person that Open WebUI names in headers of its own, where the credential may
    speak for others; it names them whether it may or not.
    """
    user_id = headers.get("x-openwebui-user-email") or headers.get("x-openwebui-user-id")
    if not user_id or not principal.allows(IMPERSONATE):
        return principal
    name = unquote(headers.get("x-openwebui-user-name", ""))
    return speaker(principal, {"id": unquote(user_id), "name": name})


def sending_of(request: Request, body: bytes, principal: Principal) -> Sending:
    """This arrival of the request, by which a second one is known."""
    headers = request.headers
    retries = headers.get("x-stainless-retry-count", "")
    key = headers.get("idempotency-key", "")
    if len(key) > 255:
        raise InvalidRequestError("Idempotency-Key has more than 255 characters.")
    return Sending(
        principal=principal,
        route=request.url.path,
        body=body,
        idempotency_key=key,
        retry_count=int(retries) if retries.isdecimal() else 0,
    )
