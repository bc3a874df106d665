"""A few sessions on a Ray cluster talk at the same time, and their host is killed again and again.

    python -m tests.chaos.ray_crowd KILLS

Prints what is wrong afterwards, as a JSON list of sentences.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from liteagent.agents import SESSION
from liteagent.cluster import Cluster
from liteagent.ids import entity_id
from liteagent.journal import Journal
from tests.chaos.crowd import CROWD, faults_of, talk_all
from tests.chaos.ray_cells import cluster_in
from tests.cluster.waiting import until

HOST = "shared/0"
MESSAGES_A_KILL = 6
MOST_EVENTS = 60
"""Between two kills."""


async def live(kills: int) -> list[str]:
    """What is wrong after so many kills."""
    messages = kills * MESSAGES_A_KILL
    with tempfile.TemporaryDirectory(prefix="liteagent-chaos-") as name:
        async with cluster_in(Path(name)) as bench:
            talking = asyncio.ensure_future(talk_all(bench.sessions, bench.world, messages))
            chance, killed = random.Random(11), set[int]()
            while len(killed) < kills and not talking.done():
                await _go_on(bench.cluster, talking, chance.randint(0, MOST_EVENTS))
                identity = await bench.cluster.hosts.until_up(HOST)
                os.kill(identity.pid, signal.SIGKILL)
                killed.add(identity.pid)
            await talking
            faults = await faults_of(bench.cluster.node.journal, bench.world, messages)
    return faults if len(killed) == kills else [*faults, f"only {len(killed)} kills"]


async def _go_on(cluster: Cluster, talking: asyncio.Future[None], events: int) -> None:
    """Return when so many more events are there, or nobody talks any more."""
    enough = await _events(cluster.node.journal) + events

    async def reached() -> bool:
        return talking.done() or await _events(cluster.node.journal) >= enough

    await until(reached, seconds=180)


async def _events(journal: Journal) -> int:
    heads = [await journal.head(entity_id(SESSION, session)) for session in CROWD]
    return sum(head.seq for head in heads if head is not None)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(live(int(sys.argv[1])))))
