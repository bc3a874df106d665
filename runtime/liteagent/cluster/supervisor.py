"""The supervisor actor: one for a cluster, started again by Ray when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from liteagent.clock import SystemClock
from liteagent.cluster import actors
from liteagent.cluster.attendants import start_attendants
from liteagent.cluster.errors import HostLostError
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.identity import SUPERVISOR
from liteagent.cluster.node import NodeConfig, open_actor_node
from liteagent.cluster.supervision import HostReport, Supervision


class Supervisor:
    """Runs a `Supervision` until it is told to stop."""

    def __init__(self, config: NodeConfig) -> None:
        self._stack = AsyncExitStack()
        self._starting = asyncio.ensure_future(self._start(config))

    async def ready(self) -> None:
        """Returns once it watches. Raises what kept it from starting."""
        await asyncio.shield(self._starting)

    async def reports(self) -> list[HostReport]:
        return (await asyncio.shield(self._starting)).reports()

    async def stop(self) -> None:
        """Start and wake nothing any more; the hosts are left as they are."""
        await asyncio.wait({self._starting})
        await self._stack.aclose()

    async def _start(self, config: NodeConfig) -> Supervision:
        node = await open_actor_node(config)
        await self._stack.enter_async_context(node.journal)
        if config.attendants is not None:
            start_attendants(config, config.attendants)
        clock = SystemClock()
        supervision = Supervision(node.journal, Hosts(config, clock), node.placer, clock)
        self._stack.push_async_callback(supervision.stop)
        running = asyncio.ensure_future(supervision.run())
        self._stack.push_async_callback(asyncio.wait, {running})
        self._stack.callback(running.cancel)
        return supervision


async def reports(namespace: str) -> Sequence[HostReport]:
    """Every host, as the cluster's supervisor has seen it last. Raises `HostLostError` where there
    is none.
    """
    supervisor = actors.find(SUPERVISOR, namespace)
    if supervisor is None:
        raise HostLostError(SUPERVISOR, for_good=True)
    return await actors.result_of(supervisor.reports.remote(), SUPERVISOR)


def start_supervisor(config: NodeConfig) -> object:
    """A handle of the cluster's supervisor, which is started unless it is there."""
    return actors.start(Supervisor, config, actor=SUPERVISOR, namespace=config.namespace)
