"""A process that runs a cluster, told what to do on stdin; answers a JSON line to each."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import aclosing
from typing import Any

from liteagent.agents.sessions import Sessions
from liteagent.cluster import (
    AlreadyRunningError,
    Cluster,
    ClusterConfig,
    NodeConfig,
    Stage,
    attach,
    start,
)
from liteagent.events import Delta
from liteagent.principal import LOCAL
from tests.cluster.gateway import build_gateway


def answer(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def main(port: int) -> None:
    stages: list[str] = []

    def on_stage(stage: Stage) -> None:
        if stage.seconds is not None:
            stages.append(stage.name.value)

    config = ClusterConfig(node=NodeConfig.read(os.environ), build=build_gateway, port=port)
    cluster = await start(config, on_stage)
    answer(stages=stages, url=cluster.url, ray=ray_address())
    while line := (await asyncio.to_thread(sys.stdin.readline)).split():
        if line[0] == "hold":
            answer(session=await hold(cluster, line[1]))
        else:
            answer(draining=True)
            await cluster.drain(float(line[1]))
            answer(drained=True)


async def hold(cluster: Cluster, pipe: str) -> str:
    """A session whose turn lasts until somebody writes into the pipe."""
    sessions = Sessions(cluster.runtime, cluster.node.agents)
    session = await sessions.create("held", principal=LOCAL)
    async with aclosing(sessions.converse(session, f"hold {pipe}", principal=LOCAL)) as frames:
        async for frame in frames:
            if isinstance(frame, Delta):
                break
    return session


def ray_address() -> str:
    import ray

    return ray.get_runtime_context().gcs_address


async def join(address: str) -> None:
    """Look at a cluster that runs, then try to start a second LiteAgent on it."""
    config = ClusterConfig(node=NodeConfig.read(os.environ), address=address)
    cluster = await attach(config)
    status = await cluster.status()
    answer(hosts=[host.identity.host for host in status.hosts])
    await cluster.leave()
    try:
        await start(config)
    except AlreadyRunningError as error:
        answer(refused=str(error))


if __name__ == "__main__":
    asyncio.run(join(sys.argv[1]) if ":" in sys.argv[1] else main(int(sys.argv[1])))
