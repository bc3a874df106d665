"""What Prometheus scrapes. Importing this module imports no Prometheus; making `Metrics` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from liteagent.events import Event
from liteagent.observability.event_meter import EventMeter
from liteagent.observability.families import Families

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric


class Metrics:
    """The metrics of one process, in the registry that is passed in; None makes a new one."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        from prometheus_client import CollectorRegistry

        self._registry = registry or CollectorRegistry()
        self._families = Families(self._registry)
        self._meter = EventMeter(self._families)

    def on_event(self, entity: str, event: Event) -> None:
        """Count a journaled event. Each is to be given once, by the process that appended it."""
        self._meter.observe(entity, event)

    def appended(self, seconds: float) -> None:
        """A write to the journal took this long."""
        self._families.appends.inc()
        self._families.append_seconds.observe(seconds)

    def http_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is the pattern (`/api/sessions/{id}`), never the path."""
        self._families.http_requests.labels(route, method, str(status)).inc()
        self._families.http_seconds.labels(route).observe(seconds)

    def plugin_failed(self, plugin: str) -> None:
        """A plugin could not be loaded."""
        self._families.plugin_load_failures.labels(plugin).inc()

    def sessions_active(self, count: int) -> None:
        """So many sessions are in memory now."""
        self._families.sessions_active.set(count)

    def readers(self, count: int) -> None:
        """So many streams read sessions of this process now."""
        self._families.readers.set(count)

    def memory(self, size: int) -> None:
        """So many bytes of memory are the process's own now."""
        self._families.memory_bytes.set(size)

    def approvals_pending(self, count: int) -> None:
        """So many approvals waited when the process started; events move it from there."""
        self._families.approvals_pending.set(count)

    @property
    def content_type(self) -> str:
        """What `render` returns, as HTTP names it."""
        from prometheus_client import CONTENT_TYPE_LATEST

        return CONTENT_TYPE_LATEST

    def collect(self) -> Sequence[Metric]:
        """Everything as values, which can be sent to another process; see `exposition`."""
        return list(self._registry.collect())

    def render(self) -> bytes:
        """Everything, in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)
