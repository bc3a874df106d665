"""What a host's process holds in memory with many sessions that have all had a turn.

python -m tests.benchmarks.sessions_memory [SESSIONS]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from liteagent.agents.sessions import Sessions
from liteagent.cluster import Cluster, ClusterConfig, HostStats, NodeConfig, start
from liteagent.principal import LOCAL
from tests.cluster.home import furnished

SESSIONS = 10_000
AT_ONCE = 64
GOAL = 400
MEGABYTE = 1_000_000
TEXT = "Please tell me in a few words what has to be done before the release on Thursday. " * 3


async def one(sessions: Sessions, gate: asyncio.Semaphore) -> None:
    async with gate:
        session = await sessions.create("held", principal=LOCAL)
        async for _ in sessions.converse(session, TEXT, principal=LOCAL):
            pass


async def host(cluster: Cluster) -> HostStats:
    return (await cluster.status()).hosts[0]


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, furnished(Path(folder)):
        async with await start(ClusterConfig(node=NodeConfig.read(os.environ))) as cluster:
            sessions, gate = (
                Sessions(cluster.runtime, cluster.node.agents),
                asyncio.Semaphore(AT_ONCE),
            )
            await one(sessions, gate)
            before = await host(cluster)
            began = time.perf_counter()
            await asyncio.gather(*(one(sessions, gate) for _ in range(count - 1)))
            seconds = time.perf_counter() - began
            after = await host(cluster)
    each = (after.rss - before.rss) / count
    print(f"{after.active} active sessions, {count / seconds:.0f} turns a second to get there")
    print(
        f"rss {before.rss / MEGABYTE:.0f} MB with one session, {each / 1000:.1f} kB for each more"
    )
    print(f"rss {after.rss / MEGABYTE:.0f} MB (goal: under {GOAL} MB)")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS))
