"""Which host runs which entity: rendezvous hashing over an agent's pool of hosts.

Every process computes the same seat from the same agents, so nothing is looked up and nothing has
to be moved when a host comes or goes but the entities of that host.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from liteagent.agents.env import AgentDirectory
from liteagent.agents.spec import AgentSpec, Placement
from liteagent.errors import AgentNotFoundError

SHARED = "shared"
DEFAULT = Placement()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Hosts that are alike, with the Ray resources that each of them reserves."""

    name: str
    hosts: int
    num_cpus: float = 0
    num_gpus: float = 0
    dedicated: bool = False
    """Each entity gets a host of its own, made when it is first asked for; `hosts` is not looked
    at.
    """

    @property
    def host_names(self) -> tuple[str, ...]:
        """The hosts that are to be there whether anybody asks for them or not."""
        if self.dedicated:
            return ()
        return tuple(f"{self.name}/{number}" for number in range(self.hosts))


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an entity belongs."""

    host: str
    pool: Pool


def seat_in(pool: Pool, entity: str) -> Seat:
    """The entity's seat in a pool."""
    if pool.dedicated:
        return Seat(f"{pool.name}/{_digest(entity).hex()}", pool)
    return Seat(choose(entity, pool.host_names), pool)


def choose(entity: str, hosts: Sequence[str]) -> str:
    """The host of highest weight for this entity; another host more or less leaves the others'
    entities where they are.
    """
    return max(hosts, key=lambda host: (_digest(f"{host}\n{entity}"), host))


def pool_of(spec: AgentSpec, shared: Pool) -> Pool:
    """The agent's own pool, or the shared one where its configuration asks for nothing special."""
    placement = spec.placement
    if placement == DEFAULT:
        return shared
    dedicated = placement.isolation == "dedicated"
    return Pool(
        name=f"{'own' if dedicated else 'agent'}/{spec.name}",
        hosts=placement.hosts,
        num_cpus=placement.num_cpus,
        num_gpus=placement.num_gpus,
        dedicated=dedicated,
    )


class Placer:
    """Seats over the agents as they are configured now."""

    def __init__(self, agents: AgentDirectory, shared_hosts: int) -> None:
        self._agents = agents
        self.shared = Pool(name=SHARED, hosts=shared_hosts)

    @property
    def is_uniform(self) -> bool:
        """Whether every entity belongs to the shared pool, whoever its agent is."""
        return all(spec.placement == DEFAULT for spec in self._agents.all())

    def pools(self) -> Sequence[Pool]:
        """Every pool; the shared one first."""
        own = {pool_of(spec, self.shared) for spec in self._agents.all()} - {self.shared}
        return (self.shared, *sorted(own, key=lambda pool: pool.name))

    def seat(self, entity: str, agent: str) -> Seat:
        """Where an entity of this agent belongs; without an agent, and when it is gone: shared."""
        try:
            pool = pool_of(self._agents.get(agent), self.shared) if agent else self.shared
        except AgentNotFoundError:
            pool = self.shared
        return seat_in(pool, entity)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
