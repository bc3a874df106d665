"""The product's own metrics, by name. No label is ever a session, a turn, a user or a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_WORK = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_PEOPLE = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 7 * 24 * 3600)


class Families:
    """Every metric, registered in one registry; times in seconds, money in US dollars."""

    def __init__(self, registry: CollectorRegistry) -> None:
        from prometheus_client import Counter, Gauge, Histogram

        def counter(name: str, help: str, *labels: str) -> Counter:
            return Counter(f"liteagent_{name}", help, labels, registry=registry)

        def histogram(name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"liteagent_{name}", help, labels, registry=registry, buckets=buckets)

        def gauge(name: str, help: str) -> Gauge:
            return Gauge(f"liteagent_{name}", help, registry=registry)

        self.turns = counter("turns_total", "Turns that ended.", "agent", "outcome")
        self.turn_seconds = histogram(
            "turn_seconds", "From a turn's start to its end.", _WORK, "agent"
        )
        self.model_calls = counter(
            "model_calls_total", "Calls of models.", "provider", "model", "outcome"
        )
        self.tokens = counter("tokens_total", "Tokens of models.", "provider", "model", "type")
        self.cost_usd = counter(
            "cost_usd_total", "What models cost by their list prices.", "provider", "model"
        )
        self.tool_calls = counter("tool_calls_total", "Calls of tools.", "tool", "outcome")
        self.tool_seconds = histogram(
            "tool_seconds", "From a tool's start to its outcome.", _WORK, "tool"
        )
        self.approvals_pending = gauge("approvals_pending", "Approvals that wait for a person.")
        self.approval_wait_seconds = histogram(
            "approval_wait_seconds", "From asking a person to the decision.", _PEOPLE
        )
        self.sessions_active = gauge("sessions_active", "Sessions in this process's memory.")
        self.readers = gauge("readers", "Streams that read sessions of this process.")
        self.memory_bytes = gauge("memory_bytes", "Memory that is this process's own.")
        self.appends = counter("appends_total", "Writes to the journal.")
        self.append_seconds = histogram(
            "append_seconds", "From a write's begin to stable storage.", _FAST
        )
        self.plugin_load_failures = counter(
            "plugin_load_failures_total", "Plugins that could not be loaded.", "plugin"
        )
        self.http_requests = counter(
            "http_requests_total", "HTTP requests.", "route", "method", "status"
        )
        self.http_seconds = histogram(
            "http_seconds", "From an HTTP request to the end of its response.", _WORK, "route"
        )
