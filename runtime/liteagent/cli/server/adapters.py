"""What `up` says of the chat platforms that it serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from liteagent.cli.output import Printer
from liteagent.clock import SystemClock

if TYPE_CHECKING:
    from liteagent.cluster import Cluster
    from liteagent.events import Json

CONNECT_SECONDS = 10.0
"""What is not connected by then goes on trying, and is told of as it is."""
LOOK_SECONDS = 0.2
WATCH_SECONDS = 2.0


async def tell_of_adapters(cluster: Cluster, printer: Printer) -> None:
    """A line for each, as soon as it is connected or has to be told that it is not."""
    attendants, clock = cluster.node.config.attendants, SystemClock()
    waiting = set[str]() if attendants is None else set(attendants.names)
    until = clock.now() + CONNECT_SECONDS
    while waiting:
        for name, health in (await cluster.attendants()).items():
            if name in waiting and (health["connected"] or clock.now() >= until):
                waiting.discard(name)
                _tell(name, health, printer)
        if clock.now() >= until:
            return
        await clock.sleep(LOOK_SECONDS)


async def keep_telling(cluster: Cluster, printer: Printer) -> None:
    """A line whenever one loses its platform, for another reason too, or has it back; until
    cancelled.
    """
    clock, told = SystemClock(), dict[str, str]()
    while True:
        for name, health in (await cluster.attendants()).items():
            trouble = "" if health["connected"] else health["text"]
            if told.setdefault(name, trouble) != trouble:
                told[name] = trouble
                _tell(name, health, printer)
        await clock.sleep(WATCH_SECONDS)


def _tell(name: str, health: Mapping[str, Json], printer: Printer) -> None:
    printer.line(f"{name}: {health['text']}", "" if health["connected"] else "yellow")
