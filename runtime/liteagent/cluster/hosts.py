"""The hosts of a cluster, as any of its processes finds, starts and calls them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from liteagent.clock import Clock, SystemClock
from liteagent.cluster import actors
from liteagent.cluster.batches import Batch
from liteagent.cluster.errors import HostLostError
from liteagent.cluster.host import Host, HostStats
from liteagent.cluster.identity import SUPERVISOR, Identity
from liteagent.cluster.node import NodeConfig
from liteagent.cluster.placement import Pool
from liteagent.errors import RuntimeClosedError
from liteagent.events import Json
from liteagent.kernel import Command

if TYPE_CHECKING:
    from prometheus_client import Metric

UP_SECONDS = 60.0
"""How long a host may take to come back before whoever waits for it is told."""
LOOK_AGAIN_SECONDS = 0.1


class Hosts:
    """Handles by name, kept until their actor is gone for good.

    A call raises `HostLostError`, and what the host itself raises.
    """

    def __init__(self, config: NodeConfig, clock: Clock | None = None) -> None:
        self._config = config
        self.namespace = config.namespace
        self._clock = clock or SystemClock()
        self._handles: dict[str, Any] = {}

    def ensure(self, name: str, pool: Pool) -> None:
        """Start the host unless it is there; returns before it is up."""
        if name not in self._handles:
            self._handles[name] = actors.start(
                Host,
                name,
                self._config,
                actor=name,
                namespace=self._config.namespace,
                num_cpus=pool.num_cpus,
                num_gpus=pool.num_gpus,
            )

    def names(self) -> Sequence[str]:
        """The hosts that are there now, whoever started them."""
        return [name for name in actors.names(self._config.namespace) if "/" in name]

    async def ask(self, name: str, entity: str, command: Command) -> Json:
        return await self._call(name, "ask", entity, command)

    async def stream(
        self, name: str, entity: str, after: int | None, command: Command | None
    ) -> AsyncGenerator[Batch]:
        method = self._handle(name).stream.options(num_returns="streaming")
        stream = actors.results_of(method.remote(entity, after, command), name)
        async with aclosing(stream) as batches:
            async for batch in batches:
                yield batch

    async def delete(self, name: str, entity: str) -> None:
        await self._call(name, "delete", entity)

    async def wake(self, name: str, entities: Sequence[str], gone: Sequence[str] = ()) -> int:
        """Wake entities; `gone` are owners that are dead, from whom the host may take them."""
        return await self._call(name, "wake", list(entities), list(gone))

    async def stats(self, name: str) -> HostStats:
        return await self._call(name, "stats")

    async def metrics(self, name: str) -> Sequence[Metric]:
        return await self._call(name, "metrics")

    async def until_end(self, name: str, incarnation: str) -> bool:
        """True when that incarnation has drained, False when another one lives already; raises
        `HostLostError` as soon as it dies.
        """
        return await self._call(name, "until_end", incarnation)

    async def drain(self, name: str, grace: float) -> None:
        await self._call(name, "drain", grace)

    async def identity(self, name: str) -> Identity:
        """Who the host is now. While it is started again, Ray keeps the call for it."""
        return await self._call(name, "ready", max_task_retries=-1)

    async def until_up(self, name: str, seconds: float = UP_SECONDS) -> Identity:
        """As `identity`, of a host that may not have been started yet.

        Raises `RuntimeClosedError` when nothing answers for so long, and at once when the cluster
        was drained; and what kept the host from starting.
        """
        until = self._clock.now() + seconds
        while True:
            try:
                return await asyncio.wait_for(self.identity(name), until - self._clock.now())
            except HostLostError as error:
                if error.for_good and actors.find(SUPERVISOR, self._config.namespace) is None:
                    raise RuntimeClosedError(
                        f"The host {name} is gone and nobody starts it again: the runtime stops."
                    ) from error
                await self._clock.sleep(LOOK_AGAIN_SECONDS)
            except TimeoutError:
                raise RuntimeClosedError(
                    f"The host {name} did not come up within {seconds:g} s: see `liteagent status`."
                ) from None

    def kill(self, name: str, *, for_good: bool = True) -> None:
        """End the host's process now; unless `for_good`, Ray starts another one."""
        try:
            actors.kill(self._handle(name), for_good=for_good)
        except HostLostError:
            return
        finally:
            if for_good:
                self._handles.pop(name, None)

    async def _call(self, name: str, method: str, *args: Any, **options: Any) -> Any:
        bound = getattr(self._handle(name), method)
        try:
            return await actors.result_of(bound.options(**options).remote(*args), name)
        except HostLostError as error:
            if error.for_good:
                self._handles.pop(name, None)
            raise

    def _handle(self, name: str) -> Any:
        handle = self._handles.get(name)
        if handle is None:
            handle = actors.find(name, self._config.namespace)
            if handle is None:
                raise HostLostError(name, for_good=True)
            self._handles[name] = handle
        return handle
