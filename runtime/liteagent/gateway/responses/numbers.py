"""Numbers of stream events: a function of the journal and of offsets in texts, and of nothing else.

Whichever replica serves a stream, the same event has the same number, so a client that lost one
replica in the middle of a word goes on at another with `starting_after`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

SHIFT = 24
"""Bits for the place within a journal event: texts of up to 16 million characters, and (as numbers
stay below 2**53) sessions of up to 536 million events."""
_MASK = (1 << SHIFT) - 1

ITEM_ADDED = 0
PART_ADDED = 1
"""Places of what opens an answer, before its first character."""


def number(seq: int, place: int) -> int:
    """Of the event that is `place`th among those that journal event `seq` causes."""
    return (seq << SHIFT) | min(place, _MASK)


def text_number(attempt: int, end: int) -> int:
    """Of a piece of text that ends before offset `end` of an attempt's answer."""
    return number(attempt, PART_ADDED + end)


def unseen(
    events: Iterable[dict[str, Any]], starting_after: int | None
) -> Iterator[dict[str, Any]]:
    """The events after a number; of a piece of text that the number cuts in two, the rest."""
    for event in events:
        if starting_after is None:
            yield event
        elif event["sequence_number"] > starting_after:
            yield _rest(event, starting_after)


def _rest(event: dict[str, Any], starting_after: int) -> dict[str, Any]:
    if event["type"] != "response.output_text.delta":
        return event
    unread = event["sequence_number"] - starting_after
    if unread >= len(event["delta"]):
        return event
    return {**event, "delta": event["delta"][-unread:]}
