"""Tools that run as Ray tasks."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from liteagent.agents.sessions import Sessions
from liteagent.clock import Clock
from liteagent.cluster import Cluster, RayToolRunner
from liteagent.events import Event
from liteagent.kernel import Progress
from liteagent.principal import LOCAL
from liteagent.testing import FakeClock
from liteagent.tools import Tool, ToolContext, ToolFailedError
from tests.cluster.waiting import has_ended, until

pytestmark = pytest.mark.usefixtures("cluster")


def tool(name: str) -> Tool:
    import cluster_plugin

    return getattr(cluster_plugin, name).tool


def context(told: list[str] | None = None) -> ToolContext:
    report = (lambda text: None) if told is None else told.append
    return ToolContext(session_id="s", turn_id="t", call_id="c", principal=LOCAL, report=report)


async def run(
    name: str, told: list[str] | None = None, clock: Clock | None = None, **args: Any
) -> Any:
    runner = RayToolRunner(clock=clock)
    try:
        return await runner.run(tool(name), args, context(told))
    finally:
        await runner.close()


async def process_in(trace: Path) -> psutil.Process | None:
    text = trace.read_text() if trace.exists() else ""
    return psutil.Process(int(text)) if text else None


async def test_a_tool_that_asks_for_cpus_runs_elsewhere_and_gets_them() -> None:
    told: list[str] = []

    found = await run("whereabouts", told)

    assert found["pid"] != os.getpid()
    assert found["cpus"] == 0.1
    assert found["session"] == "s"
    assert told == ["looking around"]


async def test_a_tool_that_asks_for_nothing_runs_here() -> None:
    assert await run("here") == os.getpid()


async def test_a_tool_that_overruns_its_timeout_is_killed(tmp_path: Path) -> None:
    trace, clock = tmp_path / "trace", FakeClock()
    running = asyncio.ensure_future(run("stuck", clock=clock, trace=str(trace)))
    process = await until(lambda: process_in(trace))
    assert process is not None
    await clock.sleepers()
    await clock.advance(30)

    with pytest.raises(ToolFailedError, match="did not end within 30 s and was killed") as failed:
        await running
    assert failed.value.kind == "timeout"
    await until(lambda: has_ended(process.pid))


async def test_a_tool_whose_caller_is_cancelled_is_killed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    running = asyncio.ensure_future(run("endless", trace=str(trace)))
    process = await until(lambda: process_in(trace))
    assert process is not None

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    await until(lambda: has_ended(process.pid))


async def test_a_tool_that_raises_has_failed_and_its_secrets_are_not_told() -> None:
    with pytest.raises(ToolFailedError, match="ValueError: the token <CLUSTER_TOKEN> is not"):
        await run("leaky")


async def test_a_tool_whose_process_ends_has_crashed() -> None:
    with pytest.raises(ToolFailedError) as failed:
        await run("dying")

    assert failed.value.kind == "crashed"


async def test_an_agent_uses_a_tool_on_ray_and_its_word_of_progress_is_heard(
    cluster: Cluster, sessions: Sessions
) -> None:
    session = await sessions.create("caller", principal=LOCAL)

    frames = [
        frame async for frame in sessions.converse(session, "call whereabouts {}", principal=LOCAL)
    ]

    assert [f.text for f in frames if isinstance(f, Progress)] == ["looking around"]
    (done,) = [f for f in frames if isinstance(f, Event) and f.type == "tool.succeeded"]
    hosts = {host.identity.pid for host in (await cluster.status()).hosts}
    assert done.data["result"]["pid"] not in hosts
