"""A health check says what it found, whatever happens to it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from liteagent.journal.memory import MemoryJournal
from liteagent.observability import (
    DatabaseHealthCheck,
    DiskSpaceHealthCheck,
    ExternalServiceHealthCheck,
    HealthCheck,
    HealthCheckRegistry,
    HealthStatus,
    JournalHealthCheck,
    MemoryHealthCheck,
)
from liteagent.observability.health import Findings
from liteagent.testing import FakeClock


class Fixed(HealthCheck):
    """Always says the same."""

    def __init__(self, name: str, status: HealthStatus) -> None:
        super().__init__(name)
        self._status = status

    async def probe(self) -> tuple[HealthStatus, Findings]:
        return self._status, {}


async def test_a_journal_that_answers_is_healthy_and_a_closed_one_is_not() -> None:
    journal = MemoryJournal()
    check = JournalHealthCheck(journal)
    assert (await check.check()).status is HealthStatus.HEALTHY

    await journal.close()

    result = await check.check()
    assert result.status is HealthStatus.UNHEALTHY
    assert result.details["error"]


async def test_a_check_that_takes_too_long_is_unhealthy() -> None:
    clock = FakeClock()

    async def never() -> None:
        await asyncio.Event().wait()

    checking = asyncio.create_task(DatabaseHealthCheck(never, seconds=2, clock=clock).check())
    await clock.sleepers()
    await clock.advance(2)

    result = await checking
    assert result.status is HealthStatus.UNHEALTHY
    assert result.details == {"error": "no answer in 2 seconds"}
    assert result.latency_ms == 2000


async def test_a_cancelled_check_is_cancelled() -> None:
    begun = asyncio.Event()

    async def never() -> None:
        begun.set()
        await asyncio.Event().wait()

    checking = asyncio.create_task(DatabaseHealthCheck(never).check())
    await begun.wait()
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking


async def test_the_whole_is_as_well_as_its_worst_part() -> None:
    registry = HealthCheckRegistry()
    assert await registry.get_overall_status() is HealthStatus.HEALTHY

    registry.register(Fixed("a", HealthStatus.HEALTHY))
    registry.register(Fixed("b", HealthStatus.DEGRADED))
    assert await registry.get_overall_status() is HealthStatus.DEGRADED

    registry.register(Fixed("c", HealthStatus.UNHEALTHY))
    assert await registry.get_overall_status() is HealthStatus.UNHEALTHY
    assert sorted(await registry.run_all()) == ["a", "b", "c"]

    registry.unregister("c")
    registry.unregister("never there")
    assert await registry.get_overall_status() is HealthStatus.DEGRADED


async def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    fine = DiskSpaceHealthCheck(tmp_path, degraded_below=0, unhealthy_below=0)
    tight = DiskSpaceHealthCheck(tmp_path, degraded_below=2**62, unhealthy_below=0)
    full = DiskSpaceHealthCheck(tmp_path, degraded_below=2**62, unhealthy_below=2**62)
    gone = DiskSpaceHealthCheck(tmp_path / "none")

    assert (await fine.check()).status is HealthStatus.HEALTHY
    assert (await tight.check()).status is HealthStatus.DEGRADED
    assert (await full.check()).status is HealthStatus.UNHEALTHY
    assert (await gone.check()).status is HealthStatus.UNHEALTHY


async def test_a_machine_short_of_memory_is_told() -> None:
    fine = await MemoryHealthCheck(degraded_above=100, unhealthy_above=100).check()
    short = await MemoryHealthCheck(degraded_above=0, unhealthy_above=100).check()
    out = await MemoryHealthCheck(degraded_above=0, unhealthy_above=0).check()

    assert fine.status is HealthStatus.HEALTHY
    assert short.status is HealthStatus.DEGRADED
    assert out.status is HealthStatus.UNHEALTHY
    assert fine.to_json()["details"]["available_bytes"] > 0


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (204, HealthStatus.HEALTHY),
        (404, HealthStatus.DEGRADED),
        (503, HealthStatus.UNHEALTHY),
    ],
)
async def test_a_service_is_as_well_as_it_answers(code: int, status: HealthStatus) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {code} x\r\nConnection: close\r\n\r\n".encode())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await ExternalServiceHealthCheck("svc", f"http://127.0.0.1:{port}/").check()

    assert (result.status, result.details) == (status, {"status_code": code})


async def test_a_service_that_is_not_there_is_unhealthy() -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    result = await ExternalServiceHealthCheck("svc", f"http://127.0.0.1:{port}/").check()
    assert result.status is HealthStatus.UNHEALTHY
