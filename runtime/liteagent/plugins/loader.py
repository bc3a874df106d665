"""Importing plugins, each on its own: whatever one of them does, the others and the host go on."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint

import pluggy

from liteagent.clock import Clock
from liteagent.plugins import hookspecs
from liteagent.plugins.candidate import Candidate
from liteagent.plugins.discovery import GROUP, Settled
from liteagent.plugins.errors import PluginLoadError, UnusablePluginError
from liteagent.plugins.failures import explain
from liteagent.plugins.fitting import implemented, misfits
from liteagent.plugins.provenance import Provenance
from liteagent.plugins.status import PluginState, PluginStatus
from liteagent.threads import start_thread

IMPORT_SECONDS = 30.0
"""How long one plugin's import may take."""


@dataclass(slots=True)
class LoadedPlugins:
    """The plugins of this process. `origins` has each one's provenance by its registered name."""

    manager: pluggy.PluginManager
    statuses: list[PluginStatus]
    origins: dict[str, Provenance] = field(default_factory=dict[str, Provenance])


def load(
    settled: Settled, *, clock: Clock, seconds: float = IMPORT_SECONDS, strict: bool = False
) -> LoadedPlugins:
    """Import what may be imported; a plugin that hangs is left behind after `seconds`.

    Raises `PluginLoadError` when `strict` and any plugin is neither loaded nor disabled.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    loaded = LoadedPlugins(manager=manager, statuses=list(settled.refused))
    for candidate in settled.ready:
        loaded.statuses.append(_load_one(loaded, candidate, clock, seconds))
    loaded.statuses.sort(key=lambda status: (status.name, status.distribution))
    if strict:
        _insist(loaded.statuses)
    return loaded


def _load_one(
    loaded: LoadedPlugins, candidate: Candidate, clock: Clock, seconds: float
) -> PluginStatus:
    started = clock.now()
    try:
        plugin = _import(candidate, seconds)
        hooks = register(loaded, plugin, candidate.full_name, candidate.provenance)
    except UnusablePluginError as error:
        cause, remedy = str(error), f"liteagent plugins disable {candidate.name}"
    except (Exception, SystemExit) as error:  # noqa: BLE001 a plugin's import can raise anything
        cause, remedy = explain(candidate, error)
    else:
        spent = clock.now() - started
        return candidate.status(PluginState.LOADED, hooks=hooks, seconds=spent)
    spent = clock.now() - started
    return candidate.status(PluginState.FAILED, cause=cause, remedy=remedy, seconds=spent)


def register(
    loaded: LoadedPlugins, plugin: object, name: str, origin: Provenance
) -> tuple[str, ...]:
    """Add an imported plugin; the hooks it implements.

    Raises `UnusablePluginError` where it does not fit them.
    """
    problems = misfits(loaded.manager, plugin)
    if problems:
        raise UnusablePluginError(" ".join(problems))
    if loaded.manager.is_registered(plugin):
        other = loaded.manager.get_name(plugin)
        raise UnusablePluginError(f"It is the same object as the plugin {other}.")
    loaded.manager.register(plugin, name=name)
    loaded.origins[name] = origin
    return tuple(sorted(implemented(loaded.manager, plugin).values()))


def _import(candidate: Candidate, seconds: float) -> object:
    """The plugin's object, made in a thread so that an import that hangs can be given up."""
    entry = EntryPoint(name=candidate.name, value=candidate.value, group=GROUP)
    future = start_thread(lambda: _instance(entry), name=f"import {candidate.full_name}")
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        if future.done():
            raise
        raise UnusablePluginError(f"Its import did not end within {seconds:g} s.") from None


def _instance(entry: EntryPoint) -> object:
    plugin: object = entry.load()
    if not inspect.isclass(plugin):
        return plugin
    if inspect.signature(plugin).parameters:
        raise UnusablePluginError(
            f"Its entry point names the class {plugin.__qualname__}, which needs arguments;"
            " name a module, or an instance."
        )
    return plugin()


def _insist(statuses: Iterable[PluginStatus]) -> None:
    fine = (PluginState.LOADED, PluginState.DISABLED)
    broken = [str(status) for status in statuses if status.state not in fine]
    if broken:
        raise PluginLoadError(broken)
