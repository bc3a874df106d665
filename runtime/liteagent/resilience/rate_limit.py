"""What a caller is told about its rate limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitInfo:
    """How much one caller may still ask for."""

    requests_limit: int
    """Requests in a window; 0 where they are not counted."""
    requests_remaining: int
    reset_at: datetime
    """When the next request leaves the window and makes room for another (UTC)."""
    concurrent_active: int
    concurrent_limit: int
    """Requests at one time; 0 where they are not counted."""


def rate_limit_headers(info: RateLimitInfo) -> dict[str, str]:
    """The response headers; `X-RateLimit-Reset` in seconds since 1970, rounded up."""
    headers: dict[str, str] = {}
    if info.requests_limit:
        headers |= {
            "X-RateLimit-Limit": str(info.requests_limit),
            "X-RateLimit-Remaining": str(info.requests_remaining),
            "X-RateLimit-Reset": str(-int(-info.reset_at.timestamp() // 1)),
        }
    if info.concurrent_limit:
        headers |= {
            "X-RateLimit-Concurrent-Limit": str(info.concurrent_limit),
            "X-RateLimit-Concurrent-Active": str(info.concurrent_active),
        }
    return headers
