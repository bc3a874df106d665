"""Whether a chat platform is connected, for whoever watches the gateway."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from liteagent.events import Json
from liteagent.observability import HealthCheck, HealthStatus

ADAPTER_CHECK = "adapter "
"""What the names of these checks begin with."""
HealthOf = Callable[[str], Awaitable[Mapping[str, Json]]]


class AdapterHealthCheck(HealthCheck):
    """Degraded while one adapter is not connected: everything else goes on without it. Why it is
    not stays with `liteagent doctor`: anybody may ask a probe.
    """

    def __init__(self, adapter: str, health_of: HealthOf) -> None:
        super().__init__(f"{ADAPTER_CHECK}{adapter}")
        self._adapter, self._health_of = adapter, health_of

    async def probe(self) -> tuple[HealthStatus, Mapping[str, Json]]:
        connected = bool((await self._health_of(self._adapter))["connected"])
        return HealthStatus.HEALTHY if connected else HealthStatus.DEGRADED, {
            "connected": connected
        }
