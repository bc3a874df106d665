"""The output of a response while it grows: items, and the stream events that tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.agents.live_answer import LiveAnswer
from liteagent.gateway.responses.items import Item, message, text_part
from liteagent.gateway.responses.numbers import ITEM_ADDED, PART_ADDED, number, text_number

StreamEvent = dict[str, Any]


class Output:
    """Collects the stream events that one frame causes; `drain` hands them over.

    Everything that a journal event causes is numbered in order within it. Text and what opens it
    are numbered within the `model.requested` of their attempt.
    """

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._events: list[StreamEvent] = []
        self._seq = self._place = 0

    def at(self, seq: int) -> None:
        """What is told from here on is caused by this journal event."""
        self._seq, self._place = seq, 0

    def drain(self) -> list[StreamEvent]:
        events, self._events = self._events, []
        return events

    def tell(self, name: str, /, **data: Any) -> None:
        """An event of the response as a whole or of one of its items."""
        self._tell(number(self._seq, self._place), name, data)
        self._place += 1

    def add(self, item: Item) -> int:
        """Open an item; returns its index."""
        self.items.append(item)
        index = len(self.items) - 1
        self.tell("response.output_item.added", output_index=index, item=item)
        return index

    def close(self, index: int, item: Item) -> None:
        """Finish an item."""
        self.items[index] = item
        self.tell("response.output_item.done", output_index=index, item=item)

    # -- text

    def open_message(self, item_id: str, attempt: int) -> int:
        """Open an item of text, before its first character; returns its index."""
        item = message(item_id, None, "in_progress")
        self.items.append(message(item_id, "", "in_progress"))
        index = len(self.items) - 1
        self._tell(
            number(attempt, ITEM_ADDED),
            "response.output_item.added",
            {"output_index": index, "item": item},
        )
        part = {**_place(item_id, index), "part": text_part("")}
        self._tell(number(attempt, PART_ADDED), "response.content_part.added", part)
        return index

    def write(self, index: int, answer: LiveAnswer, text: str) -> None:
        """The next characters of an item of text."""
        if text:
            place = _place(self.items[index]["id"], index)
            self._tell(
                text_number(answer.attempt, answer.length),
                "response.output_text.delta",
                {**place, "delta": text, "logprobs": []},
            )

    def close_message(self, index: int, answer: LiveAnswer, status: str, phase: str = "") -> None:
        """Finish an item of text."""
        item_id, text = self.items[index]["id"], answer.text
        place = _place(item_id, index)
        self.tell("response.output_text.done", **place, text=text, logprobs=[])
        self.tell("response.content_part.done", **place, part=text_part(text))
        self.close(index, message(item_id, text, status, phase))

    def _tell(self, sequence_number: int, name: str, data: Mapping[str, Any]) -> None:
        self._events.append({"type": name, "sequence_number": sequence_number, **data})


def _place(item_id: str, index: int) -> dict[str, Any]:
    return {"item_id": item_id, "output_index": index, "content_index": 0}
