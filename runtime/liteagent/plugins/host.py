"""The plugins of this process, and what they offer."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pluggy

from liteagent.clock import Clock, SystemClock
from liteagent.plugins.discovery import discover, settle
from liteagent.plugins.errors import PluginDriftError
from liteagent.plugins.hooks import call_one
from liteagent.plugins.hookspecs import API_LEVEL
from liteagent.plugins.lifecycle import Lifecycle
from liteagent.plugins.loader import IMPORT_SECONDS, LoadedPlugins, load, register
from liteagent.plugins.lock import PluginLock
from liteagent.plugins.provenance import Provenance
from liteagent.plugins.selection import Selection
from liteagent.plugins.status import PluginState, PluginStatus


class PluginHost:
    """Built once per process, by `build` from what is installed or by `follow` from a lock."""

    def __init__(self, loaded: LoadedPlugins, lock: PluginLock, clock: Clock) -> None:
        self._loaded = loaded
        self._clock = clock
        self.lock = lock
        self.lifecycle = Lifecycle(loaded, clock=clock)

    @classmethod
    def build(
        cls,
        selection: Selection,
        *,
        node: str | None = None,
        path: Sequence[str] | None = None,
        strict: bool = False,
        import_seconds: float = IMPORT_SECONDS,
        clock: Clock | None = None,
    ) -> PluginHost:
        """Load what is installed on `path` (None: `sys.path`) and selected. Blocks while plugins
        are imported.

        Raises `PluginLoadError` when `strict` and a plugin could not be loaded.
        """
        clock = clock or SystemClock()
        candidates = discover(path)
        settled = settle(candidates, selection, api_level=API_LEVEL)
        lock = PluginLock.of(node or platform.node(), candidates, settled.ready)
        return cls(load(settled, clock=clock, seconds=import_seconds, strict=strict), lock, clock)

    @classmethod
    def follow(
        cls,
        lock: PluginLock,
        *,
        node: str | None = None,
        path: Sequence[str] | None = None,
        import_seconds: float = IMPORT_SECONDS,
        clock: Clock | None = None,
    ) -> PluginHost:
        """Load exactly what `lock` has enabled.

        Raises `PluginDriftError`, before anything is imported, where this machine differs.
        """
        clock = clock or SystemClock()
        candidates = discover(path)
        enabled = frozenset(plugin.full_name for plugin in lock.plugins if plugin.enabled)
        chosen = [candidate for candidate in candidates if candidate.full_name in enabled]
        mine = PluginLock.of(node or platform.node(), candidates, chosen)
        drift = lock.drift(mine)
        if drift:
            raise PluginDriftError(drift)
        settled = settle(chosen, Selection(), api_level=API_LEVEL)
        return cls(load(settled, clock=clock, seconds=import_seconds), mine, clock)

    @property
    def manager(self) -> pluggy.PluginManager:
        return self._loaded.manager

    @property
    def statuses(self) -> Sequence[PluginStatus]:
        """What became of each plugin, by name."""
        return tuple(self._loaded.statuses)

    def add(self, plugin: object, origin: Provenance) -> None:
        """Use an object as a plugin that no distribution offers.

        Raises `UnusablePluginError` where it does not fit the hooks.
        """
        hooks = register(self._loaded, plugin, f"{origin.distribution}:{origin.plugin}", origin)
        self._loaded.statuses.append(
            PluginStatus(
                name=origin.plugin,
                distribution=origin.distribution,
                version=origin.version,
                state=PluginState.LOADED,
                hooks=hooks,
            )
        )

    async def collect(self, hook: str) -> list[tuple[Any, Provenance]]:
        """Call a `register_*` hook of every plugin: what each offers, with where it comes from.

        Of a plugin that raises or takes too long nothing is taken, and its status says so.
        """
        collected: list[tuple[Any, Provenance]] = []
        for implementation in getattr(self.manager.hook, hook).get_hookimpls():
            things: list[Any] = []
            result = await call_one(implementation, {"register": things.append}, clock=self._clock)
            origin = self._loaded.origins[implementation.plugin_name]
            if result.error is not None:
                self._fail(origin, f"Its {hook} failed: {result.error}")
            else:
                collected.extend((thing, origin) for thing in things)
        return collected

    def _fail(self, origin: Provenance, cause: str) -> None:
        remedy = f"liteagent plugins disable {origin.plugin}"
        self._loaded.statuses[:] = [
            replace(status, state=PluginState.FAILED, cause=cause, remedy=remedy)
            if (status.name, status.distribution) == (origin.plugin, origin.distribution)
            else status
            for status in self._loaded.statuses
        ]
