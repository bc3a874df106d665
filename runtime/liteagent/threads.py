"""Threads for code that may block for ever: daemons, so that none keeps the process alive.

`concurrent.futures` joins its threads when the interpreter ends, so that one stuck tool or plugin
would hold up a shutdown. A thread made here is left behind instead.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def start_thread(function: Callable[[], T], *, name: str) -> Future[T]:
    """Run `function` in a daemon thread of its own.

    The future takes whatever the function raised, `SystemExit` included, and cannot be cancelled.
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def work() -> None:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 whoever waits for the future decides
            future.set_exception(error)
        else:
            future.set_result(result)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name=name, daemon=True).start()
    return future


async def in_thread(function: Callable[[], T], *, name: str) -> T:
    """What `function` returns or raises, off the event loop.

    A thread cannot be stopped, so a cancellation is passed on only when the function has returned.
    `SystemExit`, `KeyboardInterrupt` and `StopIteration`, which an event loop cannot carry, arrive
    as `RuntimeError`.
    """

    def carried() -> T:
        try:
            return function()
        except (SystemExit, KeyboardInterrupt, StopIteration) as error:
            raise RuntimeError(f"raised {type(error).__name__}({error})") from error

    running = asyncio.wrap_future(start_thread(carried, name=name))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
