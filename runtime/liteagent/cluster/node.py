"""What every process of a cluster is made of: settings, agents, plugins, journal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from liteagent.agents.configuration import DEFAULT_FOLDER, Configuration
from liteagent.agents.directory import AgentFiles
from liteagent.agents.env import AgentDirectory
from liteagent.agents.task_agents import TaskAgents
from liteagent.cluster.placement import Placer
from liteagent.config import Settings, load_settings
from liteagent.journal import Journal, open_journal
from liteagent.observability import configure_logging
from liteagent.plugins import PluginHost, PluginLock
from liteagent.security import redact

if TYPE_CHECKING:
    from liteagent.cluster.attendants import Attendants

NAMESPACE = "liteagent"

_PASSED_ON = ("LITEAGENT_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "SLACK_", "DISCORD_")
"""What names of variables begin with that a cluster's other processes need as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfig:
    """The recipe of a process. A plain value: it is pickled into every actor."""

    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Set in the actors' processes before anything reads it; may hold secrets."""
    folder: Path | None = None
    """Where `liteagent.yaml` and `agents/` are; None: nowhere but in the data directory."""
    lock: PluginLock | None = None
    """The plugins to follow; None: those of the machine, which only the first process may do."""
    shared_hosts: int = 1
    """Hosts for the agents whose configuration asks for none of their own."""
    namespace: str = NAMESPACE
    """Ray's namespace for the actors."""
    attendants: Attendants | None = None
    """What the supervisor starts beside the hosts."""

    @classmethod
    def read(
        cls, environ: Mapping[str, str], folder: Path | None = None, *, shared_hosts: int = 1
    ) -> NodeConfig:
        """From this process's environment and folder, for processes that may start elsewhere."""
        here = folder or (DEFAULT_FOLDER if DEFAULT_FOLDER.is_dir() else None)
        passed_on = {key: value for key, value in environ.items() if key.startswith(_PASSED_ON)}
        return cls(
            environment=passed_on,
            folder=None if here is None else here.absolute(),
            shared_hosts=shared_hosts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One process's own copy of what `NodeConfig` describes."""

    config: NodeConfig
    settings: Settings
    configuration: Configuration
    agents: AgentDirectory
    files: AgentFiles
    """The agents without their stand-ins."""
    journal: Journal
    placer: Placer

    async def plugins(self) -> PluginHost:
        """The plugins, imported now. Raises `PluginDriftError` where this machine has others than
        the one whose lock this is.
        """
        lock = self.config.lock
        if lock is not None:
            return await asyncio.to_thread(PluginHost.follow, lock)
        selection = self.configuration.selection()
        return await asyncio.to_thread(PluginHost.build, selection)


async def open_actor_node(config: NodeConfig) -> Node:
    """As `open_node`, in a process of the cluster: with the first one's environment, and logging as
    the settings say.
    """
    os.environ.update(config.environment)
    node = await open_node(config)
    configure_logging(
        redact=redact, level=node.settings.log_level, log_format=node.settings.log_format
    )
    return node


async def open_node(config: NodeConfig) -> Node:
    """Read the configuration and open the journal; the caller closes the journal.

    Raises `ConfigurationError`, and what opening the journal raises.
    """
    settings = load_settings()
    configuration = Configuration.load(settings, config.folder)
    files = configuration.agents()
    agents = TaskAgents(files)
    return Node(
        config=config,
        settings=settings,
        configuration=configuration,
        agents=agents,
        files=files,
        journal=await open_journal(settings.journal_url),
        placer=Placer(agents, config.shared_hosts),
    )
