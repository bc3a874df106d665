"""The matrix on a Ray cluster: host actors are killed, and an adapter's actor for what it posts.

One cluster serves all of it; each cell has a host of its own, which dies once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from liteagent.agents import SESSION, Sessions
from liteagent.cluster import Cluster, ClusterConfig, NodeConfig, actors, start
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.placement import Pool
from liteagent.ids import entity_id
from liteagent.journal.crashpoints import CRASH_AT
from liteagent.kernel import Outbox
from liteagent.testing.distributions import write_distribution
from tests.chaos.adapter import Adapter
from tests.chaos.cells import AT_ONCE, CELLS, Cell, Verdict, examine
from tests.chaos.chaos_plugin import WORLD
from tests.chaos.nursery import ROOT
from tests.chaos.program import DESTINATION
from tests.chaos.scenarios import AGENT
from tests.chaos.talk import begin, talk
from tests.chaos.world import World
from tests.cluster.waiting import until

HasDied = Callable[[], Awaitable[bool]]
"""Says, once all is done, whether the process was killed on the way."""
WEIGHT = 0.001
"""CPUs that a cell's pool asks for: any number that makes it a pool of its own."""


async def run_ray_matrix(cells: Sequence[Cell] = CELLS) -> Mapping[Cell, Verdict]:
    """Kill a host, or an adapter, in every conversation, two at a time."""
    with tempfile.TemporaryDirectory(prefix="liteagent-chaos-") as name:
        async with cluster_in(Path(name)) as bench:
            gate = asyncio.Semaphore(AT_ONCE)

            async def run(number: int, cell: Cell) -> Verdict:
                async with gate:
                    return await bench.run(f"cell-{number}", cell)

            verdicts = await asyncio.gather(*(run(n, cell) for n, cell in enumerate(cells)))
    return dict(zip(cells, verdicts, strict=True))


@asynccontextmanager
async def cluster_in(folder: Path) -> AsyncIterator[Bench]:
    """A cluster whose agents, journal and worlds are in this folder."""
    home, installed = folder / "home", folder / "installed"
    (home / "agents").mkdir(parents=True)
    _write_agent(home, AGENT.name, "")
    write_distribution(installed, "chaos-plugin", plugins={"chaos": "tests.chaos.chaos_plugin"})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        patch.setenv("PYTHONPATH", f"{installed}:{ROOT}")
        patch.setenv("LITEAGENT_HOME", str(home))
        patch.setenv(WORLD, str(folder / "world.jsonl"))
        config = ClusterConfig(node=NodeConfig.read(os.environ))
        async with await start(config) as cluster:
            yield Bench(cluster, home, World(folder / "world.jsonl"))


class Bench:
    """Runs cells on a cluster."""

    def __init__(self, cluster: Cluster, home: Path, world: World) -> None:
        self.cluster, self.world, self._home = cluster, world, home
        self.sessions = Sessions(cluster.runtime, cluster.node.agents)

    async def run(self, name: str, cell: Cell) -> Verdict:
        """One conversation, in the session of this name."""
        world = World(self._home / f"{name}.jsonl")
        lives = self._adapter if cell.scenario.sender is not None else self._host
        async with lives(name, cell, world) as has_died:
            await talk(self.sessions, world, name, cell.scenario.says)
            exits = (-signal.SIGKILL if await has_died() else os.EX_OK, os.EX_OK)
        return await examine(cell, exits, self.cluster.node.journal, world, name)

    def _doomed(self, cell: Cell, world: World) -> NodeConfig:
        config = self.cluster.node.config
        more = {CRASH_AT: cell.scenario.crash_at(cell.moment), WORLD: str(world.path)}
        return replace(config, environment={**config.environment, **more})

    @asynccontextmanager
    async def _host(self, name: str, cell: Cell, world: World) -> AsyncIterator[HasDied]:
        """A host of its own that dies at the cell's point, and comes back by itself."""
        pool, host = Pool(name=f"agent/{name}", hosts=1, num_cpus=WEIGHT), f"agent/{name}/0"
        hosts = Hosts(self._doomed(cell, world))
        hosts.ensure(host, pool)
        file = _write_agent(self._home, name, f"placement: {{num_cpus: {WEIGHT}}}")
        try:
            first = await hosts.until_up(host)
            await until(lambda: self._knows(name))
            await begin(self.sessions, name, name)

            async def has_died() -> bool:
                second = await hosts.until_up(host)
                return second.restarted and not first.restarted

            yield has_died
        finally:
            file.unlink()  # the supervisor ends the host

    @asynccontextmanager
    async def _adapter(self, name: str, cell: Cell, world: World) -> AsyncIterator[HasDied]:
        """An adapter that dies at the cell's point, over a host that lives."""
        await begin(self.sessions, name, AGENT.name)
        adapter = actors.start(
            Adapter,
            self._doomed(cell, world),
            name,
            cell.scenario.sender,
            world.path,
            actor=f"adapter-{name}",
            namespace=self.cluster.node.config.namespace,
        )

        async def has_died() -> bool:
            await until(lambda: self._has_delivered(name), seconds=180)
            return await adapter.restarted.remote()

        try:
            yield has_died
        finally:
            actors.kill(adapter, for_good=True)

    async def _has_delivered(self, session: str) -> bool:
        outbox = Outbox(self.cluster.runtime, DESTINATION)
        answers = [e.seq async for e in self.sessions.events(session) if e.type == "message.sent"]
        ends = [await outbox.posted(entity_id(SESSION, session), seq) for seq in answers]
        return None not in ends

    async def _knows(self, agent: str) -> bool:
        return any(spec.name == agent for spec in self.cluster.node.agents.all())


def _write_agent(home: Path, name: str, more: str) -> Path:
    file = home / "agents" / f"{name}.yaml"
    tools = ", ".join(AGENT.tools)
    file.write_text(f"name: {name}\nmodel: {AGENT.model[0]}\ntools: [{tools}]\n{more}\n")
    return file
