"""Hosts without Ray: what a supervisor sees of them, steered by a test."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from liteagent.cluster.errors import HostLostError
from liteagent.cluster.host import HostStats
from liteagent.cluster.identity import Identity
from liteagent.cluster.placement import Pool


@dataclass
class PretendedHost:
    """One host; `end` is set when its process has ended or it has drained."""

    identity: Identity
    idle: float = 0.0
    active: int = 0
    hangs: bool = False
    drained: bool = False
    end: asyncio.Event = field(default_factory=asyncio.Event)


class PretendedHosts:
    """`liteagent.cluster.hosts.Hosts`, as far as the supervisor uses it. `told` is what was done to
    hosts, in order: `start`, `drain`, `kill`, `restart`, each with the host's name.
    """

    def __init__(self) -> None:
        self.there: dict[str, PretendedHost] = {}
        self.told: list[tuple[str, str]] = []
        self.woken: list[tuple[str, list[str], list[str]]] = []

    def ensure(self, name: str, pool: Pool) -> None:
        if name not in self.there:
            self.told.append(("start", name))
            self.begin(name)

    def begin(self, name: str, incarnation: int = 1) -> PretendedHost:
        """The host runs from now on."""
        identity = Identity(
            host=name,
            cluster="c",
            incarnation=f"i{incarnation}",
            pid=incarnation,
            node="n",
            restarted=incarnation > 1,
        )
        self.there[name] = PretendedHost(identity)
        return self.there[name]

    def die(self, name: str) -> None:
        """Its process ends, and Ray starts another one."""
        died = self.there[name]
        self.begin(name, died.identity.pid + 1)
        died.end.set()

    def names(self) -> Sequence[str]:
        return sorted(self.there)

    async def until_up(self, name: str) -> Identity:
        return self.there[name].identity

    async def until_end(self, name: str, incarnation: str) -> bool:
        host = self.there[name]
        if host.identity.incarnation != incarnation:
            return False
        await host.end.wait()
        if not host.drained:
            raise HostLostError(name)
        return True

    async def stats(self, name: str) -> HostStats:
        host = self.there[name]
        if host.hangs:
            await asyncio.Event().wait()
        return HostStats(
            identity=host.identity,
            active=host.active,
            streams=0,
            rss=1,
            draining=False,
            idle=host.idle,
            recovering=False,
        )

    async def wake(self, name: str, entities: Sequence[str], gone: Sequence[str] = ()) -> int:
        self.woken.append((name, list(entities), list(gone)))
        return len(entities)

    async def drain(self, name: str, grace: float) -> None:
        self.told.append(("drain", name))
        self.there[name].drained = True
        self.there[name].end.set()

    def kill(self, name: str, *, for_good: bool = True) -> None:
        self.told.append(("kill" if for_good else "restart", name))
        if for_good:
            self.there.pop(name, None)
        else:
            self.die(name)
