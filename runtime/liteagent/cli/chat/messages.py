"""Messages sent without a person to ask: `-m`, or the lines of a pipe."""

from __future__ import annotations

from collections.abc import Iterable

from liteagent.cli.chat.session_feed import SessionFeed
from liteagent.cli.failures import FAILED, INTERRUPTED, WAITING
from liteagent.cli.output import Printer


class Messages:
    """Sends one message after the other; an exit code says how they went. What waits for a person
    is told on `notes`.
    """

    def __init__(self, feed: SessionFeed, notes: Printer) -> None:
        self._feed, self._notes = feed, notes

    def send_all(self, texts: Iterable[str]) -> int:
        """Send them; the exit code of the worst: interrupted, failed, waiting, well."""
        sent: list[str] = []
        codes = {0}
        for text in texts:
            if text.strip():
                sent.append(self._feed.send(text))
                codes.add(self._follow(sent[-1]))
                if INTERRUPTED in codes:
                    return INTERRUPTED
        if FAILED in codes:
            return FAILED
        waits = any(self._feed.turns.end_of(turn_id) is None for turn_id in sent)
        return WAITING if waits else 0

    def _follow(self, turn_id: str) -> int:
        turns, stopping = self._feed.turns, False
        while (end := turns.end_of(turn_id)) is None:
            if turns.is_waiting(turn_id):
                self._tell_what_waits(turn_id)
                return WAITING
            try:
                self._feed.take()
            except KeyboardInterrupt:
                if stopping:
                    raise
                stopping = True
                self._feed.cancel(turn_id)
        if end.type == "turn.completed":
            return 0
        return INTERRUPTED if stopping else FAILED

    def _tell_what_waits(self, turn_id: str) -> None:
        for question in self._feed.turns.questions(turn_id):
            self._notes.line(question.title, "yellow")
            for line in question.lines:
                self._notes.line(f"  {line}")
            self._notes.line(f"Decide with: {question.commands(self._feed.server)}")
