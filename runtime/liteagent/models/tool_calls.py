"""Tool calls as they arrive: in fragments, out of order, with ids missing or used twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from liteagent.messages import ModelRequest, ToolCall
from liteagent.models.text import well_formed
from liteagent.models.tool_names import ToolNames


def arguments_object(arguments: str) -> dict[str, Any]:
    """The JSON object that `arguments` is; broken text is wrapped, so that history stays sendable.

    `{"invalid_json": <the text>}` is what a model then sees of its own broken call.
    """
    if not arguments.strip():
        return {}
    try:
        value = json.loads(arguments)
    except ValueError:
        return {"invalid_json": arguments}
    if not isinstance(value, dict):
        return {"invalid_json": arguments}
    return cast("dict[str, Any]", value)


@dataclass(slots=True)
class _Slot:
    index: int
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list[str])


class ToolCallAssembler:
    """Puts the fragments of an answer's tool calls together."""

    def __init__(self) -> None:
        self._slots: list[_Slot] = []
        self._current: dict[int, _Slot] = {}

    @property
    def count(self) -> int:
        """How many calls have begun so far."""
        return len(self._slots)

    def add(self, *, index: int | None, id: str = "", name: str = "", arguments: str = "") -> None:
        """Take a fragment. Fragments of one call share an index; where a server gives none, a new
        id or, without ids, another name starts a new call. A second id under one index does too.
        """
        slot = self._slot(index, id, name)
        slot.id = slot.id or id
        slot.name = slot.name or name
        slot.arguments.append(arguments)

    def settle(self, index: int, id: str, name: str, arguments: str) -> None:
        """Take a call as a whole, whatever fragments of it came before."""
        slot = self._slot(index, id, name)
        slot.id, slot.name = id or slot.id, name or slot.name
        slot.arguments = [arguments] if arguments else slot.arguments

    def _slot(self, index: int | None, id: str, name: str) -> _Slot:
        if index is None:
            index = self._index_of(id, name)
        slot = self._current.get(index)
        if slot is None or (id and slot.id and id != slot.id):
            slot = self._current[index] = _Slot(index)
            self._slots.append(slot)
        return slot

    def _index_of(self, id: str, name: str) -> int:
        if not self._slots:
            return 0
        last = max(slot.index for slot in self._slots)
        if not id:
            return last + 1 if name else last
        return next((slot.index for slot in self._slots if slot.id == id), last + 1)

    def finish(self, request: ModelRequest, names: ToolNames) -> tuple[ToolCall, ...]:
        """The calls in the order of their indices, each with an id that is new to the request."""
        taken = {call.id for message in request.messages for call in message.tool_calls}
        found: list[ToolCall] = []
        for position, slot in enumerate(sorted(self._slots, key=lambda slot: slot.index)):
            call_id = slot.id
            if not call_id or call_id in taken:
                call_id = made_up_id(request, position)
            taken.add(call_id)
            arguments = well_formed("".join(slot.arguments)).strip() or "{}"
            found.append(ToolCall(id=call_id, name=names.inward(slot.name), arguments=arguments))
        return tuple(found)


def made_up_id(request: ModelRequest, position: int) -> str:
    """An id for the tool call at `position` of the answer to `request`: the same one whenever the
    same conversation is answered, another one in every other conversation and turn.
    """
    history: list[Mapping[str, Any]] = [
        {
            "role": message.role,
            "content": message.content,
            "calls": [call.to_json() for call in message.tool_calls],
            "call": message.tool_call_id,
        }
        for message in request.messages
    ]
    digest = hashlib.sha256(json.dumps([request.model, history, position]).encode())
    return f"call_{digest.hexdigest()[:24]}"
