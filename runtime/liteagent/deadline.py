"""Deadlines for work that may not stop when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from liteagent.clock import Clock

T = TypeVar("T")


class OverrunError(Exception):
    """The work did not end in time and was cancelled. `stopped`: whether it ended within the grace
    period.
    """

    def __init__(self, *, stopped: bool) -> None:
        self.stopped = stopped
        super().__init__(
            "did not end in time" if stopped else "did not end in time, nor when cancelled"
        )


class SelfCancelledError(Exception):
    """The work ended itself with a cancellation that nobody had asked for."""


async def run_within(
    task: asyncio.Task[T], *, seconds: float | None, clock: Clock, grace: float = 5.0
) -> T:
    """What `task` returns or raises, if it ends within `seconds` (None: whenever).

    On overrun, and when the caller is cancelled, the task is cancelled and waited for; after
    `grace` more seconds it is left behind. Raises `OverrunError`, `SelfCancelledError`.
    """
    try:
        await asyncio.sleep(0)  # much work ends at its first step: it needs no timer
        if not task.done():
            await _wait(task, None if seconds is None else clock.sleep(seconds))
    except asyncio.CancelledError:
        await stop(task, clock=clock, grace=grace)
        raise
    if not task.done():
        raise OverrunError(stopped=await stop(task, clock=clock, grace=grace))
    if task.cancelled():
        raise SelfCancelledError
    return task.result()


async def stop(task: asyncio.Task[Any], *, clock: Clock, grace: float) -> bool:
    """Cancel `task` and wait for its end, at most `grace` seconds; whether it ended."""
    task.add_done_callback(_forget)
    task.cancel()
    await _wait(task, clock.sleep(grace))
    return task.done()


async def _wait(task: asyncio.Task[Any], time: Coroutine[Any, Any, None] | None) -> None:
    """Wait until `task` has ended or `time` is over."""
    if time is None:
        await asyncio.wait({task})
        return
    timer = asyncio.ensure_future(time)
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()


async def set_within(event: asyncio.Event, *, seconds: float, clock: Clock) -> None:
    """Wait until `event` is set, at most `seconds`."""
    waits = (asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep(seconds)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    """Take the exception of a task that nobody waits for any more, so that none is reported."""
    if not task.cancelled():
        task.exception()


async def contained(work: Awaitable[T]) -> T:
    """What `work` returns; `SystemExit`, which would end the loop, comes as `RuntimeError`."""
    try:
        return await work
    except SystemExit as error:
        raise RuntimeError(f"called sys.exit({error.code!r})") from error
