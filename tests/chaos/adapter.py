"""A chat adapter as it lives on a cluster: a detached actor that Ray starts again when it dies."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

from liteagent.agents import SESSION
from liteagent.cluster import NodeConfig, RayRuntime
from liteagent.cluster.actors import library
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.node import open_actor_node
from liteagent.ids import entity_id
from liteagent.journal import NO_CRASH, from_environment
from liteagent.kernel import Outbox
from tests.chaos.program import DESTINATION
from tests.chaos.world import SENDERS, World


class Adapter:
    """Delivers the answers of one session, for ever."""

    def __init__(self, config: NodeConfig, session: str, kind: str, world: Path) -> None:
        self._stack = AsyncExitStack()
        self._restarted: bool = library().get_runtime_context().was_current_actor_reconstructed
        sender = SENDERS[kind](World(world))
        self._work = asyncio.ensure_future(self._deliver(config, session, sender))

    async def restarted(self) -> bool:
        """Whether it has died before."""
        return self._restarted

    async def _deliver(self, config: NodeConfig, session: str, sender: object) -> None:
        node = await open_actor_node(config)
        await self._stack.enter_async_context(node.journal)
        runtime = RayRuntime(node.journal, Hosts(config), node.placer)
        crash = NO_CRASH if self._restarted else from_environment(os.environ)
        outbox = Outbox(runtime, DESTINATION, crash=crash)
        async with aclosing(outbox.follow(entity_id(SESSION, session), sender)) as deliveries:
            async for _ in deliveries:
                pass
