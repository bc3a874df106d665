"""What the agent core is given besides its state: agents, tools, models, ids. Passed in, never
global.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from liteagent.agents.spec import AgentSpec
from liteagent.errors import AgentNotFoundError
from liteagent.ids import Ids
from liteagent.models import ModelHealth, ModelRegistry
from liteagent.plugins import Lifecycle
from liteagent.tools import Tool, ToolRegistry


class AgentDirectory(Protocol):
    """Where agents are looked up by name; what it holds may change while the runtime runs."""

    def get(self, name: str) -> AgentSpec:
        """Raises `AgentNotFoundError`, near misses named."""
        ...

    def all(self) -> Sequence[AgentSpec]: ...


class Agents:
    """An `AgentDirectory` over a fixed set."""

    def __init__(self, specs: Sequence[AgentSpec]) -> None:
        self._specs: Mapping[str, AgentSpec] = {spec.name: spec for spec in specs}

    def get(self, name: str) -> AgentSpec:
        spec = self._specs.get(name)
        if spec is None:
            raise AgentNotFoundError(name, self._specs)
        return spec

    def all(self) -> Sequence[AgentSpec]:
        return tuple(self._specs.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The collaborators of the agent core."""

    agents: AgentDirectory
    tools: ToolRegistry
    models: ModelRegistry
    health: ModelHealth
    """Which of its models an agent asks first."""
    ids: Ids
    lifecycle: Lifecycle

    def spec(self, name: str) -> AgentSpec:
        """The agent's configuration; of one that is gone, an empty one whose turns fail."""
        try:
            return self.agents.get(name)
        except AgentNotFoundError:
            return AgentSpec(name=name, model=("gone/gone",))

    def tool(self, spec: AgentSpec, name: str) -> Tool | None:
        """The tool of that name, if the agent has it and a plugin provides it."""
        return self.tools.find(name) if name in spec.tools else None
