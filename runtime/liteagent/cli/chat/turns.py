"""The turns of a session that are not over, from its events."""

from __future__ import annotations

from liteagent.agents.turn_watch import TurnWatch
from liteagent.cli.questions import Question
from liteagent.events import Event


class OpenTurns:
    """Takes in every event of a session, from its first on or from where nothing was open."""

    def __init__(self) -> None:
        self._open: dict[str, TurnWatch] = {}
        self._ended: dict[str, Event] = {}
        self._waiting: set[str] = set()

    def see(self, event: Event) -> None:
        """Take in the next event."""
        turn_id = event.data.get("turn_id")
        if turn_id is None:
            return
        watch = self._open.setdefault(turn_id, TurnWatch(turn_id))
        watch.feed(event)
        self._waiting.discard(turn_id)
        if watch.ended is not None:
            self._ended[turn_id] = event
            del self._open[turn_id]
        elif watch.pausing:
            self._waiting.add(turn_id)

    @property
    def latest(self) -> str | None:
        """The open turn that began last."""
        return next(reversed(self._open), None)

    def end_of(self, turn_id: str) -> Event | None:
        """The event that ended a turn, once it has."""
        return self._ended.get(turn_id)

    def is_waiting(self, turn_id: str) -> bool:
        """Whether only people can move the turn on."""
        return turn_id in self._waiting

    def decided(self, turn_id: str) -> None:
        """A decision was sent: whether the turn still waits is known when its next event comes."""
        self._waiting.discard(turn_id)

    def questions(self, turn_id: str | None = None) -> list[Question]:
        """What waits for a person now, in one turn or in all of them, oldest first."""
        return [
            Question.of(event)
            for watch in self._open.values()
            if turn_id in (None, watch.turn_id)
            for event in watch.approvals.values()
        ]
