"""What an effect is given while it is carried out."""

from __future__ import annotations

from typing import Generic, TypeVar

from liteagent.kernel.audience import Audience
from liteagent.kernel.frames import Progress
from liteagent.kernel.live import LiveText

S = TypeVar("S")


class EffectContext(Generic[S]):
    """What `perform` is given: the state its intent left, and a way to show what goes on."""

    __slots__ = ("_audience", "entity", "epoch", "live", "state")

    def __init__(
        self,
        *,
        entity: str,
        epoch: int,
        state: S,
        audience: Audience,
    ) -> None:
        self.entity, self.epoch, self.state = entity, epoch, state
        self.live: LiveText | None = None
        self._audience = audience

    def open_text(self, turn_id: str, attempt: int) -> None:
        """Begin a live text; `attempt` is the seq of the intent."""
        self.live = LiveText(turn_id, attempt)

    def write(self, text: str) -> None:
        """Show the next characters."""
        assert self.live is not None, "open_text comes first"
        self.live.pieces.append(text)
        self.live.size += len(text)
        self._audience.wake()

    def progress(self, turn_id: str, call_id: str, text: str) -> None:
        """Show how far a tool is."""
        self._audience.show((Progress(turn_id=turn_id, call_id=call_id, text=text),))
