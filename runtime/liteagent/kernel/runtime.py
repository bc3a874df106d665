"""The Runtime: how everything above the kernel reaches an entity, wherever it lives."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from liteagent.events import Json
from liteagent.journal import Journal
from liteagent.kernel.frames import Frame
from liteagent.kernel.kind import Command


class Runtime(Protocol):
    """One protocol, two implementations: in this process, and on a Ray cluster.

    Commands and replies are plain JSON. A command with a `key` acts once however often it is sent.
    Every method may raise a `LiteAgentException`; the same one whichever implementation runs.
    """

    @property
    def journal(self) -> Journal:
        """The journal, for reading and for records; an entity's events are written by its host
        alone.
        """
        ...

    async def ask(self, entity: str, command: Command) -> Json:
        """Carry a command out; returns when what it caused is stored."""
        ...

    def stream(
        self, entity: str, *, after: int | None = None, command: Command | None = None
    ) -> AsyncGenerator[Frame, None]:
        """Events with seq greater than `after`, then live ones and deltas, without end.

        With a command, it is carried out first and its answer is the first frame (a `Reply`): one
        call for a whole turn; `after` left out then means: from what the command causes. When the
        entity moves to another host the stream goes on from the last seq.
        """
        ...

    async def delete(self, entity: str) -> None:
        """Remove an entity and everything it wrote."""
        ...

    async def close(self) -> None:
        """Let go; for the in-process runtime this drains. Safe to call twice."""
        ...
