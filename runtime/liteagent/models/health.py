"""How each model has been doing lately, as far as this process has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from liteagent.clock import Clock, SystemClock
from liteagent.models.contract import Fault

PATIENCE = 3
"""Failures in a row after which a model is left alone for a while."""
FIRST_REST = 5.0
"""Seconds of the first rest; doubled with each failure after it, up to MAX_REST."""
MAX_REST = 300.0


class FallbackReason(Enum):
    """Why the next model was asked."""

    ERROR = "error"
    """It failed: connection, 5xx."""
    TIMEOUT = "timeout"
    RATE_LIMIT = "rate_limit"
    CAPACITY = "capacity"
    """The request is more than this model takes (too long, refused): no sign of ill health."""
    UNAVAILABLE = "unavailable"
    """It cannot be asked at all: key or name are wrong."""
    CIRCUIT_OPEN = "circuit_open"
    """A circuit breaker around it did not let the call through."""


_REASONS = {
    Fault.TRANSIENT: FallbackReason.ERROR,
    Fault.TIMEOUT: FallbackReason.TIMEOUT,
    Fault.RATE_LIMITED: FallbackReason.RATE_LIMIT,
    Fault.AUTH: FallbackReason.UNAVAILABLE,
    Fault.UNKNOWN_MODEL: FallbackReason.UNAVAILABLE,
    Fault.CONTEXT_TOO_LONG: FallbackReason.CAPACITY,
    Fault.REFUSED: FallbackReason.CAPACITY,
    Fault.INVALID: FallbackReason.CAPACITY,
}


def reason_of(fault: Fault) -> FallbackReason:
    """The reason to go on to another model that a fault is."""
    return _REASONS[fault]


@dataclass(slots=True, kw_only=True)
class ModelStatus:
    """What is known of one model's health. Times in seconds since 1970."""

    name: str
    enabled: bool = True
    calls: int = 0
    failures: int = 0
    consecutive_failures: int = 0
    last_reason: FallbackReason | None = None
    resting_until: float = 0.0


class ModelHealth:
    """Failures, rests and rate limits of models, by name; in memory, for one process.

    A model rests after PATIENCE failures in a row (at once where it cannot be asked at all), longer
    each time; a rate limit is honoured for as long as the provider said. A resting model is not
    forbidden: it comes last in the order, so that there is always somebody to ask.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._known: dict[str, ModelStatus] = {}

    def status(self, name: str) -> ModelStatus:
        """The status of a model; one that was never asked is healthy."""
        return self._known.setdefault(name, ModelStatus(name=name))

    def resting(self, name: str) -> bool:
        """Whether the model had better not be asked now."""
        return self.status(name).resting_until > self._clock.now()

    def order(self, names: Sequence[str]) -> list[str]:
        """`names` with the healthy ones first, in their order; then by the end of their rest."""
        if len(names) == 1:
            return list(names)
        now = self._clock.now()
        rests = {name: max(0.0, self.status(name).resting_until - now) for name in names}
        return sorted(names, key=lambda name: rests[name])

    def succeeded(self, name: str) -> None:
        """The model answered: whatever was held against it is forgotten."""
        status = self.status(name)
        status.calls += 1
        status.consecutive_failures, status.resting_until = 0, 0.0

    def failed(self, name: str, reason: FallbackReason, retry_after: float | None = None) -> None:
        """The model failed; `retry_after` in seconds, where the provider said."""
        status = self.status(name)
        status.calls += 1
        status.failures += 1
        status.last_reason = reason
        if reason in (FallbackReason.CAPACITY, FallbackReason.CIRCUIT_OPEN):
            return
        status.consecutive_failures += 1
        rest = _rest(status.consecutive_failures, reason, retry_after)
        status.resting_until = max(status.resting_until, self._clock.now() + rest)


def _rest(failures: int, reason: FallbackReason, retry_after: float | None) -> float:
    if retry_after is not None:
        return retry_after
    at_once = reason in (FallbackReason.UNAVAILABLE, FallbackReason.RATE_LIMIT)
    beyond = failures - (1 if at_once else PATIENCE)
    return 0.0 if beyond < 0 else min(MAX_REST, FIRST_REST * 2 ** min(beyond, 16))
