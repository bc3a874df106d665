"""What can go wrong with plugins as a whole; what is wrong with one of them is its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liteagent.errors import ConfigurationError, LiteAgentException
from liteagent.plugins.provenance import Provenance


class PluginLoadError(ConfigurationError):
    """Strict loading was asked for, and some plugins could not be loaded."""

    error_code = "PLUGIN_LOAD_ERROR"

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(sentences))


class PluginDriftError(ConfigurationError):
    """This process has other plugins installed than the lock it was told to follow."""

    error_code = "PLUGIN_DRIFT"

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(
            " ".join(sentences) + " Install the same plugins on both, then start again."
        )

    @property
    def details(self) -> Mapping[str, Any]:
        return {"drift": list(self.sentences)}


class UnusablePluginError(LiteAgentException):
    """A plugin was imported and does not fit the hooks; the message is its status's cause."""

    error_code = "UNUSABLE_PLUGIN"


class ToolBlockedError(LiteAgentException):
    """A plugin's `before_tool_call` raised or took too long, so the tool must not run."""

    status_code = 403
    error_code = "tool_blocked"

    def __init__(self, tool: str, plugin: Provenance, reason: str) -> None:
        self.tool, self.plugin, self.reason = tool, plugin, reason
        super().__init__(f"{tool} was not run: {plugin} blocked it: {reason}")
