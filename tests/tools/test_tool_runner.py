"""Running tools in this process: stopping, waiting, trying again."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest

import liteagent
from liteagent.testing import FakeClock
from liteagent.tools import (
    LocalToolRunner,
    Tool,
    ToolContext,
    ToolFailedError,
    ToolFunction,
    ToolRun,
)


class Stage:
    """A runner under a fake clock, with what it measured."""

    def __init__(self, clock: FakeClock, ctx: ToolContext, **options: Any) -> None:
        self.clock = clock
        self.ctx = ctx
        self.runs: list[ToolRun] = []
        self.runner = LocalToolRunner(clock=clock, measure=self.runs.append, **options)

    def start(self, tool: Tool | ToolFunction[..., Any], **args: Any) -> asyncio.Task[Any]:
        made = tool.tool if isinstance(tool, ToolFunction) else tool
        return asyncio.create_task(self.runner.run(made, made.bind(args), self.ctx))

    async def pass_time(self, seconds: float) -> None:
        """Once somebody waits for the clock."""
        await self.clock.sleepers()
        await self.clock.advance(seconds)

    async def failure(self, task: asyncio.Task[Any]) -> ToolFailedError:
        with pytest.raises(ToolFailedError) as caught:
            await task
        return caught.value


@pytest.fixture
def stage(clock: FakeClock, ctx: ToolContext) -> Stage:
    return Stage(clock, ctx)


async def test_async_and_plain_tools_return_plain_json(stage: Stage) -> None:
    @liteagent.tool
    async def quick() -> set[int]:
        """Async."""
        return {1}

    @liteagent.tool
    def plain() -> bool:
        """In a thread."""
        return threading.current_thread() is not threading.main_thread()

    assert await stage.start(quick) == [1]
    assert await stage.start(plain) is True


async def test_what_a_tool_raises_is_its_failure_for_the_model(stage: Stage) -> None:
    @liteagent.tool
    async def broken() -> None:
        """Broken."""
        raise ConnectionError("nobody at port 80")

    error = await stage.failure(stage.start(broken))

    assert (error.kind, str(error)) == ("error", "ConnectionError: nobody at port 80")


@pytest.mark.parametrize("exit_in", ["loop", "thread"])
async def test_a_tool_that_exits_takes_nobody_with_it(stage: Stage, exit_in: str) -> None:
    async def in_loop() -> None:
        raise SystemExit(3)

    def in_thread() -> None:
        raise SystemExit(3)

    made = liteagent.tool(in_loop if exit_in == "loop" else in_thread)

    error = await stage.failure(stage.start(made))
    assert error.kind == "error"
    assert "3" in str(error)


async def test_a_tool_that_takes_too_long_is_cancelled_and_has_stopped(stage: Stage) -> None:
    ended: list[str] = []

    @liteagent.tool(timeout=10)
    async def slow() -> None:
        """Slow."""
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleaned up")

    call = stage.start(slow)
    await stage.pass_time(10)
    error = await stage.failure(call)

    assert (error.kind, error.still_running) == ("timeout", False)
    assert str(error) == "slow did not end within 10 s and was cancelled."
    assert ended == ["cleaned up"]


async def test_a_tool_that_swallows_its_cancellation_is_left_behind_and_told(
    stage: Stage,
) -> None:
    release = asyncio.Event()

    @liteagent.tool(timeout=10, concurrency=1)
    async def stubborn() -> None:
        """Stubborn."""
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    call = stage.start(stubborn)
    await stage.pass_time(10)
    await stage.pass_time(5)
    error = await stage.failure(call)

    assert (error.kind, error.still_running) == ("timeout", True)
    assert "has not stopped 5 s later and may still be at work" in str(error)
    waiting = stage.start(stubborn)
    await asyncio.sleep(0)
    assert not waiting.done()  # its only place is taken until it has really ended
    release.set()
    await waiting


async def test_cancelling_the_caller_stops_the_tool_first(stage: Stage) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    @liteagent.tool
    async def slow() -> None:
        """Slow."""
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    call = stage.start(slow)
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert ended.is_set()
    assert [run.failure for run in stage.runs] == ["cancelled"]


async def test_a_tool_that_cancels_itself_is_no_cancellation_of_the_caller(stage: Stage) -> None:
    @liteagent.tool
    async def odd() -> None:
        """Odd."""
        raise asyncio.CancelledError

    error = await stage.failure(stage.start(odd))

    assert error.kind == "cancelled"


async def test_concurrency_makes_calls_wait_and_the_wait_is_measured(stage: Stage) -> None:
    gates = [asyncio.Event(), asyncio.Event()]

    @liteagent.tool(concurrency=1)
    async def one_at_a_time(gate: int) -> None:
        """One at a time."""
        await gates[gate].wait()

    first, second = stage.start(one_at_a_time, gate=0), stage.start(one_at_a_time, gate=1)
    await asyncio.sleep(0)
    await stage.clock.advance(7)
    gates[0].set()
    await first
    gates[1].set()
    await second

    assert [(run.queued, run.failure) for run in stage.runs] == [(0, None), (7, None)]
    assert stage.runs[0].ran == 7


async def test_a_call_cancelled_in_the_queue_gives_its_place_up(stage: Stage) -> None:
    gate = asyncio.Event()

    @liteagent.tool(concurrency=1)
    async def one_at_a_time() -> str:
        """One at a time."""
        await gate.wait()
        return "done"

    first, queued, last = (stage.start(one_at_a_time) for _ in range(3))
    await asyncio.sleep(0)
    queued.cancel()
    gate.set()

    assert await asyncio.gather(first, last) == ["done", "done"]


async def test_a_repeatable_tool_is_tried_again_with_the_same_key(stage: Stage) -> None:
    keys: list[str] = []

    @liteagent.tool(effect="idempotent", retries=2)
    async def flaky(ctx: ToolContext) -> str:
        """Flaky."""
        keys.append(ctx.idempotency_key)
        if len(keys) < 3:
            raise ConnectionError("not yet")
        return "done"

    call = stage.start(flaky)
    await stage.pass_time(0.25)
    await stage.pass_time(0.5)

    assert await call == "done"
    assert keys == [stage.ctx.idempotency_key] * 3


async def test_the_last_failure_is_told_when_every_try_failed(stage: Stage) -> None:
    tries: list[int] = []

    @liteagent.tool(effect="pure", retries=1)
    async def broken() -> None:
        """Broken."""
        tries.append(1)
        raise ValueError(f"try {len(tries)}")

    call = stage.start(broken)
    await stage.pass_time(0.25)

    assert str(await stage.failure(call)) == "ValueError: try 2"


async def test_progress_from_a_thread_arrives_on_the_loop_in_order(stage: Stage) -> None:
    told: list[tuple[str, bool]] = []
    stage.ctx = replace(
        stage.ctx,
        report=lambda text: told.append(
            (text, threading.current_thread() is threading.main_thread())
        ),
    )

    @liteagent.tool
    def busy(ctx: ToolContext) -> None:
        """Busy."""
        ctx.progress("one")
        ctx.progress("two")

    await stage.start(busy)

    assert told == [("one", True), ("two", True)]


async def test_declared_secrets_reach_the_tool_and_never_its_error(
    clock: FakeClock, ctx: ToolContext
) -> None:
    stage = Stage(clock, ctx, environ={"TOKEN": "hunter2", "OTHER": "x"})

    @liteagent.tool(secrets=["TOKEN"])
    async def login(ctx: ToolContext) -> None:
        """Log in."""
        assert list(ctx.secrets) == ["TOKEN"]
        raise PermissionError(f"{ctx.secrets['TOKEN']} is wrong")

    assert str(await stage.failure(stage.start(login))) == "PermissionError: <TOKEN> is wrong"


async def test_closing_stops_what_still_runs(stage: Stage) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    @liteagent.tool
    async def slow() -> None:
        """Slow."""
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    call = stage.start(slow)
    await started.wait()
    await stage.runner.close()

    assert ended.is_set()
    assert (await stage.failure(call)).kind == "cancelled"
