"""Plugins that watch events."""

from __future__ import annotations

import asyncio

import liteagent
from liteagent.agents.event_hooks import EventHooks
from liteagent.events import Event
from liteagent.plugins import PluginHost, Provenance, Selection


class Watching:
    """A plugin that writes down what it is told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.told = asyncio.Event()

    @liteagent.hookimpl
    async def on_event(self, entity: str, event: Event) -> None:
        self.seen.append(f"{entity} {event.seq} {event.type}")
        self.told.set()


def _event(seq: int) -> Event:
    return Event(seq=seq, type="turn.started", ts=0.0, data={}, epoch=1)


async def test_a_plugin_is_told_of_every_event_in_order() -> None:
    plugins, watching = PluginHost.build(Selection(allow=frozenset())), Watching()
    plugins.add(watching, Provenance(plugin="watching", distribution="test", version="1"))
    hooks = EventHooks(plugins.lifecycle)
    hooks("session/s", _event(1))
    hooks("session/s", _event(2))
    while len(watching.seen) < 2:
        watching.told.clear()
        await asyncio.wait_for(watching.told.wait(), 60)
    await hooks.close()
    assert watching.seen == ["session/s 1 turn.started", "session/s 2 turn.started"]


async def test_nothing_is_kept_where_no_plugin_watches() -> None:
    hooks = EventHooks(PluginHost.build(Selection(allow=frozenset())).lifecycle)
    hooks("session/s", _event(1))
    assert not asyncio.all_tasks() - {asyncio.current_task()}
    await hooks.close()
