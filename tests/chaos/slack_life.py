"""`liteagent adapter slack --in-process`, as often as it is killed: adapter and host in one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Self

from liteagent.testing.distributions import write_distribution
from tests.chaos.chaos_plugin import WORLD
from tests.chaos.nursery import ROOT, serve
from tests.chaos.slack_plugin import TOOL
from tests.chaos.world import World
from tests.e2e import home as e2e

AGENT = "ops"


class Home(e2e.Home):
    """Where the command lives: its agent, its plugin, its journal, and what it did to the world."""

    @property
    def world(self) -> World:
        return World(self.folder / "world.jsonl")

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"

    @property
    def output(self) -> str:
        """What the lives have printed."""
        return (self.folder / "output.txt").read_text(encoding="utf-8")

    def furnish(self) -> None:
        self.data.mkdir(parents=True)
        (self.config / "agents").mkdir(parents=True)
        (self.config / "agents" / f"{AGENT}.yaml").write_text(
            f"name: {AGENT}\nmodel: openai/gpt-4o\ntools: [{TOOL}]\n"
        )
        write_distribution(
            self.installed, "slack-chaos", plugins={TOOL: "tests.chaos.slack_plugin"}
        )

    def variables(self, model_url: str) -> dict[str, str]:
        """What the command has to know, Slack apart."""
        return {
            "LITEAGENT_HOME": str(self.data),
            "LITEAGENT_JOURNAL_URL": f"sqlite:///{self.journal}",
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "sk-scripted-0123456789",
            WORLD: str(self.world.path),
        }


class Breeder:
    """Brings up one life at a time, each a fork of a process that has everything imported."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.slack_life"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def bear(self, home: Home, environ: Mapping[str, str]) -> Life:
        """Start the command; it runs when this returns, and connects by and by."""
        assert self._process.stdin is not None
        order = {"life": "slack", "args": [str(home.folder)], "environ": dict(environ)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return Life(int(await self._told("pid")), asyncio.ensure_future(self._told("exit")))

    async def _told(self, what: str) -> str:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told, _, value = line.decode().strip().partition(" ")
            if told == what:
                return value
        raise RuntimeError("The nursery died.")


class Life:
    """A command that runs until it is killed."""

    def __init__(self, pid: int, exit: asyncio.Future[str]) -> None:
        self._pid, self._exit = pid, exit

    @property
    def is_over(self) -> bool:
        return self._exit.done()

    def kill(self) -> None:
        """As `kill -9` does."""
        if not self.is_over:
            os.kill(self._pid, signal.SIGKILL)

    async def ended(self) -> int:
        """The exit code, or less the number of the signal that killed it."""
        return int(await asyncio.shield(self._exit))


def main(folder: str) -> None:
    """One life."""
    from liteagent.cli.main import main as command

    home = Home(Path(folder))
    log = os.open(home.folder / "output.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.path.insert(0, str(home.installed))
    sys.argv = ["liteagent", "adapter", "slack", "--in-process", "--config", str(home.config)]
    command()


if __name__ == "__main__":
    for module in ("liteagent.cli.adapter.serving", "liteagent_slack.running", "openai"):
        import_module(module)  # once, instead of in each life
    serve({"slack": main})
