"""What a client may not say to Serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.middleware import Middleware

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT_MAY_NOT_SAY = ("x-request-timeout-seconds", "x-request-disconnect-disabled")
"""Headers by which Serve would let anybody set its timeout, or keep a handler running for ever."""


class StripHeaders:
    """ASGI middleware that takes those headers out of every request, before Serve reads them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._unwanted = {name.encode() for name in CLIENT_MAY_NOT_SAY}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            kept = [pair for pair in scope["headers"] if pair[0].lower() not in self._unwanted]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)


def middlewares() -> list[Middleware]:
    """What Serve's proxies and replicas put around every application; they are told of this
    function by `RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH`.
    """
    from starlette.middleware import Middleware

    return [Middleware(StripHeaders)]
