"""Running tools, and stopping them."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from liteagent.clock import Clock, SystemClock
from liteagent.deadline import OverrunError, SelfCancelledError, contained, run_within, stop
from liteagent.threads import in_thread
from liteagent.tools.context import ToolContext
from liteagent.tools.errors import FailureKind, ToolFailedError, describe
from liteagent.tools.process import call_in_process
from liteagent.tools.results import to_result
from liteagent.tools.secrets import Secrets
from liteagent.tools.slots import Slots
from liteagent.tools.tool import Tool


class ToolRunner(Protocol):
    """Runs one tool call to its end."""

    async def run(self, tool: Tool, args: Mapping[str, Any], ctx: ToolContext) -> Any:
        """What the tool returned, as plain JSON (see `to_result`). `args` come from `Tool.bind`.

        Raises `ToolFailedError`. When the caller is cancelled the tool is stopped first.
        """
        ...

    async def close(self) -> None:
        """Stop what still runs, and let go of what running takes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """How one try of a tool call went, for whoever measures."""

    tool: Tool
    call_id: str
    failure: FailureKind | None
    """None: it returned."""
    queued: float
    """Seconds it waited for a place to run."""
    ran: float
    """Seconds from its start to its end."""


def _unmeasured(run: ToolRun) -> None:
    """Nobody measures."""


class LocalToolRunner:
    """Runs tools in this process, or in processes of its own on this machine.

    An async tool runs on the loop and is cancelled to stop it; one that does not obey is left
    behind after `grace` seconds, and the failure says so. A plain function runs in a thread, which
    nothing can stop, and so it has no timeout (`@tool` gives it a process then). A tool with
    `isolation="process"` is killed. Resources (`num_cpus`, …) are not looked at.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
        threads: int = 32,
        processes: int = 8,
        grace: float = 5.0,
        measure: Callable[[ToolRun], None] = _unmeasured,
    ) -> None:
        """`environ` is where declared secrets are read from (None: this process's)."""
        self._clock = clock or SystemClock()
        self._environ = os.environ if environ is None else environ
        self._slots = Slots(threads=threads, processes=processes)
        self._grace = grace
        self._measure = measure
        self._running: set[asyncio.Task[Any]] = set()

    async def run(self, tool: Tool, args: Mapping[str, Any], ctx: ToolContext) -> Any:
        """See `ToolRunner`. A repeatable tool is tried again as often as its `retries` say, but not
        while an earlier try may still be running.
        """
        secrets = Secrets.read(tool.secrets, self._environ)
        if tool.secrets or ctx.secrets:
            ctx = replace(ctx, secrets=secrets)
        left = tool.retries if tool.effect.repeatable else 0
        pause = 0.25
        while True:
            try:
                return await self._try(tool, args, ctx, secrets)
            except ToolFailedError as error:
                if left == 0 or error.still_running:
                    raise
            left -= 1
            await self._clock.sleep(pause)
            pause = min(2 * pause, 5.0)

    async def close(self) -> None:
        """Stop what still runs; what does not stop within `grace` seconds is left behind."""
        running = list(self._running)
        await asyncio.gather(
            *(stop(task, clock=self._clock, grace=self._grace) for task in running)
        )

    async def _try(
        self, tool: Tool, args: Mapping[str, Any], ctx: ToolContext, secrets: Secrets
    ) -> Any:
        asked = self._clock.now()
        release = await self._slots.acquire(tool)
        started = self._clock.now()
        task = asyncio.create_task(contained(self._work(tool, args, ctx)), name=f"tool {tool.name}")
        self._running.add(task)

        def ended(task: asyncio.Task[Any]) -> None:
            self._running.discard(task)
            # A place is free again when the tool has ended, which may be long after we gave it up.
            release()

        task.add_done_callback(ended)
        failure: FailureKind | None = "cancelled"
        try:
            result = await self._outcome(task, tool, secrets)
            failure = None
        except ToolFailedError as error:
            failure = error.kind
            raise
        finally:
            now = self._clock.now()
            run = ToolRun(
                tool=tool,
                call_id=ctx.call_id,
                failure=failure,
                queued=started - asked,
                ran=now - started,
            )
            self._measure(run)
        return result

    async def _outcome(self, task: asyncio.Task[Any], tool: Tool, secrets: Secrets) -> Any:
        """The task's result; whatever else became of it as `ToolFailedError`."""
        # A process keeps its own time, from when it is ready.
        seconds = tool.timeout if tool.isolation == "inline" else None
        try:
            return await run_within(task, seconds=seconds, clock=self._clock, grace=self._grace)
        except OverrunError as error:
            message = f"{tool.name} did not end within {seconds:g} s and was cancelled"
            if not error.stopped:
                message += f"; it has not stopped {self._grace:g} s later and may still be at work"
            raise ToolFailedError(
                "timeout", f"{message}.", still_running=not error.stopped
            ) from None
        except SelfCancelledError:
            raise ToolFailedError("cancelled", f"{tool.name} cancelled itself.") from None
        except ToolFailedError:
            raise
        except Exception as error:  # a tool can raise anything
            raise ToolFailedError("error", secrets.redact(describe(error))) from error

    async def _work(self, tool: Tool, args: Mapping[str, Any], ctx: ToolContext) -> Any:
        if tool.isolation == "process":
            return await call_in_process(tool, args, ctx, clock=self._clock)
        if tool.body.is_async:
            return to_result(await tool.body.start(args, ctx))
        inside = replace(ctx, report=_across(ctx.report))
        value = await in_thread(lambda: tool.body.start(args, inside), name=f"tool {tool.name}")
        return to_result(await value if inspect.isawaitable(value) else value)


def _across(report: Callable[[str], None]) -> Callable[[str], None]:
    """`report`, callable from another thread."""
    loop = asyncio.get_running_loop()

    def hand_over(text: str) -> None:
        loop.call_soon_threadsafe(report, text)

    return hand_over
