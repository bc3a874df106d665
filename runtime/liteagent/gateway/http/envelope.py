"""The outermost layer: an id for every request, and an answer whatever breaks inside."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liteagent.clock import Clock
from liteagent.gateway.http.problem import Problem
from liteagent.ids import Ids
from liteagent.observability import log_context

log = logging.getLogger(__name__)

OnAnswer = Callable[[str, str, int, float], None]
"""Told the route's pattern, the method, the status and the seconds of an answer."""

STRIPPED = frozenset({b"x-request-timeout-seconds", b"x-request-disconnect-disabled"})
"""Headers by which a client could steer a proxy in front; nothing inside may see them. A proxy
that heeds them must drop them itself: it reads a request before this layer does."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Envelope:
    """ASGI middleware. `X-Request-Id` is the caller's own, if it is a harmless one."""

    def __init__(
        self, app: ASGIApp, *, ids: Ids, clock: Clock, on_answer: OnAnswer | None = None
    ) -> None:
        self._app, self._ids, self._clock, self._on_answer = app, ids, clock, on_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["headers"] = [pair for pair in scope["headers"] if pair[0].lower() not in STRIPPED]
        request_id = self._request_id(Headers(scope=scope).get("x-request-id", ""))
        answer = _Answer(send, request_id)
        began = self._clock.now()
        try:
            with log_context(request_id=request_id):
                await self._guarded(scope, receive, answer, request_id)
        finally:
            if self._on_answer is not None and answer.status:
                seconds = max(0.0, self._clock.now() - began)
                self._on_answer(_pattern(scope), scope["method"], answer.status, seconds)

    async def _guarded(
        self, scope: Scope, receive: Receive, answer: _Answer, request_id: str
    ) -> None:
        try:
            await self._app(scope, receive, answer)
        except Exception:
            # the boundary: a defect in one handler is one client's 500 and a log line
            log.exception("%s %s broke", scope["method"], scope["path"])
            if answer.status:
                raise
            problem = Problem(
                status=500,
                code="internal_error",
                message=f"Something broke inside LiteAgent; the log tells more under {request_id}.",
            )
            await problem.response()(scope, receive, answer)

    def _request_id(self, sent: str) -> str:
        return sent if _REQUEST_ID.fullmatch(sent) else self._ids.new("req")


class _Answer:
    """Sends, and remembers with which status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            headers["X-Content-Type-Options"] = "nosniff"
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _pattern(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unknown")
