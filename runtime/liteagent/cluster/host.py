"""The host actor: one process of the cluster, with many entities in it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from liteagent.agents.assembly import assemble
from liteagent.clock import SystemClock
from liteagent.cluster.batches import Batch, in_batches
from liteagent.cluster.identity import Identity, identify
from liteagent.cluster.node import Node, NodeConfig, open_actor_node
from liteagent.cluster.ownership import RayOwnership
from liteagent.cluster.scans import due_rows, running_rows, waiting_rows
from liteagent.cluster.timed_journal import timed
from liteagent.cluster.tools import RayToolRunner
from liteagent.errors import LiteAgentException
from liteagent.events import Json
from liteagent.journal import NO_CRASH, HeadRow, from_environment
from liteagent.kernel import Command, EntityHost
from liteagent.kernel.collector import settle_collector
from liteagent.observability import Metrics
from liteagent.plugins import PluginState

if TYPE_CHECKING:
    from prometheus_client import Metric

log = logging.getLogger(__name__)

FAR_FUTURE = 1e12
WAKE_AT_ONCE = 64
"""Entities that are activated at a time: enough to fill the journal's batches."""
BATCHES_A_SECOND = 800
"""Of all streams together: what one core can send beside its other work."""
LEAST_PAUSE = 0.02
BATCHES_IN_A_CALL = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStats:
    """What a host is doing."""

    identity: Identity
    active: int
    """Entities in memory."""
    streams: int
    """Readers."""
    rss: int
    """Bytes of memory that are the process's own."""
    draining: bool
    idle: float
    """Seconds since anybody asked it for anything."""
    recovering: bool
    """It has not looked at everything yet that was left under way."""


class Host:
    """Becomes a Ray actor in `liteagent.cluster.hosts`; all of it runs on the actor's one loop.

    Every method may raise a `LiteAgentException`; it waits until the host has started.
    """

    def __init__(self, name: str, config: NodeConfig) -> None:
        self.identity, self._clock = identify(name), SystemClock()
        self._stack = AsyncExitStack()
        self._ownership = RayOwnership(self.identity.cluster, name, self.identity.incarnation)
        self._streams, self._asked = 0, self._clock.now()
        self._draining = False
        self._ended = asyncio.Event()
        self._starting = asyncio.ensure_future(self._start(config))
        self._recovering: asyncio.Task[None] | None = None
        self._metrics = Metrics()

    async def ready(self) -> Identity:
        """Who this is, once it has started."""
        await self._host()
        return self.identity

    async def ask(self, entity: str, command: Command) -> Json:
        """See `Runtime.ask`."""
        self._asked = self._clock.now()
        return await (await self._host()).ask(entity, command)

    async def stream(
        self, entity: str, after: int | None, command: Command | None
    ) -> AsyncGenerator[Batch]:
        """See `Runtime.stream`; ends after a while, to be asked again from the last seq."""
        self._asked = self._clock.now()
        host = await self._host()
        self._streams += 1
        try:
            batches = in_batches(
                _watched(host, entity, after, command),
                clock=self._clock,
                pause=lambda: max(LEAST_PAUSE, self._streams / BATCHES_A_SECOND),
                most=BATCHES_IN_A_CALL,
            )
            async for batch in batches:
                yield batch
        finally:
            self._streams -= 1

    async def delete(self, entity: str) -> None:
        """See `Runtime.delete`."""
        await (await self._host()).delete(entity)

    async def wake(self, entities: Sequence[str], gone: Sequence[str]) -> int:
        """Activate these entities and let time pass for them; how many could be woken. `gone` are
        owners that are dead: this host may take what they held.
        """
        self._asked = self._clock.now()
        host = await self._host()
        for owner in gone:
            self._ownership.declare_gone(owner)
        return await _wake(host, entities)

    async def stats(self) -> HostStats:
        import psutil

        host = await self._host()
        return HostStats(
            identity=self.identity,
            active=host.active,
            streams=self._streams,
            rss=psutil.Process().memory_info().rss,
            draining=self._draining,
            idle=self._clock.now() - self._asked,
            recovering=self._recovering is None or not self._recovering.done(),
        )

    async def metrics(self) -> Sequence[Metric]:
        """What it has measured since it started, and measures now."""
        stats = await self.stats()
        self._metrics.sessions_active(stats.active)
        self._metrics.readers(stats.streams)
        self._metrics.memory(stats.rss)
        return self._metrics.collect()

    async def until_end(self, incarnation: str) -> bool:
        """True when the host has drained, False at once when this is a later incarnation. A caller
        hears at once when the process dies.
        """
        if incarnation != self.identity.incarnation:
            return False
        await self._ended.wait()
        return True

    async def drain(self, grace: float) -> None:
        """Take nothing new, let what runs end within `grace` seconds, let go of everything."""
        host = await self._host()
        self._draining = True
        if self._recovering is not None:
            self._recovering.cancel()
            await asyncio.wait({self._recovering})
        await host.drain(grace)
        await self._stack.aclose()
        self._ended.set()

    async def _host(self) -> EntityHost:
        return await asyncio.shield(self._starting)

    async def _start(self, config: NodeConfig) -> EntityHost:
        node = await open_actor_node(config)
        await self._stack.enter_async_context(node.journal)
        runner = RayToolRunner(clock=self._clock)
        plugins = await node.plugins()
        for plugin in plugins.statuses:
            if plugin.state is PluginState.FAILED:
                self._metrics.plugin_failed(plugin.name)
        assembly = await assemble(node.agents, plugins, runner=runner)
        self._stack.push_async_callback(assembly.close)
        # A host that was started again would come to the same point once more, for ever.
        crash = NO_CRASH if self.identity.restarted else from_environment(os.environ)
        host = EntityHost(
            journal=timed(node.journal, self._metrics.appended),
            kinds=assembly.kinds,
            clock=self._clock,
            ownership=self._ownership,
            crash=crash,
            observers=[assembly.events, self._metrics.on_event],
        )
        self._metrics.approvals_pending(await _waiting(node, self.identity.host))
        await host.start()
        settle_collector()
        self._recovering = asyncio.ensure_future(_recover(host, node, self.identity.host))
        return host


def _belongs(row: HeadRow, node: Node, name: str) -> bool:
    return node.placer.seat(row.entity, row.head.agent).host == name


async def _waiting(node: Node, name: str) -> int:
    """Approvals that wait in what belongs here."""
    rows = waiting_rows(node.journal)
    return sum([len(row.head.pending) async for row in rows if _belongs(row, node, name)])


async def _recover(host: EntityHost, node: Node, name: str) -> None:
    """Take up what belongs here and was left under way, and keep time for what waits."""
    try:
        rows = running_rows(node.journal)
        running = [row.entity async for row in rows if _belongs(row, node, name)]
        async for row in due_rows(node.journal, before=FAR_FUTURE):
            if _belongs(row, node, name):
                host.timers_set(row)
        woken = await _wake(host, running)
    except LiteAgentException:
        log.exception("%s could not look for what was left under way", name)
        return
    if running:
        log.info("%s took up %d of %d entities left under way", name, woken, len(running))


async def _watched(
    host: EntityHost, entity: str, after: int | None, command: Command | None
) -> AsyncGenerator[Batch]:
    with await host.watch(entity, after=after, command=command) as watcher:
        while frames := await watcher.next():
            yield frames


async def _wake(host: EntityHost, entities: Sequence[str]) -> int:
    gate = asyncio.Semaphore(WAKE_AT_ONCE)

    async def wake(entity: str) -> bool:
        async with gate:
            try:
                await host.wake(entity)
            except LiteAgentException as error:
                log.info("%s was not woken: %s", entity, error)
                return False
            return True

    woken: list[Any] = await asyncio.gather(*(wake(entity) for entity in entities))
    return sum(woken)
