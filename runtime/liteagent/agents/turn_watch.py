"""What is open in one turn, from its events alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from msgspec.structs import replace

from liteagent.agents.sessions import TURN_ENDS
from liteagent.events import Event
from liteagent.messages import Usage

_ASKING = ("approval.requested", "approval.decided", "approval.expired")
"""Events that change what is asked of people; a reminder does not."""


class _Call(Enum):
    MOVING = auto()
    """It can go on without anybody: it runs, or is about to."""
    WAITING = auto()
    """Only a person can move it on."""


class TurnWatch:
    """Follows a turn. `pausing` after an event that left the turn with nothing but people to wait
    for; what is asked of them is in `approvals`, the `approval.requested` events by approval id.
    """

    def __init__(self, turn_id: str) -> None:
        self.turn_id = turn_id
        self.approvals: dict[str, Event] = {}
        """What is asked as it is now: with the arguments that somebody changed, if a quorum has yet
        to consent to them."""
        self.usage = Usage()
        """Tokens of all model calls of the turn so far."""
        self.pausing = False
        self.ended: Event | None = None
        self._calls: dict[str, _Call] = {}
        self._speaking = False
        self._paused = False

    def feed(self, event: Event) -> bool:
        """Take in the next event of the session; whether it is one of this turn's."""
        self.pausing = False
        data = event.data
        if data.get("turn_id") != self.turn_id:
            return False
        if event.type in TURN_ENDS:
            self.ended = event
        elif event.type.startswith("model."):
            self._model(event)
        elif event.type in _ASKING:
            self._approval(event)
        elif event.type.startswith("tool."):
            self._tool(event.type, data["call_id"])
        was_paused, self._paused = self._paused, self._waits_for_people()
        # a vote that decides nothing yet changes what is asked: the question stands again
        voted = event.type == "approval.decided" and not _is_final(data)
        self.pausing = self._paused and (voted or not was_paused)
        return True

    def _model(self, event: Event) -> None:
        self._speaking = event.type == "model.requested"
        if event.type == "model.responded":
            told = event.data["usage"]
            self.usage = Usage(
                input_tokens=self.usage.input_tokens + told["input_tokens"],
                output_tokens=self.usage.output_tokens + told["output_tokens"],
                cached_tokens=self.usage.cached_tokens + told.get("cached_tokens", 0),
            )

    def _approval(self, event: Event) -> None:
        approval_id, call_id = event.data["approval_id"], event.data["call_id"]
        if event.type == "approval.requested":
            self.approvals[approval_id] = event
            self._calls[call_id] = _Call.WAITING
        elif event.type == "approval.expired" or _is_final(event.data):
            self.approvals.pop(approval_id, None)
            self._calls[call_id] = _Call.MOVING
        elif "args" in event.data and approval_id in self.approvals:
            asked = self.approvals[approval_id]
            changed = {name: event.data[name] for name in ("args", "digest")}
            self.approvals[approval_id] = replace(asked, data={**asked.data, **changed})

    def _tool(self, name: str, call_id: str) -> None:
        if name in ("tool.succeeded", "tool.failed"):
            self._calls.pop(call_id, None)
        else:
            self._calls[call_id] = _Call.MOVING

    def _waits_for_people(self) -> bool:
        if self._speaking or self.ended is not None or not self._calls:
            return False
        return all(call is _Call.WAITING for call in self._calls.values())


def _is_final(decision: Mapping[str, Any]) -> bool:
    return bool(decision.get("final", True))
