"""How long a turn stands still when its host is killed: beside Ray's restart of an empty actor.

    python -m tests.benchmarks.host_recovery [ROUNDS]

Ours is the time from SIGKILL of a host in the middle of a turn until the model is asked again and
its first words reach whoever was listening. Ray's is the time from SIGKILL of an actor that holds
nothing until it answers a call.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from liteagent.agents.sessions import Sessions
from liteagent.cluster import Cluster, ClusterConfig, NodeConfig, start
from liteagent.events import Delta
from liteagent.principal import LOCAL
from tests.cluster.home import furnished

GOAL = 3.0
ROUNDS = 7


async def words(frames: AsyncIterator[Any]) -> None:
    """Returns at the next piece of a live text."""
    async for frame in frames:
        if isinstance(frame, Delta):
            return


async def ours(cluster: Cluster, sessions: Sessions, pipe: Path) -> float:
    session = await sessions.create("held", principal=LOCAL)
    turn = sessions.converse(session, f"hold {pipe}", principal=LOCAL)
    async with aclosing(turn) as frames:
        await words(frames)
        pid = (await cluster.hosts.until_up("shared/0")).pid
        began = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        await words(frames)
        seconds = time.perf_counter() - began
    await sessions.cancel(session, principal=LOCAL)
    return seconds


async def rays_own(actor: Any) -> float:
    pid = await actor.pid.remote()
    began = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    await actor.pid.options(max_task_retries=-1).remote()
    return time.perf_counter() - began


async def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, furnished(Path(folder)):
        pipe = Path(folder) / "pipe"
        os.mkfifo(pipe)
        async with await start(ClusterConfig(node=NodeConfig.read(os.environ))) as cluster:
            import ray

            class Empty:
                async def pid(self) -> int:
                    return os.getpid()

            actor = ray.remote(num_cpus=0, max_restarts=-1)(Empty).remote()
            sessions = Sessions(cluster.runtime, cluster.node.agents)
            found: dict[str, list[float]] = {"ray": [], "ours": []}
            for _ in range(rounds):
                found["ray"].append(await rays_own(actor))
                found["ours"].append(await ours(cluster, sessions, pipe))
                print(
                    f"ray {found['ray'][-1]:5.2f} s   ours {found['ours'][-1]:5.2f} s", flush=True
                )
    medians = {which: statistics.median(seconds) for which, seconds in found.items()}
    more = medians["ours"] - medians["ray"]
    print(f"medians: ray {medians['ray']:.2f} s, ours {medians['ours']:.2f} s")
    print(f"{more:+.2f} s (goal: at most {GOAL:+.1f} s)")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
