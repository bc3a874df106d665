"""What a model says to itself: put together as it streams, and put back where it stood."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from liteagent.messages import ChatMessage, ModelRequest, Opaque, ToolCall
from liteagent.models.text import well_formed_json

Part = str | ToolCall | Opaque
"""A piece of an assistant's message: text, a call, or something opaque."""


@dataclass(slots=True)
class _Slot:
    content: dict[str, Any]
    after_text: int
    after_calls: int


class OpaqueAssembler:
    """Collects the opaque parts of an answer, each at the place where it began."""

    def __init__(self, place: Callable[[], tuple[int, int]]) -> None:
        """`place` gives the characters of text and the tool calls that there are by now."""
        self._place = place
        self._slots: dict[Hashable, _Slot] = {}

    def add(self, key: Hashable, **content: Any) -> None:
        """Begin the part `key`; if it has begun, put these fields in place of its own."""
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot({}, *self._place())
        slot.content |= content

    def extend(self, key: Hashable, field: str, piece: Any) -> None:
        """Append a piece, text or a list, to a field of the part `key`, which begins if it must."""
        if not piece:
            return
        slot = self._slots.get(key)
        before = slot.content.get(field) if slot else None
        self.add(key, **{field: before + piece if before else piece})

    def finish(self) -> tuple[Opaque, ...]:
        """The parts in the order in which they began."""
        return tuple(
            Opaque(
                content=well_formed_json(s.content),
                after_text=s.after_text,
                after_calls=s.after_calls,
            )
            for s in self._slots.values()
            if s.content
        )


def parts(message: ChatMessage) -> Iterator[Part]:
    """An assistant's message piece by piece, in the order in which the model said it.

    A message that was shortened since, or lost calls, still gives all its opaque parts.
    """
    text, calls = message.content, message.tool_calls
    said = called = 0
    for opaque in message.opaque:
        if text[said : opaque.after_text]:
            yield text[said : opaque.after_text]
            said = min(opaque.after_text, len(text))
        yield from calls[called : opaque.after_calls]
        called = min(max(called, opaque.after_calls), len(calls))
        yield opaque
    if text[said:]:
        yield text[said:]
    yield from calls[called:]


def without_opaque(request: ModelRequest) -> ModelRequest:
    """The request with nothing opaque in its history."""
    messages = (replace(message, opaque=(), opaque_to="") for message in request.messages)
    return replace(request, messages=tuple(messages))


def opaque_fields(message: ChatMessage) -> Mapping[str, Any]:
    """All opaque parts of a message as one object, for protocols where they are its fields."""
    return {name: value for opaque in message.opaque for name, value in opaque.content.items()}
