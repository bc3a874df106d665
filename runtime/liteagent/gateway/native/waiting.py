"""When a client that waits for a turn has seen it. Pure."""

from __future__ import annotations

from liteagent.agents.sessions import TURN_ENDS
from liteagent.events import Event
from liteagent.kernel import Frame


class TurnWait:
    """Fed the session's frames from event `after` on, that event included.

    The turn is that of the last message among the events up to `known`, which were there when the
    client asked; where there is none among them it is the next turn that ends.
    """

    def __init__(self, *, after: int, known: int) -> None:
        self._after, self._known = after, known
        self._turn_id: str | None = None
        self._ended: set[str] = set()

    def is_over(self, frame: Frame) -> bool:
        """Whether this frame completes the wait."""
        if not isinstance(frame, Event):
            return False
        if frame.type == "message.received" and frame.seq <= self._known:
            self._turn_id = frame.data["turn_id"]
        if frame.type in TURN_ENDS and frame.seq > self._after:
            self._ended.add(frame.data["turn_id"])
        if frame.seq < self._known:
            return False
        return bool(self._ended) if self._turn_id is None else self._turn_id in self._ended
