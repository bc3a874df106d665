"""Whether the plugins of this process are well."""

from __future__ import annotations

from liteagent.clock import Clock
from liteagent.observability import HealthCheck, HealthStatus
from liteagent.observability.health import Findings
from liteagent.plugins import PluginHost, PluginState


class PluginsHealthCheck(HealthCheck):
    """Degraded while a plugin is broken: a broken one stops nothing but what it was to bring."""

    def __init__(
        self,
        plugins: PluginHost,
        name: str = "plugins",
        *,
        seconds: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, seconds=seconds, clock=clock)
        self._plugins = plugins

    async def probe(self) -> tuple[HealthStatus, Findings]:
        states = {status.name: status.state for status in self._plugins.statuses}
        loaded = [name for name, state in states.items() if state is PluginState.LOADED]
        broken = {
            name: state.value
            for name, state in states.items()
            if state not in (PluginState.LOADED, PluginState.DISABLED)
        }
        status = HealthStatus.DEGRADED if broken else HealthStatus.HEALTHY
        return status, {"loaded": loaded, "broken": broken}
