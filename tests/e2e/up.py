"""`liteagent up` as a process of its own, with everything that it starts."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import psutil

from tests.cluster.waiting import until
from tests.e2e.home import Home

COMMAND = str(Path(sys.executable).with_name("liteagent"))
START_SECONDS = 240
STOP_SECONDS = 120
RAYS_AGENTS = ("ray::DashboardAgent", "ray::RuntimeEnvAgent", "default_worker.py")
"""Processes of Ray that run nothing of LiteAgent. When all of Ray was killed they try for up to a
minute to report it before they follow; Ray has no setting for that.
"""


class Up:
    """The command over one home; started, stopped and started again."""

    def __init__(self, home: Home, port: int, environment: Mapping[str, str]) -> None:
        self.home, self.port = home, port
        self.url = f"http://127.0.0.1:{port}"
        self.key = ""
        """The admin's, as the first start has shown it."""
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._started: set[int] = set()
        """The ids of the process and of those before it, and so of their sessions."""
        self._output = home.folder / "output.txt"

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Returns when it says that it is up."""
        with self._output.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(COMMAND, "up", "--port", str(self.port), "--config", str(self.home.config)),
                env=self._environment,
                cwd=self.home.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.add(self._pid)
        said = await self.says("Ctrl-C stops it", START_SECONDS)
        shown = re.search(r"admin key: (\S+)", said)
        self.key = shown[1] if shown else self.key

    async def says(self, words: str, seconds: float = 120) -> str:
        """All that it has said, as soon as these words are in it."""

        async def said() -> str:
            output = self._output.read_text(encoding="utf-8")
            assert words in output or self.runs, output
            return output if words in output else ""

        return await until(said, seconds)

    def interrupt(self) -> None:
        """Ctrl-C, as a terminal sends it: to all processes of the foreground."""
        os.killpg(self._pid, signal.SIGINT)

    def kill(self) -> None:
        """As `kill -9` does, of the command alone."""
        os.kill(self._pid, signal.SIGKILL)

    async def ended(self) -> int:
        """Its exit code."""
        assert self._process is not None
        async with asyncio.timeout(STOP_SECONDS):
            return await self._process.wait()

    async def left_nothing(self, *but: str) -> bool:
        """Whether all its processes end soon, but those that run such a thing."""

        async def nobody() -> bool:
            return not [p for p in self.family() if not any(name in _title(p) for name in but)]

        try:
            return await until(nobody)
        except TimeoutError:
            raise AssertionError([_title(process) for process in self.family()]) from None

    def family(self) -> Sequence[psutil.Process]:
        """Every process that it started, and theirs, whether or not it lives itself."""
        return [each for each in _of_sessions({self._pid}) if each.pid != self._pid]

    def process(self, title: str) -> psutil.Process:
        """The one process of it whose title begins so."""
        (found,) = self.titled(title)
        return found

    def titled(self, title: str) -> Sequence[psutil.Process]:
        return [each for each in self.family() if _title(each).startswith(title)]

    async def clean_up(self) -> None:
        """Leave no process, whatever the tests have done."""
        if self._process is None:
            return
        for process in _of_sessions(self._started):
            process.kill()
        await self.ended()

    @property
    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid


def _of_sessions(sessions: Collection[int]) -> Sequence[psutil.Process]:
    """The processes of these sessions that live; a session outlives whoever began it."""
    return [each for each in psutil.process_iter() if _session(each) in sessions]


def _session(process: psutil.Process) -> int | None:
    try:
        dead = process.status() == psutil.STATUS_ZOMBIE
        return None if dead else os.getsid(process.pid)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return None


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
