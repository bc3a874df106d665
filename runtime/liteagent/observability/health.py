"""Health checks: what this process needs, asked one by one and all at once."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from liteagent.clock import Clock, SystemClock
from liteagent.deadline import OverrunError, run_within

Findings = Mapping[str, Any]
"""What a check found, as plain JSON."""


class HealthStatus(Enum):
    """How well something is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    """Works, and will not for long unless somebody looks after it."""
    UNHEALTHY = "unhealthy"
    """Does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheckResult:
    """What one check said."""

    name: str
    status: HealthStatus
    latency_ms: float
    details: Findings = field(default_factory=dict[str, Any])

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status.value,
            "latency_ms": round(self.latency_ms, 3),
            "details": dict(self.details),
        }


class HealthCheck(ABC):
    """One thing to be looked at; unhealthy if its probe raises or takes longer than `seconds`."""

    def __init__(self, name: str, *, seconds: float = 5.0, clock: Clock | None = None) -> None:
        self.name = name
        self._seconds = seconds
        self._clock = clock or SystemClock()

    @abstractmethod
    async def probe(self) -> tuple[HealthStatus, Findings]:
        """Look once, and say what was found."""

    async def check(self) -> HealthCheckResult:
        """`probe`, timed and within its time; raises nothing but a cancellation."""
        began = self._clock.now()
        try:
            status, details = await run_within(
                asyncio.ensure_future(self.probe()), seconds=self._seconds, clock=self._clock
            )
        except OverrunError:
            status, details = _failed(f"no answer in {self._seconds:g} seconds")
        except Exception as error:  # noqa: BLE001 whatever a probe raises is what it found
            status, details = _failed(f"{type(error).__name__}: {error}")
        return HealthCheckResult(
            name=self.name,
            status=status,
            latency_ms=max(0.0, self._clock.now() - began) * 1000,
            details=details,
        )


class HealthCheckRegistry:
    """The checks of one process, run together."""

    def __init__(self) -> None:
        self._checks: dict[str, HealthCheck] = {}

    def register(self, check: HealthCheck) -> None:
        """Add a check, in place of one of the same name."""
        self._checks[check.name] = check

    def unregister(self, name: str) -> None:
        """Leave a check out; a no-op for one that is not there."""
        self._checks.pop(name, None)

    async def run_all(self) -> dict[str, HealthCheckResult]:
        """Every check's result by its name; all run at the same time."""
        checks = list(self._checks.values())
        results = await asyncio.gather(*(check.check() for check in checks))
        return {result.name: result for result in results}

    async def get_overall_status(self) -> HealthStatus:
        """The worst of all; healthy when there is nothing to check."""
        return overall(await self.run_all())


def overall(results: Mapping[str, HealthCheckResult]) -> HealthStatus:
    """The worst of these; healthy when there are none."""
    found = {result.status for result in results.values()}
    for status in (HealthStatus.UNHEALTHY, HealthStatus.DEGRADED):
        if status in found:
            return status
    return HealthStatus.HEALTHY


def _failed(why: str) -> tuple[HealthStatus, Findings]:
    return HealthStatus.UNHEALTHY, {"error": why}
