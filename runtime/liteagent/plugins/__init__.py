"""Plugins: discovery, loading, and the hooks they implement."""

from liteagent.plugins.candidate import Candidate
from liteagent.plugins.discovery import Settled, discover, settle
from liteagent.plugins.errors import (
    PluginDriftError,
    PluginLoadError,
    ToolBlockedError,
    UnusablePluginError,
)
from liteagent.plugins.hooks import HookResult, gather_results
from liteagent.plugins.hookspecs import API_LEVEL, hookimpl
from liteagent.plugins.host import PluginHost
from liteagent.plugins.lifecycle import Lifecycle
from liteagent.plugins.loader import LoadedPlugins, load
from liteagent.plugins.lock import LockedPlugin, PluginLock
from liteagent.plugins.provenance import Provenance
from liteagent.plugins.selection import Selection
from liteagent.plugins.status import PluginState, PluginStatus

__all__ = [
    "API_LEVEL",
    "Candidate",
    "HookResult",
    "Lifecycle",
    "LoadedPlugins",
    "LockedPlugin",
    "PluginDriftError",
    "PluginHost",
    "PluginLoadError",
    "PluginLock",
    "PluginState",
    "PluginStatus",
    "Provenance",
    "Selection",
    "Settled",
    "ToolBlockedError",
    "UnusablePluginError",
    "discover",
    "gather_results",
    "hookimpl",
    "load",
    "settle",
]
