"""Tools in processes of their own: what reaches them, and how they end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import isolated_tools
import pytest

from liteagent.testing import FakeClock
from liteagent.tools import LocalToolRunner, ToolContext, ToolFailedError, ToolFunction


@pytest.fixture
def runner(clock: FakeClock) -> LocalToolRunner:
    return LocalToolRunner(clock=clock, environ={"ISOLATED_TOKEN": "hunter2"})


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe: its reader sees the end when every process that holds it open is gone."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def run(
    runner: LocalToolRunner, tool: ToolFunction[..., Any], ctx: ToolContext, **args: Any
) -> asyncio.Task[Any]:
    return asyncio.create_task(runner.run(tool.tool, tool.tool.bind(args), ctx))


async def failure(task: asyncio.Task[Any]) -> ToolFailedError:
    with pytest.raises(ToolFailedError) as caught:
        await task
    return caught.value


async def test_arguments_context_progress_and_result_cross_the_process_as_json(
    runner: LocalToolRunner, ctx: ToolContext
) -> None:
    told: list[str] = []
    listening = replace(ctx, report=told.append)

    result = await run(runner, isolated_tools.report, listening, day="2026-03-04")

    assert result.pop("pid") != os.getpid()
    assert result == {
        "day": "2026-03-04",
        "told": {
            "session": "ses_1",
            "turn": "turn_1",
            "call": "call_1",
            "key": ctx.idempotency_key,
            "principal": "local",
            "token": "hunter2",
            "stdin": "",
        },
    }
    assert told == ["halfway"]


async def test_an_async_tool_can_be_isolated_too(runner: LocalToolRunner, ctx: ToolContext) -> None:
    assert await run(runner, isolated_tools.add, ctx, a=1, b=2) == 3


def test_a_plain_function_with_a_timeout_gets_a_process() -> None:
    assert isolated_tools.hang.tool.isolation == "process"


async def start_hanging(
    runner: LocalToolRunner, ctx: ToolContext, pipe: Path
) -> tuple[asyncio.Task[Any], asyncio.Task[bytes]]:
    """A tool that hangs, with a child process, and what waits for the end of both."""
    hanging = asyncio.Event()
    listening = replace(ctx, report=lambda _: hanging.set())
    gone = asyncio.create_task(asyncio.to_thread(pipe.read_bytes))
    call = run(runner, isolated_tools.hang, listening, pipe=str(pipe))
    await hanging.wait()
    return call, gone


async def test_a_timeout_kills_the_process_and_its_children(
    runner: LocalToolRunner, ctx: ToolContext, clock: FakeClock, pipe: Path
) -> None:
    call, gone = await start_hanging(runner, ctx, pipe)
    await clock.sleepers()
    await clock.advance(30)

    error = await failure(call)
    assert (error.kind, error.still_running) == ("timeout", False)
    assert str(error) == "hang did not end within 30 s and was killed."
    assert await gone == b"x"


async def test_cancelling_the_caller_kills_the_process_and_its_children(
    runner: LocalToolRunner, ctx: ToolContext, pipe: Path
) -> None:
    call, gone = await start_hanging(runner, ctx, pipe)
    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
    assert await gone == b"x"


CALLER = """
import asyncio, sys
sys.path[:] = {path!r}
import isolated_tools
from liteagent.principal import LOCAL
from liteagent.tools import LocalToolRunner, ToolContext

ctx = ToolContext(session_id="s", turn_id="t", call_id="c", principal=LOCAL)
asyncio.run(LocalToolRunner().run(isolated_tools.hang.tool, {{"pipe": {pipe!r}}}, ctx))
"""


def test_when_the_caller_is_killed_the_tool_does_not_go_on_without_it(pipe: Path) -> None:
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER.format(path=sys.path, pipe=str(pipe))],
    )
    with pipe.open("rb") as reader:
        assert reader.read(1) == b"x"
        caller.kill()
        caller.wait()
        assert reader.read() == b""


async def test_a_crash_is_told_with_its_signal(runner: LocalToolRunner, ctx: ToolContext) -> None:
    error = await failure(run(runner, isolated_tools.crash, ctx))

    assert error.kind == "crashed"
    assert str(error) == "crash crashed: its process died of SIGSEGV before it answered."


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("raise", "ValueError: the token <ISOLATED_TOKEN> was refused"),
        ("exit", "It called sys.exit(7)."),
    ],
)
async def test_what_it_raises_is_told_without_its_secrets(
    runner: LocalToolRunner, ctx: ToolContext, how: str, message: str
) -> None:
    error = await failure(run(runner, isolated_tools.fail, ctx, how=how))

    assert (error.kind, str(error)) == ("error", message)


async def test_a_thread_left_behind_does_not_keep_the_process(
    runner: LocalToolRunner, ctx: ToolContext
) -> None:
    assert await run(runner, isolated_tools.leave_a_thread, ctx) == "done"
