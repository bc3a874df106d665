"""The configuration and the plugins of a command."""

from __future__ import annotations

import logging
from pathlib import Path

from liteagent.agents.configuration import Configuration
from liteagent.config import load_settings
from liteagent.plugins import PluginHost, PluginState, PluginStatus

log = logging.getLogger(__name__)

WELL = (PluginState.LOADED, PluginState.DISABLED)


def load_configuration(folder: Path | None = None) -> Configuration:
    """From the environment and the folders. Raises `ConfigurationError`."""
    return Configuration.load(load_settings(), folder)


def load_plugins(configuration: Configuration) -> PluginHost:
    """The plugins that are wanted; a warning for each that could not be loaded."""
    plugins = PluginHost.build(configuration.selection())
    for status in broken(plugins):
        log.warning("%s", status)
    return plugins


def broken(plugins: PluginHost) -> list[PluginStatus]:
    """The plugins that are wanted and not there."""
    return [status for status in plugins.statuses if status.state not in WELL]
