"""Going on with a stream where it broke off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from liteagent.cluster.batches import continued
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, Reply


class Place:
    """How far a reader has come: the last seq, and how much of each attempt's text."""

    def __init__(self, after: int | None) -> None:
        self.after = after
        self.replied = False
        self._offsets: dict[int, int] = {}

    def unseen(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """What of these frames the reader has not had yet."""
        for frame in frames:
            rest = self._take(frame)
            if rest is not None:
                yield rest

    def _take(self, frame: Frame) -> Frame | None:
        match frame:
            case Reply(after=after):
                self.replied = True
                self.after = after if self.after is None else self.after
                return frame
            case Event(seq=seq):
                if self.after is not None and seq <= self.after:
                    return None
                self.after = seq
                return frame
            case Delta():
                return self._rest(frame)
            case _:
                return frame

    def _rest(self, delta: Delta) -> Delta | None:
        """A resumed stream tells an attempt's text from its start again."""
        seen = self._offsets.get(delta.attempt, 0)
        end = delta.offset + len(delta.text)
        if end <= seen:
            return None
        self._offsets = {delta.attempt: end}
        if delta.offset >= seen:
            return delta
        return continued(delta, seen, delta.text[seen - delta.offset :])
