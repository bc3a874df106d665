"""Stand-ins for agents where a chat interface asks for itself: a title, tags, the next question."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.agents.env import AgentDirectory
from liteagent.agents.spec import AgentSpec

TASK_SUFFIX = ":task"


class TaskAgents:
    """An `AgentDirectory` over another one, in which every agent `x` has a stand-in `x:task` with
    its models and nothing else: no tools, no knowledge. Stand-ins are not listed.
    """

    def __init__(self, agents: AgentDirectory) -> None:
        self._agents = agents

    def get(self, name: str) -> AgentSpec:
        """Raises `AgentNotFoundError`, near misses named."""
        own = name.removesuffix(TASK_SUFFIX)
        spec = self._agents.get(own)
        if own == name:
            return spec
        bare = AgentSpec(name=own, model=spec.model, model_settings=spec.model_settings)
        return bare.model_copy(update={"name": name, "placement": spec.placement})

    def all(self) -> Sequence[AgentSpec]:
        return self._agents.all()
