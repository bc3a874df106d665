"""A running cluster, as whoever started it or joined it sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from liteagent.cluster import actors, serve
from liteagent.cluster.attendants import healths, stop_attendants
from liteagent.cluster.host import HostStats
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.identity import SUPERVISOR
from liteagent.cluster.node import Node
from liteagent.cluster.runtime import RayRuntime
from liteagent.cluster.supervision import HostReport
from liteagent.cluster.supervisor import reports
from liteagent.errors import LiteAgentException
from liteagent.events import Json

log = logging.getLogger(__name__)

GRACE = 10.0
LOOK_SECONDS = 10.0
"""How long a host or the supervisor may take to say how it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterStatus:
    """What runs, and how it is."""

    url: str | None
    """Where the gateway answers; None: there is none."""
    gateway: str
    """In Serve's words."""
    hosts: Sequence[HostStats]
    """Those that answered."""
    silent: Sequence[str]
    """Hosts that did not."""
    supervised: Sequence[HostReport]
    """Every host, as the supervisor has seen it last; empty where that does not answer."""


class Cluster:
    """Made by `start` or `attach`. Use as `async with`, which drains it, or call `drain` or `leave`
    once.
    """

    def __init__(
        self,
        *,
        node: Node,
        hosts: Hosts,
        url: str | None,
        joined: bool,
        stack: AsyncExitStack,
    ) -> None:
        """`stack` is closed after draining: what holds Ray and the journal. `joined`: Ray stays."""
        self.node, self.hosts, self.url, self._joined = node, hosts, url, joined
        self.runtime = RayRuntime(node.journal, hosts, node.placer)
        self._stack = stack

    async def status(self) -> ClusterStatus:
        """Looks at everything now; what does not answer within ten seconds is silent."""
        names = await asyncio.to_thread(self.hosts.names)
        stats = await asyncio.gather(*(self._stats(name) for name in names))
        gateway = "NOT_STARTED"
        if self.url is not None:
            gateway, _ = await asyncio.to_thread(serve.state)
        return ClusterStatus(
            url=self.url,
            gateway=gateway,
            hosts=[each for each in stats if each is not None],
            silent=[name for name, each in zip(names, stats, strict=True) if each is None],
            supervised=await self._supervised(),
        )

    @property
    def ray_address(self) -> str:
        """Where other processes join this Ray cluster: `host:port`."""
        return actors.library().get_runtime_context().gcs_address

    async def attendants(self) -> Mapping[str, Mapping[str, Json]]:
        """How what runs beside the hosts is, by name: `{connected, text, …}`."""
        return await healths(self.node.config.namespace)

    async def drain(self, grace: float = GRACE) -> None:
        """Stop: nothing new is taken, what runs may end within `grace` seconds, and what does not
        goes on from the journal at the next start. Nothing is left running afterwards.
        """
        await self.runtime.close()
        await self._end_supervisor()
        await stop_attendants(self.node.config.namespace)
        going: list[Any] = [self._drain_host(name, grace) for name in self.hosts.names()]
        if self.url is not None:
            going.append(asyncio.to_thread(serve.take_down, entirely=self._joined))
        await asyncio.gather(*going)
        await self._stack.aclose()

    async def leave(self) -> None:
        """Let go of a cluster that was joined; it runs on. One that was started here ends."""
        await self.runtime.close()
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.drain()

    async def _stats(self, name: str) -> HostStats | None:
        try:
            return await asyncio.wait_for(self.hosts.stats(name), LOOK_SECONDS)
        except (LiteAgentException, TimeoutError):
            return None

    async def _supervised(self) -> Sequence[HostReport]:
        try:
            asking = reports(self.node.config.namespace)
            return await asyncio.wait_for(asking, LOOK_SECONDS)
        except (LiteAgentException, TimeoutError):
            return ()

    async def _end_supervisor(self) -> None:
        """First of all: it would start again what is ended after it."""
        supervisor = self._supervisor()
        if supervisor is None:
            return
        try:
            stopped = actors.result_of(supervisor.stop.remote(), SUPERVISOR)
            await asyncio.wait_for(stopped, LOOK_SECONDS)
        except (LiteAgentException, TimeoutError) as error:
            log.warning("The supervisor did not stop by itself: %s", error)
        actors.kill(supervisor, for_good=True)

    async def _drain_host(self, name: str, grace: float) -> None:
        try:
            await asyncio.wait_for(self.hosts.drain(name, grace), grace + LOOK_SECONDS)
        except (LiteAgentException, TimeoutError) as error:
            log.warning("The host %s was ended before it had drained: %s", name, error)
        self.hosts.kill(name)

    def _supervisor(self) -> Any:
        return actors.find(SUPERVISOR, self.node.config.namespace)
