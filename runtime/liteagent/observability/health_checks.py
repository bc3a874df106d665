"""The health checks that come with LiteAgent."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from liteagent.clock import Clock
from liteagent.observability.health import Findings, HealthCheck, HealthStatus

_GIB = 1024**3


class RecordReader(Protocol):
    """The part of a journal that tells whether it answers."""

    async def get_record(self, collection: str, key: str) -> Any: ...


class JournalHealthCheck(HealthCheck):
    """The journal can be reached and read."""

    def __init__(
        self,
        journal: RecordReader,
        name: str = "journal",
        *,
        seconds: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, seconds=seconds, clock=clock)
        self._journal = journal

    async def probe(self) -> tuple[HealthStatus, Findings]:
        await self._journal.get_record("health", "probe")
        return HealthStatus.HEALTHY, {}


class DatabaseHealthCheck(HealthCheck):
    """A database answers; `ping` asks it something cheap and raises when it cannot."""

    def __init__(
        self,
        ping: Callable[[], Awaitable[object]],
        name: str = "database",
        *,
        seconds: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, seconds=seconds, clock=clock)
        self._ping = ping

    async def probe(self) -> tuple[HealthStatus, Findings]:
        await self._ping()
        return HealthStatus.HEALTHY, {}


class ExternalServiceHealthCheck(HealthCheck):
    """A GET of `url` is answered: below 400 is healthy, below 500 degraded."""

    def __init__(
        self, name: str, url: str, *, seconds: float = 5.0, clock: Clock | None = None
    ) -> None:
        super().__init__(name, seconds=seconds, clock=clock)
        self._url = url

    async def probe(self) -> tuple[HealthStatus, Findings]:
        import httpx

        async with httpx.AsyncClient(timeout=self._seconds) as client:
            code = (await client.get(self._url)).status_code
        if code < 400:
            return HealthStatus.HEALTHY, {"status_code": code}
        status = HealthStatus.DEGRADED if code < 500 else HealthStatus.UNHEALTHY
        return status, {"status_code": code}


class DiskSpaceHealthCheck(HealthCheck):
    """The disk under `path` has room: below `degraded_below` free bytes is degraded, below
    `unhealthy_below` unhealthy.
    """

    def __init__(
        self,
        path: Path,
        name: str = "disk",
        *,
        degraded_below: int = 2 * _GIB,
        unhealthy_below: int = _GIB // 4,
    ) -> None:
        super().__init__(name)
        self._path = path
        self._degraded_below = degraded_below
        self._unhealthy_below = unhealthy_below

    async def probe(self) -> tuple[HealthStatus, Findings]:
        # A network disk may take its time to answer.
        usage = await asyncio.to_thread(shutil.disk_usage, self._path)
        status = HealthStatus.HEALTHY
        if usage.free < self._degraded_below:
            status = HealthStatus.DEGRADED
        if usage.free < self._unhealthy_below:
            status = HealthStatus.UNHEALTHY
        return status, {"path": str(self._path), "free_bytes": usage.free}


class MemoryHealthCheck(HealthCheck):
    """The machine has memory left: above `degraded_above` percent in use is degraded, above
    `unhealthy_above` unhealthy.
    """

    def __init__(
        self,
        name: str = "memory",
        *,
        degraded_above: float = 90.0,
        unhealthy_above: float = 98.0,
    ) -> None:
        super().__init__(name)
        self._degraded_above = degraded_above
        self._unhealthy_above = unhealthy_above

    async def probe(self) -> tuple[HealthStatus, Findings]:
        import psutil

        memory = psutil.virtual_memory()
        status = HealthStatus.HEALTHY
        if memory.percent > self._degraded_above:
            status = HealthStatus.DEGRADED
        if memory.percent > self._unhealthy_above:
            status = HealthStatus.UNHEALTHY
        return status, {"used_percent": memory.percent, "available_bytes": memory.available}
