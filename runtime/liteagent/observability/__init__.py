"""What a running LiteAgent tells of itself: logs, metrics, health."""

from liteagent.observability.context import current_log_context, log_context
from liteagent.observability.exposition import exposition
from liteagent.observability.health import (
    HealthCheck,
    HealthCheckRegistry,
    HealthCheckResult,
    HealthStatus,
    overall,
)
from liteagent.observability.health_checks import (
    DatabaseHealthCheck,
    DiskSpaceHealthCheck,
    ExternalServiceHealthCheck,
    JournalHealthCheck,
    MemoryHealthCheck,
)
from liteagent.observability.logs import LogHandler, configure_logging
from liteagent.observability.metrics import Metrics

__all__ = [
    "DatabaseHealthCheck",
    "DiskSpaceHealthCheck",
    "ExternalServiceHealthCheck",
    "HealthCheck",
    "HealthCheckRegistry",
    "HealthCheckResult",
    "HealthStatus",
    "JournalHealthCheck",
    "LogHandler",
    "MemoryHealthCheck",
    "Metrics",
    "configure_logging",
    "current_log_context",
    "exposition",
    "log_context",
    "overall",
]
