"""What `up` says of the chat platforms that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liteagent.cli.output import Printer
from liteagent.clock import SystemClock

if TYPE_CHECKING:
    from liteagent.cluster import Cluster

CONNECT_SECONDS = 10.0
"""What is not connected by then goes on trying, and is told of as it is."""
LOOK_SECONDS = 0.2


async def tell_of_adapters(cluster: Cluster, printer: Printer) -> None:
    """A line for each, as soon as it is connected or has to be told that it is not."""
    attendants, clock = cluster.node.config.attendants, SystemClock()
    waiting = set[str]() if attendants is None else set(attendants.names)
    until = clock.now() + CONNECT_SECONDS
    while waiting:
        for name, health in (await cluster.attendants()).items():
            if name in waiting and (health["connected"] or clock.now() >= until):
                waiting.discard(name)
                printer.line(f"{name}: {health['text']}", "" if health["connected"] else "yellow")
        if clock.now() >= until:
            return
        await clock.sleep(LOOK_SECONDS)
