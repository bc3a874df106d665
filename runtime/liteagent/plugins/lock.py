"""The plugin lock: which plugins a process runs with, as plain JSON that another can follow.

A plugin manager cannot be sent to another process; a lock can, and the process that gets it builds
its own manager from it, or says how its machine differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from liteagent.plugins.candidate import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPlugin:
    """One installed plugin."""

    name: str
    value: str
    distribution: str
    version: str
    enabled: bool

    @property
    def full_name(self) -> str:
        """`distribution:name`."""
        return f"{self.distribution}:{self.name}"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "distribution": self.distribution,
            "version": self.version,
            "enabled": self.enabled,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginLock:
    """The plugins of one node; `node` is a name that a person can find the machine by."""

    node: str
    plugins: tuple[LockedPlugin, ...]

    @classmethod
    def of(
        cls, node: str, candidates: Iterable[Candidate], ready: Iterable[Candidate]
    ) -> PluginLock:
        """What is installed (`candidates`), of which `ready` may load."""
        enabled = frozenset(candidate.full_name for candidate in ready)
        plugins = (
            LockedPlugin(
                name=candidate.name,
                value=candidate.value,
                distribution=candidate.distribution,
                version=candidate.version,
                enabled=candidate.full_name in enabled,
            )
            for candidate in candidates
        )
        return cls(node=node, plugins=tuple(sorted(plugins, key=lambda one: one.full_name)))

    @property
    def digest(self) -> str:
        """64 hex digits, equal on nodes with the same plugins."""
        text = json.dumps([plugin.to_json() for plugin in self.plugins], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def drift(self, other: PluginLock) -> list[str]:
        """One sentence for each plugin that one node uses and the other has not in the same form.

        Plugins that neither node uses may differ.
        """
        return [*self._drift(other)]

    def _drift(self, other: PluginLock) -> Iterator[str]:
        mine = {plugin.full_name: plugin for plugin in self.plugins}
        theirs = {plugin.full_name: plugin for plugin in other.plugins}
        for name in sorted(mine.keys() | theirs.keys()):
            here, there = mine.get(name), theirs.get(name)
            if here != there and any(one is not None and one.enabled for one in (here, there)):
                yield (
                    f"Plugin {name} is {_state(here)} on {self.node}"
                    f" and {_state(there)} on {other.node}."
                )

    def to_json(self) -> dict[str, Any]:
        return {"node": self.node, "plugins": [plugin.to_json() for plugin in self.plugins]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PluginLock:
        """The inverse of `to_json`."""
        plugins = (LockedPlugin(**plugin) for plugin in value["plugins"])
        return cls(node=value["node"], plugins=tuple(plugins))


def _state(plugin: LockedPlugin | None) -> str:
    if plugin is None:
        return "not installed"
    state = "" if plugin.enabled else "disabled, "
    return f"{state}version {plugin.version} ({plugin.value})"
