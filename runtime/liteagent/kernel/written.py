"""What one commit of an actor is going to write."""

from __future__ import annotations

from liteagent.events import Draft, Event


class Written:
    """The drafts, and beside each the event that it is once it is stored."""

    __slots__ = ("drafts", "events")

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.events: list[Event] = []

    def cut(self, length: int) -> None:
        """Keep the first `length` of them."""
        del self.drafts[length:]
        del self.events[length:]
