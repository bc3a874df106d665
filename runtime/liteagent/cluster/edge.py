"""Between clients and Serve: what they may not say to it, and what it may not say to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from liteagent.cluster.haproxy_guard import AWAY

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


class OneRequestId:
    """ASGI middleware that lets one `X-Request-Id` out: the gateway's, by which its log speaks.
    Serve adds a second one to every answer.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_one_id(message["headers"])}
            await send(message)

        await self._app(scope, receive, sending)


class JsonErrors:
    """ASGI middleware for what Serve answers by itself when no replica does, in text and as if the
    path were wrong: told as the gateway tells its errors, and as what it is.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_serves_own(message):
                replaced = True
                await send({**message, "status": 503, "headers": _of_json(message["headers"])})
                await send({"type": "http.response.body", "body": AWAY.encode()})
            elif not replaced:
                await send(message)

        ours = scope["type"] == "http" and not scope["path"].startswith("/-/")
        await self._app(scope, receive, sending if ours else send)


def _is_serves_own(start: Mapping[str, Any]) -> bool:
    """The gateway's own errors are JSON."""
    status = start["status"]
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return (status == 404 or status >= 500) and any(kind.startswith(b"text/") for kind in kinds)


def _with_one_id(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    pairs = list(headers)
    ids = [pair for pair in pairs if pair[0].lower() == b"x-request-id"]
    return [pair for pair in pairs if pair[0].lower() != b"x-request-id"] + ids[:1]


def _of_json(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    replaced = {
        b"content-type": b"application/json",
        b"content-length": str(len(AWAY)).encode(),
        b"retry-after": b"1",
    }
    kept = [pair for pair in headers if pair[0].lower() not in replaced]
    return [*kept, *replaced.items()]


def middlewares() -> list[Middleware]:
    """What Serve's proxies and replicas put around every application; they are told of this
    function by `RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH`.
    """
    from starlette.middleware import Middleware

    return [Middleware(OneRequestId), Middleware(JsonErrors), Middleware(StripHeaders)]
