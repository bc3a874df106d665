"""Waiting for what happens in another process."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], seconds: float = 120.0) -> T:
    """The first true thing that `look` sees; fails after so many seconds."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.02)
    return found


async def has_ended(pid: int) -> bool:
    """Whether a process has ended, its parent's knowledge aside."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def has_no_reader(pipe: Path) -> bool:
    """Whether nobody holds the other end of a named pipe, not even a process that is dying."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.errno == errno.ENXIO
    return False
