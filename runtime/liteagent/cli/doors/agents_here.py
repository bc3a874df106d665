"""The agents of the folders on this machine."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from liteagent.agents.configuration import Configuration
from liteagent.agents.directory import AgentFiles
from liteagent.agents.spec import AgentSpec
from liteagent.cli.doors.contract import Item
from liteagent.errors import ConfigurationError
from liteagent.yamlfile import load_yaml


class AgentsHere:
    """An `AgentDoor`. Applied agents go to the data directory."""

    server: str | None = None

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    async def agents(self) -> Sequence[Item]:
        return [spec.model_dump(mode="json") for spec in self._files.all()]

    async def agent(self, name: str) -> Item:
        return self._files.get(name).model_dump(mode="json")

    async def source(self, name: str) -> str:
        return str(self._files.path_of(name) or "built in")

    async def apply(self, file: Path, spec: AgentSpec) -> str:
        """Keep what `file` describes, its own text, comments included; where it is kept.

        Raises `ConfigurationError` where that place is taken by another agent.
        """
        folder = self._configuration.settings.home / "agents"
        return str(await asyncio.to_thread(_keep, file, folder, spec.name))

    @cached_property
    def _files(self) -> AgentFiles:
        return self._configuration.agents()


def _keep(file: Path, folder: Path, name: str) -> Path:
    kept = _place(folder, name)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    draft.write_bytes(file.read_bytes())
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
