"""The agents of the folders on this machine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from liteagent.agents.configuration import Configuration
from liteagent.agents.directory import AgentFiles
from liteagent.agents.kept import KeptAgents
from liteagent.agents.spec import AgentSpec
from liteagent.cli.agent_check import check_agent
from liteagent.cli.doors.contract import Item

log = logging.getLogger(__name__)


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
        """As the file's own text, comments included. Raises `ProviderNotFoundError`."""
        for lack in await check_agent(self._configuration, spec):
            log.warning("%s: %s", spec.name, lack)
        kept = KeptAgents(self._files, self._configuration.settings.home)
        text = await asyncio.to_thread(file.read_bytes)
        return str(await kept.keep(spec.name, text))

    @cached_property
    def _files(self) -> AgentFiles:
        return self._configuration.agents()
