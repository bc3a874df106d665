"""Tools that ask for a cluster's resources, run as Ray tasks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

from liteagent.clock import Clock, SystemClock
from liteagent.cluster import actors
from liteagent.deadline import OverrunError, run_within
from liteagent.threads import start_thread
from liteagent.tools import LocalToolRunner, Secrets, Tool, ToolContext, ToolFailedError
from liteagent.tools.calls import call_request, serve_call
from liteagent.tools.errors import describe


class RayToolRunner:
    """A `ToolRunner`. What asks for CPUs, GPUs, memory, other resources or an environment of its
    own runs as a Ray task, whose process is killed to stop it; anything else runs here, with
    `isolation="process"` in a process of its own on this machine.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._here = LocalToolRunner(clock=self._clock)

    async def run(self, tool: Tool, args: Mapping[str, Any], ctx: ToolContext) -> Any:
        """See `ToolRunner`."""
        if _wants_cluster(tool):
            # To the local runner it is an async tool that keeps its own time; retries, places and
            # secrets are as for any other.
            body = RayBody(tool, self._clock)
            tool = replace(tool, body=body, isolation="inline", timeout=None)
        return await self._here.run(tool, args, ctx)

    async def close(self) -> None:
        await self._here.close()


class RayBody:
    """The body of a tool (`liteagent.tools.body.Body`) that runs as a Ray task."""

    is_async = True

    def __init__(self, tool: Tool, clock: Clock) -> None:
        self.entry = tool.body.entry
        self._tool, self._clock = tool, clock

    def check(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self._tool.body.check(tool, arguments)

    async def start(self, arguments: Mapping[str, Any], ctx: ToolContext) -> Any:
        """Its result; the timeout counts from when a worker has it. Raises `ToolFailedError`."""
        tool = self._tool
        if self.entry is None:
            raise ToolFailedError(
                "error",
                f"{tool.name} cannot run on the cluster: it has to be a function at the top level"
                " of a module that the other machines can import.",
            )
        async with aclosing(self._frames(arguments, ctx)) as frames:
            assert "ready" in await anext(frames), "a worker says first that it has begun"
            receiving = asyncio.ensure_future(_result(frames, ctx))
            try:
                return await run_within(receiving, seconds=tool.timeout, clock=self._clock)
            except OverrunError:
                raise ToolFailedError(
                    "timeout", f"{tool.name} did not end within {tool.timeout:g} s and was killed."
                ) from None

    async def _frames(
        self, arguments: Mapping[str, Any], ctx: ToolContext
    ) -> AsyncGenerator[Mapping[str, Any]]:
        """What the task says; when the reader leaves, its process is killed."""
        from ray.exceptions import RayError

        task = _task(self._tool).remote(call_request(self._tool, arguments, ctx))
        ended = False
        try:
            async for reference in task:
                frame: Mapping[str, Any] = await reference
                ended = "result" in frame or "error" in frame
                yield frame
        except RayError as error:
            ended = True
            raise ToolFailedError("crashed", f"{self._tool.name} crashed: {error}") from error
        finally:
            if not ended:
                actors.cancel(task, force=True)


async def _result(frames: AsyncGenerator[Mapping[str, Any]], ctx: ToolContext) -> Any:
    async for frame in frames:
        if "progress" in frame:
            ctx.progress(frame["progress"])
        elif "error" in frame:
            raise ToolFailedError("error", frame["error"])
        elif "result" in frame:
            return frame["result"]
    raise ToolFailedError("crashed", "The task ended without an answer.")


def _wants_cluster(tool: Tool) -> bool:
    numbers = (tool.num_cpus, tool.num_gpus, tool.memory)
    return any(number is not None for number in numbers) or bool(tool.resources or tool.runtime_env)


def _task(tool: Tool) -> Any:
    options = {
        "num_cpus": tool.num_cpus or 0,
        "num_gpus": tool.num_gpus or 0,
        "memory": tool.memory,
        "resources": dict(tool.resources),
        "runtime_env": dict(tool.runtime_env) or None,
    }
    make = actors.library().remote(max_retries=0, num_returns="streaming")
    return make(serve_frames).options(name=f"tool {tool.name}", **options)


def serve_frames(request: Mapping[str, Any]) -> Generator[Mapping[str, Any]]:
    """Runs in the task: `ready`, any number of `progress`, then `result` or `error`."""
    frames: SimpleQueue[Mapping[str, Any]] = SimpleQueue()

    def serve() -> None:
        try:
            frames.put({"result": serve_call(request, frames.put)})
        except BaseException as error:  # noqa: BLE001 the tool's failure is the answer
            frames.put({"error": Secrets(request["secrets"]).redact(describe(error))})

    start_thread(serve, name="tool")
    while True:
        frame = frames.get()
        yield frame
        if "result" in frame or "error" in frame:
            return
