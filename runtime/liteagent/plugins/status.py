"""What became of each plugin, for `liteagent plugins list` and for the start-up report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class PluginState(StrEnum):
    """Where a plugin stands in this process."""

    LOADED = "loaded"
    """Imported, and its hooks are called."""
    DISABLED = "disabled"
    """Left out by the allow or deny list; never imported."""
    INCOMPATIBLE = "incompatible"
    """Written for an API level that this LiteAgent does not have; never imported."""
    DUPLICATE = "duplicate"
    """Another distribution claims the same name; neither was imported."""
    FAILED = "failed"
    """Could not be imported, or does not fit the hooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginStatus:
    """One plugin's line in the report."""

    name: str
    distribution: str
    version: str
    state: PluginState
    cause: str = ""
    """One sentence; empty for a plugin that is loaded and well."""
    remedy: str = ""
    """A command that mends it, as it would be typed."""
    hooks: tuple[str, ...] = ()
    """The hooks it implements, in alphabetical order."""
    seconds: float = 0.0
    """How long its import took."""

    def __str__(self) -> str:
        text = f"{self.state.upper()} {self.name} ({self.distribution} {self.version})"
        text += f": {self.cause}" if self.cause else ""
        return text + (f" → {self.remedy}" if self.remedy else "")

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "distribution": self.distribution,
            "version": self.version,
            "state": self.state.value,
            "cause": self.cause,
            "remedy": self.remedy,
            "hooks": list(self.hooks),
            "seconds": self.seconds,
        }
