"""The contract of a door: the same answers whether the sessions live here or in a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from liteagent.agents.sessions import Receipt
from liteagent.agents.spec import AgentSpec
from liteagent.approvals import Ballot
from liteagent.events import Delta, Event, Json
from liteagent.kernel import Progress

Live = Event | Delta | Progress
Item = Mapping[str, Json]
"""One line of a listing, as the HTTP API has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did. `final` is false while a quorum still lacks votes; `seq` is where in the
    session's journal it stands, 0 where that is not told.
    """

    session_id: str
    turn_id: str
    final: bool
    seq: int = 0


class Door(Protocol):
    """Every method may raise a `LiteAgentException` whose sentence is meant for a person."""

    server: str | None
    """Its URL; None: sessions run in this process."""

    async def default_agent(self) -> str: ...

    async def agent(self, name: str) -> Item:
        """An agent's configuration."""
        ...

    async def sessions(
        self, *, agent: str | None, status: str | None, limit: int
    ) -> Sequence[Item]: ...

    async def session(self, session_id: str) -> Item: ...

    async def messages(self, session_id: str) -> Sequence[Item]: ...

    def events(self, session_id: str, *, after: int = 0) -> AsyncGenerator[Event]:
        """The journal as far as it is written now."""
        ...

    async def create(self, agent: str, session_id: str | None = None) -> str: ...

    async def send(self, session_id: str, text: str) -> Receipt: ...

    def follow(self, session_id: str, *, after: int) -> AsyncGenerator[Live]:
        """Events after `after`, then live ones, without end."""
        ...

    async def cancel(self, session_id: str, turn_id: str | None = None) -> Sequence[str]:
        """End the open turns, or one; their ids."""
        ...

    async def fork(self, session_id: str, at: int) -> str: ...

    async def approvals(self) -> Sequence[Item]:
        """What waits for a person, oldest first."""
        ...

    async def approval(self, approval_id: str) -> Item:
        """One of them, open or settled."""
        ...

    async def decide(self, approval_id: str, ballot: Ballot, shown: str) -> Decided:
        """`shown` is the digest of the arguments that the person was shown: consent to others does
        not count.
        """
        ...


class AgentDoor(Protocol):
    """How the commands reach agents, without a session or a journal."""

    server: str | None

    async def agents(self) -> Sequence[Item]:
        """Every agent's configuration, by name."""
        ...

    async def agent(self, name: str) -> Item: ...

    async def source(self, name: str) -> str:
        """Where that configuration comes from, for people."""
        ...

    async def apply(self, file: Path, spec: AgentSpec) -> str:
        """Keep what `file` describes; where that is, for people. Raises where it cannot be kept
        under this name.
        """
        ...


__all__ = ["AgentDoor", "Ballot", "Decided", "Door", "Item", "Live", "Receipt"]
