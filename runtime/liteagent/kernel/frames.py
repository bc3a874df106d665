"""What a subscriber of an entity receives: journaled events, and live frames that carry no seq."""

from __future__ import annotations

from dataclasses import dataclass

from liteagent.events import Delta, Event, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A running tool's word on how far it is; live only."""

    turn_id: str
    call_id: str
    text: str

    def to_json(self) -> dict[str, Json]:
        data = {"turn_id": self.turn_id, "call_id": self.call_id, "text": self.text}
        return {"type": "progress", "data": data}


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the command that a stream was opened with; always the first frame of such a
    stream. The events behind it have a seq greater than `after`.
    """

    value: Json
    after: int = 0


Live = Delta | Progress
Frame = Reply | Event | Delta | Progress
