"""Who may do what, and who may see which session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from liteagent.errors import (
    ApprovalNotFoundError,
    AuthenticationError,
    PermissionDeniedError,
    SessionNotFoundError,
)
from liteagent.gateway.context import Gateway
from liteagent.gateway.http.authentication import principal_of
from liteagent.principal import Principal

IMPERSONATE = "impersonate"
"""The scope to speak for others."""


def holding(*scopes: str) -> Callable[[Request], Awaitable[Principal]]:
    """A FastAPI dependency: who asks, if they hold one of the scopes."""

    async def principal(request: Request) -> Principal:
        found = principal_of(request.scope)
        if found is None:
            raise AuthenticationError
        if not any(found.allows(scope) for scope in scopes):
            raise PermissionDeniedError(f"This credential lacks the scope {' or '.join(scopes)}.")
        return found

    return principal


Chatter = Annotated[Principal, Depends(holding("chat"))]
Operator = Annotated[Principal, Depends(holding("admin"))]
Decider = Annotated[Principal, Depends(holding("approve", "chat"))]


def sees(principal: Principal, tenant: str) -> bool:
    """Whether something of `tenant` is there for this caller. One without a tenant sees all."""
    return principal.tenant in ("", tenant)


async def visible_session(
    gateway: Gateway, session_id: str, principal: Principal
) -> Mapping[str, Any]:
    """The session as listings show it; one of another tenant is not there."""
    try:
        session = await gateway.sessions.get(session_id)
    except SessionNotFoundError as error:
        raise await gateway.sessions.missing(session_id, principal.tenant or None) from error
    if not sees(principal, session["tenant"]):
        raise await gateway.sessions.missing(session_id, principal.tenant)
    return session


async def visible_approval(
    gateway: Gateway, approval_id: str, principal: Principal
) -> Mapping[str, Any]:
    """The approval as the inbox shows it; one of another tenant's session is not there."""
    approval = await gateway.inbox.get(approval_id)
    try:
        await visible_session(gateway, approval["session_id"], principal)
    except SessionNotFoundError as error:
        raise ApprovalNotFoundError(approval_id) from error
    return approval


def speaker(principal: Principal, stated: str | Mapping[str, Any] | None) -> Principal:
    """Who a message is from: whom the body states, or else the credential's own principal.

    A stated principal is an id or `{id, name?, claims?}`; it may chat and nothing more. Raises
    `PermissionDeniedError` where the credential may not speak for others.
    """
    if not stated:
        return principal
    if isinstance(stated, str):
        stated = {"id": stated}
    if not principal.allows(IMPERSONATE):
        if stated["id"] == principal.id and not stated.get("claims"):
            return principal
        raise PermissionDeniedError(
            f"This credential speaks for {principal.id} alone: leave out principal, or use a key"
            f" with the scope {IMPERSONATE}."
        )
    claims: Mapping[str, list[str]] = stated.get("claims") or {}
    return Principal(
        id=stated["id"],
        name=stated.get("name") or "",
        tenant=principal.tenant,
        scopes=frozenset({"chat"}),
        claims={name: tuple(values) for name, values in claims.items()},
    )
