"""Agents that are kept in the data directory, beside those in files that people write."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path

from liteagent.agents.directory import AgentFiles
from liteagent.agents.spec import AgentSpec
from liteagent.errors import AgentNotFoundError, ConfigurationError, ConflictError
from liteagent.folders import make_folder
from liteagent.yamlfile import load_yaml


class KeptAgents:
    """The files of `home`'s folder `agents`, one for each agent. `agents` are all there are."""

    def __init__(self, agents: AgentFiles, home: Path) -> None:
        self.agents = agents
        self._folder = home / "agents"

    async def keep(self, name: str, text: bytes) -> Path:
        """Keep the YAML that describes this agent, in place of what was kept; where it is.

        Raises `ConfigurationError` where that place is taken by another agent.
        """
        kept = await asyncio.to_thread(_keep, self._folder, name, text)
        self.agents.refresh()
        return kept

    async def remove(self, name: str) -> None:
        """Forget an agent that is kept here. Raises as `require_ours`, and `AgentNotFoundError`."""
        self.require_ours(name)
        path = self.agents.path_of(name)
        if path is None:
            raise AgentNotFoundError(name, [spec.name for spec in self.agents.all()])
        await asyncio.to_thread(path.unlink, missing_ok=True)
        self.agents.refresh()

    def has(self, name: str) -> bool:
        """Whether there is an agent of this name, kept here or not."""
        return any(spec.name == name for spec in self.agents.all())

    def require_ours(self, name: str) -> None:
        """Raises `ConflictError` for an agent that is built in or in a file of a person's."""
        path = self.agents.path_of(name)
        if path is not None and path.parent != self._folder:
            raise ConflictError(
                f"The agent {name} is described in {path}: change it there, or take another name."
            )
        if path is None and self.has(name):
            raise ConflictError(f"The agent {name} is built in: take another name.")


def _keep(folder: Path, name: str, text: bytes) -> Path:
    kept = _place(folder, name)
    make_folder(folder)
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    draft.write_bytes(text)
    os.replace(draft, kept)
    return kept


def _place(folder: Path, name: str) -> Path:
    """The file that holds the agent already, or else the one with its name."""
    for path in sorted(folder.glob("[!.]*.yaml")):
        if _name_in(path) == name:
            return path
    place = folder / f"{name}.yaml"
    other = _name_in(place)
    if other is not None:
        raise ConfigurationError(
            f"{place} describes the agent {other!r}: rename that file, then apply {name} again."
        )
    return place


def _name_in(path: Path) -> str | None:
    """The agent that a file describes; None for one that is not there or is broken."""
    try:
        return load_yaml(path, AgentSpec).name
    except ConfigurationError:
        return None
