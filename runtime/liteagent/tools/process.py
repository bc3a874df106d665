"""Running one call of a tool in a process of its own, which can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Coroutine, Mapping
from typing import Any

from liteagent.clock import Clock
from liteagent.deadline import OverrunError, run_within
from liteagent.tools.calls import call_request
from liteagent.tools.context import ToolContext
from liteagent.tools.errors import ToolFailedError
from liteagent.tools.frames import pack, receive_frame
from liteagent.tools.tool import Tool

START_SECONDS = 60.0
"""How long the process may take to import the tool's module."""


async def call_in_process(
    tool: Tool, args: Mapping[str, Any], ctx: ToolContext, *, clock: Clock
) -> Any:
    """The result as plain JSON. The timeout counts from when the tool's module was imported.

    However this ends, the process has ended before it: by itself after it answered, else killed
    with its process group. What a tool that answered left running in the background stays.
    Raises `ToolFailedError`.
    """
    async with _worker(tool) as worker:
        try:
            await _within(worker.start(args, ctx), START_SECONDS, clock)
        except OverrunError:
            raise ToolFailedError(
                "error",
                f"{tool.name} was not run: its module took more than {START_SECONDS:g} s to"
                " import.",
            ) from None
        try:
            return await _within(worker.receive("result", ctx), tool.timeout, clock)
        except OverrunError:
            raise ToolFailedError(
                "timeout", f"{tool.name} did not end within {tool.timeout:g} s and was killed."
            ) from None


async def _within(work: Coroutine[Any, Any, Any], seconds: float | None, clock: Clock) -> Any:
    return await run_within(asyncio.create_task(work), seconds=seconds, clock=clock)


@contextlib.asynccontextmanager
async def _worker(tool: Tool) -> AsyncGenerator[WorkerProcess]:
    # -P: what lies in the current directory must not shadow the modules the worker starts with.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "liteagent.tools.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    worker = WorkerProcess(tool, process)
    try:
        yield worker
    finally:
        await worker.end()


class WorkerProcess:
    """The parent's side of `liteagent.tools.worker`."""

    def __init__(self, tool: Tool, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._tool = tool
        self._process = process
        self._requests = process.stdin
        self._answers = process.stdout
        self._answered = False

    async def start(self, args: Mapping[str, Any], ctx: ToolContext) -> None:
        """Send the call; returns when the tool begins to run."""
        self._requests.write(pack(call_request(self._tool, args, ctx)))
        # That a process died before it read this is noticed when its answer is awaited.
        with contextlib.suppress(ConnectionError):
            await self._requests.drain()
        await self.receive("ready", ctx)

    async def receive(self, kind: str, ctx: ToolContext) -> Any:
        """The value of the next frame of this kind; forwards progress on the way there.

        Raises `ToolFailedError`, `error` when the tool raised and `crashed` when the process ended.
        """
        while True:
            try:
                frame = await receive_frame(self._answers)
            except asyncio.IncompleteReadError:
                raise ToolFailedError("crashed", await self._obituary()) from None
            if "progress" in frame:
                ctx.progress(frame["progress"])
                continue
            self._answered = "ready" not in frame
            if "error" in frame:
                raise ToolFailedError("error", frame["error"])
            return frame[kind]

    async def end(self) -> None:
        """Wait for a process that has answered; kill any other, with its group."""
        if not self._answered:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        self._requests.close()

    async def _obituary(self) -> str:
        code = await self._process.wait()
        how = f"exited with code {code}" if code >= 0 else f"died of {signal.Signals(-code).name}"
        return f"{self._tool.name} crashed: its process {how} before it answered."
