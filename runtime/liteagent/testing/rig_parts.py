"""What a rig puts in the place of the collaborators that production chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any

from liteagent.agents.spec import AgentSpec
from liteagent.errors import AgentNotFoundError
from liteagent.journal import HeadRow

AGENT = "agent"
"""The name of the agent that a rig has unless it is given others."""


class RigAgents:
    """An `AgentDirectory` that a test can change while the runtime runs."""

    def __init__(self, specs: Sequence[AgentSpec]) -> None:
        self._specs = {spec.name: spec for spec in specs}

    def get(self, name: str) -> AgentSpec:
        if name not in self._specs:
            raise AgentNotFoundError(name, self._specs)
        return self._specs[name]

    def all(self) -> Sequence[AgentSpec]:
        return tuple(self._specs.values())

    def put(self, spec: AgentSpec) -> None:
        """Add an agent, or change one."""
        self._specs[spec.name] = spec

    def change(self, name: str = AGENT, **fields: Any) -> None:
        """Change some fields of an agent."""
        self.put(AgentSpec.model_validate({**self.get(name).model_dump(), **fields}))

    def remove(self, name: str = AGENT) -> None:
        """Forget an agent."""
        del self._specs[name]


class RigOwnership:
    """An `Ownership` that knows who is alive; everybody else is gone."""

    def __init__(self, name: str, alive: Collection[str] = ()) -> None:
        self.name = name
        self._alive = alive

    def may_take(self, row: HeadRow) -> bool:
        at_work = row.head.status == "running" and row.owner in self._alive
        return not at_work or row.owner == self.name


class RigCrash:
    """`CrashPoints` at which a rig dies: `die` is called, and nothing behind the point happens."""

    def __init__(self, die: Callable[[], None]) -> None:
        self._die = die
        self.is_dead, self.deaths = False, 0
        self._armed: dict[str, int] = {}
        self.reached: list[str] = []

    def arm(self, point: str, nth: int) -> None:
        """Die when `point` is reached for the `nth` time from now on."""
        self._armed[point] = nth

    def disarm(self) -> None:
        """Die nowhere."""
        self._armed.clear()

    def reach(self, name: str) -> None:
        if self.is_dead:
            raise asyncio.CancelledError
        self.reached.append(name)
        if name in self._armed:
            self._armed[name] -= 1
            if self._armed[name] == 0:
                del self._armed[name]
                self._die()
                raise asyncio.CancelledError
