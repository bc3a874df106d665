"""What the configuration folders say: `liteagent.yaml`, `agents/*.yaml`, the plugins turned off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from liteagent.agents.chat_settings import ChatSettings, merged
from liteagent.agents.defaults import built_in_assistant, default_agent
from liteagent.agents.directory import AgentFiles
from liteagent.agents.spec import AgentSpec
from liteagent.clock import Clock
from liteagent.config import Settings
from liteagent.errors import ConfigurationError
from liteagent.plugins import Selection
from liteagent.yamlfile import load_yaml

DEFAULT_FOLDER = Path("configs")
FILE = "liteagent.yaml"
TURNED_OFF = "plugins.yaml"
"""In the data directory; written by `liteagent plugins`, so that no file of a person's is."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PluginLists(_Part):
    """Which plugins load."""

    enabled: tuple[str, ...] | None = None
    """Only these; None: all that are installed."""
    disabled: tuple[str, ...] = ()
    """Not these, whatever `enabled` says."""


class ConfigFile(_Part):
    """A `liteagent.yaml`."""

    agent: str | None = None
    """Whom to talk to when nobody says."""
    plugins: PluginLists = PluginLists()
    chat: ChatSettings = ChatSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The settings of this process and what stands in its folders; the first folder goes first."""

    settings: Settings
    folders: tuple[Path, ...]
    files: Mapping[Path, ConfigFile]
    """Each `liteagent.yaml` that there is, and what the commands turned off."""

    @classmethod
    def load(cls, settings: Settings, folder: Path | None = None) -> Configuration:
        """Read `folder` (None: `configs`, if there is one) and the data directory.

        Raises `ConfigurationError` for a file that is wrong, and for a folder that was asked for
        and is not there.
        """
        if folder is not None and not folder.is_dir():
            raise ConfigurationError(
                f"{folder} is no folder: --config names the one that holds {FILE} and agents/."
            )
        folders = (folder or DEFAULT_FOLDER, settings.home)
        paths = [*(each / FILE for each in folders), settings.home / TURNED_OFF]
        files = {path: load_yaml(path, ConfigFile) for path in paths if path.exists()}
        return cls(settings=settings, folders=folders, files=files)

    def agents(self, clock: Clock | None = None) -> AgentFiles:
        """The agents of the folders, and the built-in assistant where none of them is called so."""
        built_in = (built_in_assistant(self.settings),)
        return AgentFiles(self.folders, built_in=built_in, clock=clock)

    def default_agent(self, agents: AgentFiles) -> AgentSpec:
        """Whom to talk to when nobody says. Raises `AgentNotFoundError`."""
        named = (file.agent for file in self.files.values() if file.agent is not None)
        return default_agent(agents, next(named, None))

    def chat(self) -> ChatSettings:
        """What the files say about the chat platforms; the first one goes first, account by account
        and platform by platform.
        """
        return merged(file.chat for file in self.files.values())

    def selection(self) -> Selection:
        """Which plugins load: the first list of enabled ones, the settings' before any file's, and
        every list of disabled ones.
        """
        lists = [file.plugins for file in self.files.values()]
        enabled = (each.enabled for each in lists if each.enabled is not None)
        disabled = [name for each in lists for name in each.disabled]
        settings = self.settings
        return Selection.of(
            enabled=settings.plugins_allow or next(enabled, None),
            disabled=[*settings.plugins_deny, *disabled],
        )
