"""Nobody gets past this layer unknown, but to the probes."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from liteagent.errors import LiteAgentException
from liteagent.gateway.http.problem import problem_of
from liteagent.principal import Principal
from liteagent.security import AuthMiddleware

PROBES = frozenset({"/livez", "/readyz", "/health", "/metrics"})
_STATE = "liteagent.principal"


class Authentication:
    """ASGI middleware: settles who asks, before anything else is read of the request."""

    def __init__(self, app: ASGIApp, *, auth: AuthMiddleware) -> None:
        self._app, self._auth = app, auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and not self._auth.should_skip_auth(scope["path"]):
            header = Headers(scope=scope).get("authorization", "")
            try:
                scope[_STATE] = await self._auth.principal(header)
            except LiteAgentException as error:
                await problem_of(error).response()(scope, receive, send)
                return
        await self._app(scope, receive, send)


def principal_of(scope: Scope) -> Principal | None:
    """Who asks; None only at a probe."""
    return scope.get(_STATE)
