"""One model call's answer while it comes: each of its characters is handed on exactly once."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.events import Delta


class LiveAnswer:
    """The text of one attempt, from deltas that may repeat, overlap or leave gaps, and at last from
    the journal, which has all of it.
    """

    def __init__(self, attempt: int) -> None:
        self.attempt = attempt
        self.length = 0
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """What was handed on so far."""
        return "".join(self._pieces)

    def take(self, delta: Delta) -> str:
        """The characters that are new; none for one that leaves a gap, which the end will fill."""
        if delta.offset > self.length:
            return ""
        return self._add(delta.text[self.length - delta.offset :])

    def finish(self, text: str) -> str:
        """The characters still to come of the whole `text`."""
        return self._add(text[self.length :])

    def _add(self, text: str) -> str:
        if text:
            self._pieces.append(text)
            self.length += len(text)
        return text


class EarlyDeltas:
    """Deltas that overtook the `model.requested` event of their attempt: kept until it comes."""

    def __init__(self) -> None:
        self._kept: list[Delta] = []

    def keep(self, delta: Delta) -> None:
        self._kept.append(delta)

    def release(self, attempt: int) -> Sequence[Delta]:
        """Those of this attempt; whatever was kept of others is forgotten."""
        kept, self._kept = self._kept, []
        return [delta for delta in kept if delta.attempt == attempt]
