"""The conversation in Slack over `liteagent up` on Ray: the adapter's process is killed, or the
host's, or both. Slack or the model stands still at the step, and whoever is to die is killed then.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from liteagent.cluster.environment import free_ports
from liteagent.journal import open_sqlite
from liteagent.testing.slack import FakeSlack
from tests.chaos.nursery import ROOT
from tests.chaos.slack_cells import SECONDS, Verdict, examine, is_settled
from tests.chaos.slack_life import Home
from tests.chaos.slack_plugin import pipe_of
from tests.chaos.slack_story import Model, Story
from tests.cluster.waiting import until
from tests.e2e.home import OURS
from tests.e2e.up import Up
from tests.fixtures.slack_team import Team

VICTIMS: Mapping[str, Sequence[str]] = {
    "adapter": ("ray::AttendantActor",),
    "host": ("ray::Host",),
    "both": ("ray::AttendantActor", "ray::Host"),
}
POSTS = ("chat.startStream", "chat.postMessage")


@dataclass(frozen=True, slots=True)
class RayCell:
    """Who dies, and when."""

    what: str
    """The step, one of `STEPS`."""
    victim: str

    @property
    def name(self) -> str:
        return f"{self.what}, {self.victim}"


class Bench:
    """One command, and one conversation after the other."""

    def __init__(self, up: Up, home: Home, team: Team, model: Model) -> None:
        self.up, self.home, self.team, self.model = up, home, team, model
        self.slack = team.slack
        self.story = Story(team, home.world)

    async def run(self, cell: RayCell) -> Verdict:
        """One conversation, during which somebody dies."""
        self.team.channel = self.team.new_channel(f"c{len(self.slack.workspace.channels)}")
        self.story = Story(self.team, self.home.world)
        killing = asyncio.ensure_future(self._kill(cell))
        telling = asyncio.ensure_future(self.story.tell())
        try:
            await asyncio.wait_for(asyncio.gather(killing, telling), 2 * SECONDS)
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(f"{cell.name}: {error}\n{self.slack.describe()}") from error
        finally:
            for work in (killing, telling):
                work.cancel()
            await asyncio.gather(killing, telling, return_exceptions=True)
        async with await open_sqlite(self.home.journal) as journal:
            await until(lambda: is_settled(journal), SECONDS)
            return await examine(cell.what, cell.victim, journal, self.story)

    async def _kill(self, cell: RayCell) -> None:
        async with STEPS[cell.what](self):
            for title in VICTIMS[cell.victim]:
                self.up.process(title).kill()
        await self.slack.until(lambda: self.slack.sockets, SECONDS)
        await self.slack.redeliver()

    # -- steps

    @asynccontextmanager
    async def during(self, method: str) -> AsyncGenerator[None]:
        """The next call of this method has been applied, and is not answered."""
        wanted = self._calls(method) + 1
        hold = self.slack.faults.hold(method)
        await self.slack.until(lambda: self._calls(method) >= wanted, SECONDS)
        yield
        hold.release()

    @asynccontextmanager
    async def refusing(self, *methods: str) -> AsyncGenerator[None]:
        """Slack wants to be called later for what is to be shown now."""
        wanted = self._calls(*methods) + 1
        for method in methods:
            self.slack.faults.rate_limit(method, retry_after=3)
        await self.slack.until(lambda: self._calls(*methods) >= wanted, SECONDS)
        yield

    def _calls(self, *methods: str) -> int:
        return sum(len(self.slack.calls_of(method)) for method in methods)

    @asynccontextmanager
    async def thinking(self) -> AsyncGenerator[None]:
        """The model has been asked, and says nothing."""
        asked = len(self.model.script.requests)
        self.model.first_gate.clear()
        await until(lambda: self._sees(lambda: len(self.model.script.requests) > asked), SECONDS)
        yield
        self.model.first_gate.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """The tool has acted, and does not return."""
        pipe = pipe_of(self.home.world)
        os.mkfifo(pipe)
        await until(lambda: self._sees(lambda: self.story.acted > 0), SECONDS)
        yield
        try:
            writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # whoever read it is dead
            writer = None
        pipe.unlink()
        if writer is not None:
            os.close(writer)

    @asynccontextmanager
    async def streaming(self) -> AsyncGenerator[None]:
        """The last answer is half shown."""
        self.model.gate.clear()
        await self.slack.until(lambda: self.story.is_half_told, SECONDS)
        yield
        self.model.gate.set()

    @asynccontextmanager
    async def ending(self) -> AsyncGenerator[None]:
        """The last answer stands there as a whole, and Slack has not said so."""
        async with self.streaming():
            wanted = self._calls("chat.stopStream") + 1
            hold = self.slack.faults.hold("chat.stopStream")
        await self.slack.until(lambda: self._calls("chat.stopStream") >= wanted, SECONDS)
        yield
        hold.release()

    async def _sees(self, look: Callable[[], bool]) -> bool:
        return look()


STEPS: Mapping[str, Callable[[Bench], AbstractAsyncContextManager[None]]] = {
    "the mention is acknowledged, and in no session": lambda it: it.during("users.info"),
    "the model is asked": lambda it: it.thinking(),
    "the answer is in the journal, and not posted": lambda it: it.refusing(*POSTS),
    "the card is posted, and not recorded": lambda it: it.during("chat.postMessage"),
    "the form is open, and nobody knows": lambda it: it.during("views.open"),
    "the card is rewritten, and not recorded": lambda it: it.during("chat.update"),
    "the tool has acted, and nobody knows": lambda it: it.running(),
    "the last answer is half shown": lambda it: it.streaming(),
    "the last answer stands there, and is not recorded": lambda it: it.ending(),
}
CELLS = tuple(RayCell(what, victim) for what in STEPS for victim in VICTIMS)
SHORT = tuple(cell for n, cell in enumerate(CELLS) if n % 3 == n // 3 % 3)
"""Each step once, each victim three times."""


async def run_ray_matrix(cells: Sequence[RayCell] = CELLS) -> Sequence[Verdict]:
    """Kill and finish every conversation, one after the other."""
    with tempfile.TemporaryDirectory(prefix="liteagent-chaos-") as name:
        async with bench_in(Path(name)) as bench:
            return [await bench.run(cell) for cell in cells]


@asynccontextmanager
async def bench_in(folder: Path) -> AsyncGenerator[Bench]:
    """A command whose agents, journal and world are in this folder."""
    home = Home(folder)
    home.furnish()
    async with FakeSlack() as slack, Model() as model:
        team = Team(slack)
        others = {name: os.environ[name] for name in os.environ if not name.startswith(OURS)}
        environ = others | home.variables(model.url) | team.environment
        environ["PYTHONPATH"] = f"{home.installed}:{ROOT}"
        (port,) = free_ports(1)
        up = Up(home, port, environ)
        try:
            await up.start()
            await slack.until(lambda: slack.sockets, SECONDS)
            yield Bench(up, home, team, model)
            up.interrupt()
            await up.ended()
        finally:
            await up.clean_up()
