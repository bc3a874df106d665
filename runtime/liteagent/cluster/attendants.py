"""Actors beside the hosts: one process each, which serve something outside, a chat platform for
one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from liteagent.clock import SystemClock
from liteagent.cluster import actors
from liteagent.cluster.errors import HostLostError
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.node import Node, NodeConfig, open_actor_node
from liteagent.cluster.runtime import RayRuntime
from liteagent.errors import ConfigurationError, LiteAgentException
from liteagent.events import Json
from liteagent.resilience import RetryConfig, backoff_delay

log = logging.getLogger(__name__)

PREFIX = "adapter:"
LOOK_SECONDS = 5.0
AGAIN = RetryConfig(initial_delay=1.0, max_delay=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendantParts:
    """What an attendant is built over; closed by whoever gave it."""

    node: Node
    runtime: RayRuntime


class Attendant(Protocol):
    """What runs in the actor."""

    async def run(self) -> None:
        """Serve until cancelled. Raises `ConfigurationError` when no other try can help."""
        ...

    def health(self) -> Mapping[str, Json]:
        """How it is now: `{connected, text, …}`."""
        ...


BuildAttendant = Callable[[str, AttendantParts], Awaitable[Attendant]]
"""Makes the attendant of a name in its process. Pickled by its name, so it has to be at the top
level of a module.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendants:
    """Those that a cluster has."""

    build: BuildAttendant
    names: Sequence[str]


class AttendantActor:
    """Becomes a Ray actor. Ray starts it again when its process dies; what breaks inside is built
    anew.
    """

    def __init__(self, name: str, config: NodeConfig, build: BuildAttendant) -> None:
        self._name, self._config, self._build = name, config, build
        self._clock = SystemClock()
        self._attendant: Attendant | None = None
        self._trouble = "It is starting."
        self._running = asyncio.ensure_future(self._run())

    async def health(self) -> Mapping[str, Json]:
        """As the attendant's own; what keeps it from running, while it does not."""
        if self._attendant is None:
            return {"connected": False, "text": self._trouble}
        return self._attendant.health()

    async def stop(self) -> None:
        """End what it does; what is under way goes on from the journal the next time."""
        self._running.cancel()
        await asyncio.wait({self._running})

    async def _run(self) -> None:
        tries = 0
        while True:
            try:
                await self._attend()
            except ConfigurationError as error:
                self._trouble = str(error)
                log.error("%s does not run: %s", self._name, error)
                return
            except Exception as error:
                self._trouble = f"It broke ({type(error).__name__}: {error}) and is started again."
                log.exception("%s broke and is started again", self._name)
            tries += 1
            await self._clock.sleep(backoff_delay(tries, AGAIN))

    async def _attend(self) -> None:
        async with AsyncExitStack() as stack:
            node = await open_actor_node(self._config)
            await stack.enter_async_context(node.journal)
            runtime = RayRuntime(node.journal, Hosts(self._config, self._clock), node.placer)
            stack.push_async_callback(runtime.close)
            attendant = await self._build(self._name, AttendantParts(node=node, runtime=runtime))
            self._attendant = attendant
            try:
                await attendant.run()
            finally:
                self._attendant = None


def start_attendants(config: NodeConfig, attendants: Attendants) -> None:
    """Start each unless it is there; returns before they are up."""
    for name in attendants.names:
        actors.start(
            AttendantActor,
            name,
            config,
            attendants.build,
            actor=f"{PREFIX}{name}",
            namespace=config.namespace,
        )


async def healths(namespace: str) -> Mapping[str, Mapping[str, Json]]:
    """How every attendant is, by name; one that does not answer is said not to."""
    found = [name for name in actors.names(namespace) if name.startswith(PREFIX)]
    names = [name.removeprefix(PREFIX) for name in found]
    told = await asyncio.gather(*(health_of(name, namespace) for name in names))
    return dict(zip(names, told, strict=True))


async def health_of(name: str, namespace: str) -> Mapping[str, Json]:
    """How one attendant is; one that does not answer is said not to."""
    try:
        actor = _found(f"{PREFIX}{name}", namespace)
        return await asyncio.wait_for(
            actors.result_of(actor.health.remote(), name), timeout=LOOK_SECONDS
        )
    except (LiteAgentException, TimeoutError):
        return {"connected": False, "text": "Its process does not answer."}


async def stop_attendants(namespace: str) -> None:
    """End all of them."""
    found = [name for name in actors.names(namespace) if name.startswith(PREFIX)]
    await asyncio.gather(*(_stop(name, namespace) for name in found))


async def _stop(name: str, namespace: str) -> None:
    try:
        actor = _found(name, namespace)
    except HostLostError:
        return
    try:
        await asyncio.wait_for(actors.result_of(actor.stop.remote(), name), timeout=LOOK_SECONDS)
    except (LiteAgentException, TimeoutError) as error:
        log.warning("%s was ended before it had stopped: %s", name, error)
    actors.kill(actor, for_good=True)


def _found(name: str, namespace: str) -> Any:
    actor = actors.find(name, namespace)
    if actor is None:
        raise HostLostError(name, for_good=True)
    return actor
