"""Living with what fails and with those who ask too much."""

from liteagent.resilience.concurrency import ConcurrentRequestLimiter
from liteagent.resilience.rate_limit import RateLimitInfo, rate_limit_headers
from liteagent.resilience.rate_limiter import CombinedRateLimiter
from liteagent.resilience.retry import (
    RetryConfig,
    RetryError,
    backoff_delay,
    retry,
    retry_with_backoff,
)
from liteagent.resilience.sliding_window import SlidingWindowRateLimiter

__all__ = [
    "CombinedRateLimiter",
    "ConcurrentRequestLimiter",
    "RateLimitInfo",
    "RetryConfig",
    "RetryError",
    "SlidingWindowRateLimiter",
    "backoff_delay",
    "rate_limit_headers",
    "retry",
    "retry_with_backoff",
]
