"""Whether a chat platform is connected, for whoever watches the gateway."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from liteagent.events import Json
from liteagent.observability import HealthCheck, HealthStatus

ADAPTER_CHECK = "adapter "
"""What the names of these checks begin with."""
Healths = Callable[[], Awaitable[Mapping[str, Mapping[str, Json]]]]


class AdapterHealthCheck(HealthCheck):
    """Degraded while one adapter is not connected: everything else goes on without it. Why it is
    not stays with `liteagent doctor`: anybody may ask a probe.
    """

    def __init__(self, adapter: str, healths: Healths) -> None:
        super().__init__(f"{ADAPTER_CHECK}{adapter}")
        self._adapter, self._healths = adapter, healths

    async def probe(self) -> tuple[HealthStatus, Mapping[str, Json]]:
        health = (await self._healths()).get(self._adapter, {})
        connected = bool(health.get("connected"))
        return HealthStatus.HEALTHY if connected else HealthStatus.DEGRADED, {
            "connected": connected
        }
