"""Checks of the machine: Python, the data directory, the disk, the port, the journal, a server."""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

from liteagent.cli.doctor.finding import Finding, note, ok, wrong
from liteagent.cli.server.running import RunningServer
from liteagent.cli.server.status import look
from liteagent.config import Settings
from liteagent.errors import LiteAgentException
from liteagent.journal import JOURNAL_VERSION, open_journal
from liteagent.journal.sqlite import format_of

OLDEST_PYTHON = (3, 11)
DEFAULT_PORT = 8000
FILE_URL = "sqlite:///"


def python() -> Finding:
    """Whether this Python and this system will do."""
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        return wrong("python", f"{found}: LiteAgent needs Python 3.11 or later.")
    if sys.platform == "win32":
        return wrong("python", f"{found}: LiteAgent runs on Linux and macOS.")
    if find_spec("ray") is None:
        return wrong("python", f"{found}, without Ray: pip install --force-reinstall 'ray[serve]'")
    return ok("python", found)


def data_directory(home: Path) -> Finding:
    """Whether something can be written where the journal is by default."""
    there = existing(home)
    if not there.is_dir():
        return wrong("data directory", f"{there} is no directory: set LITEAGENT_HOME elsewhere.")
    if not os.access(there, os.W_OK | os.X_OK):
        return wrong(
            "data directory",
            f"{there} cannot be written by this user: set LITEAGENT_HOME, or change its rights.",
        )
    return ok("data directory", f"{home}" if there == home else f"{home} (made at the first use)")


async def disk(home: Path) -> Finding:
    """Whether there is room for a journal."""
    from liteagent.observability import DiskSpaceHealthCheck, HealthStatus

    result = await DiskSpaceHealthCheck(existing(home)).check()
    free = result.details.get("free_bytes")
    if free is None:
        return wrong("disk", f"{home}: {result.details.get('error')}; look at the disk.")
    text = f"{free / 2**30:.1f} GiB free"
    if result.status is HealthStatus.HEALTHY:
        return ok("disk", text)
    make = note if result.status is HealthStatus.DEGRADED else wrong
    return make("disk", f"{text}: the journal will soon have no room; make some.")


async def journal(settings: Settings) -> Finding:
    """Whether the journal opens. One that is not there yet is not made, and one of an older format
    is left in it.
    """
    url = settings.journal_url
    if url == "memory://":
        return note("journal", "memory://: nothing is kept when the process ends.")
    file = _file_of(url)
    if file is not None and not file.exists():
        return ok("journal", f"{file} (made at the first use)")
    if file is not None and (older := _older_format(file)):
        return note(
            "journal",
            f"{file}, format {older}: the next command that uses it brings it to format"
            f" {JOURNAL_VERSION}, which older versions of LiteAgent refuse.",
        )
    where = url.partition("://")[0] if file is None else str(file)
    try:
        async with await open_journal(url) as opened:
            size = sum((await opened.sizes()).values())
    except LiteAgentException as error:
        return wrong("journal", str(error))
    return ok("journal", f"{where}, format {JOURNAL_VERSION}, {size / 2**20:.1f} MiB of content")


def has_journal(settings: Settings) -> bool:
    """Whether there is a journal that can be looked into and left as it is."""
    file = _file_of(settings.journal_url)
    if file is None:
        return settings.journal_url != "memory://"
    return file.exists() and _older_format(file) is None


def _older_format(file: Path) -> int | None:
    """The format of the journal in `file` if it is an older one, which opening it would change."""
    try:
        found = format_of(file)
    except LiteAgentException:
        return None  # opening it says what is wrong
    return found if 0 < found < JOURNAL_VERSION else None


def _file_of(url: str) -> Path | None:
    """The file of a journal that is one."""
    return Path(url.removeprefix(FILE_URL)) if url.startswith(FILE_URL) else None


async def server(running: RunningServer | None) -> AsyncIterator[Finding]:
    """Whether a server runs and is well, and else whether one could listen where it does by
    default.
    """
    if running is None:
        yield note("server", "None runs; `liteagent up` starts one.")
        yield port(DEFAULT_PORT)
        return
    found = await look(running.url, running)
    if found["ready"]:
        yield ok("server", f"Up and well at {running.url} (process {running.pid}).")
    else:
        why = found.get("error") or found.get("checks")
        yield wrong("server", f"Not well at {running.url}: {why}. `liteagent down` stops it.")


def port(number: int) -> Finding:
    """Whether `up` could listen on its default port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return note("port", f"{number} is taken: use `liteagent up --port` with another.")
    return ok("port", f"{number} is free")


def existing(path: Path) -> Path:
    """The path, or the nearest one above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())
