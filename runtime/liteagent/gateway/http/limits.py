"""How often one credential may ask."""

from __future__ import annotations

from contextlib import AsyncExitStack

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liteagent.clock import Clock
from liteagent.errors import RateLimitExceededError
from liteagent.gateway.http.authentication import principal_of
from liteagent.gateway.http.problem import problem_of
from liteagent.gateway.settings import GatewaySettings
from liteagent.resilience import (
    ConcurrentRequestLimiter,
    RateLimitInfo,
    SlidingWindowRateLimiter,
    rate_limit_headers,
)


class Limits:
    """ASGI middleware. Looking on costs no place among the concurrent requests: only what can start
    work (anything but GET) does.
    """

    def __init__(self, app: ASGIApp, *, settings: GatewaySettings, clock: Clock) -> None:
        self._app, self._clock, self._limit_admins = app, clock, settings.limit_admins
        per_minute, at_once = settings.requests_per_minute, settings.max_concurrent
        self._window = SlidingWindowRateLimiter(per_minute, clock=clock) if per_minute else None
        self._concurrent = ConcurrentRequestLimiter(at_once) if at_once else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = principal_of(scope)
        if principal is None:
            await self._app(scope, receive, send)
            return
        key = f"{principal.tenant}\n{principal.id}"
        async with AsyncExitStack() as stack:
            app: ASGIApp = self._app
            if self._limit_admins or not principal.allows("admin"):
                try:
                    await self._enter(stack, key, scope["method"])
                except RateLimitExceededError as error:
                    app = problem_of(error).response()
            headers = self._headers(await self._window.get_status(key)) if self._window else {}
            await app(scope, receive, _with_headers(send, headers))

    async def _enter(self, stack: AsyncExitStack, key: str, method: str) -> None:
        if self._concurrent is not None and method not in ("GET", "HEAD"):
            await stack.enter_async_context(self._concurrent.request_context(key))
        if self._window is not None:
            await self._window.check(key)

    def _headers(self, info: RateLimitInfo) -> dict[str, str]:
        """The general names and those that clients of OpenAI read."""
        reset = max(0.0, info.reset_at.timestamp() - self._clock.now())
        return {
            **rate_limit_headers(info),
            "X-RateLimit-Limit-Requests": str(info.requests_limit),
            "X-RateLimit-Remaining-Requests": str(info.requests_remaining),
            "X-RateLimit-Reset-Requests": f"{reset:.3f}s",
        }


def _with_headers(send: Send, headers: dict[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sending
