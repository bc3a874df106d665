"""A session's state: frozen values, the fold of its events."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct, field

from liteagent.approvals import Approval
from liteagent.messages import ChatMessage, ToolCall


class CallStatus(StrEnum):
    """Where a tool call stands."""

    REQUESTED = "requested"
    """The model asked for it; nothing has been decided."""
    AWAITING = "awaiting"
    """A person is asked whether it may run."""
    GRANTED = "granted"
    """It may run, once."""
    RUNNING = "running"
    """Its intent is journaled, its outcome is not."""
    INTERRUPTED = "interrupted"
    """It was running when its owner died; its probe will tell what happened."""
    UNKNOWN = "unknown"
    """It may or may not have happened; a person is asked."""
    SETTLED = "settled"
    """It has an outcome."""


HUMAN = (CallStatus.AWAITING, CallStatus.UNKNOWN)
"""Statuses in which only a person can move a call on."""
UNDER_WAY = (CallStatus.RUNNING, CallStatus.INTERRUPTED)


class Call(Struct, frozen=True, kw_only=True, gc=False):
    """One tool call of an open turn."""

    call_id: str
    turn_id: str
    tool: str
    args: Any
    effect: str
    status: CallStatus = CallStatus.REQUESTED
    approval_id: str | None = None
    edited: bool = False
    """Whether the approver changed the arguments."""
    attempt: int = 0
    started_seq: int = 0
    """The seq of its last `tool.started`."""


class Failure(Struct, frozen=True, kw_only=True, gc=False):
    """A model call of this turn that failed since the last one that did not."""

    model: str
    fault: str
    at: float
    retry_after: float | None
    message: str


class Closing(Struct, frozen=True, kw_only=True, gc=False):
    """A turn is to end before its time; what runs is being stopped."""

    outcome: Literal["cancelled", "failed"]
    kind: str
    message: str
    by: Mapping[str, Any] | None = None


class Turn(Struct, frozen=True, kw_only=True, gc=False):
    """One message and everything done to answer it."""

    turn_id: str
    principal: Mapping[str, Any]
    started_at: float
    calls: tuple[str, ...] = ()
    """Ids of the calls of the last answer, settled ones included."""
    answer: str | None = None
    """The last answer's text when it called no tool of ours, or one of the client's besides."""
    client_calls: tuple[ToolCall, ...] = ()
    """Calls in the last answer that the client runs."""
    unread: bool = False
    """Whether something came in (a steering message) since the last model call began."""
    iterations: int = 0
    failures: tuple[Failure, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    parked_at: float | None = None
    """Since when it waits for people alone, or for another turn to have spoken with the model."""
    parked_seconds: float = 0.0
    """How long it did before."""
    closing: Closing | None = None


class ModelCall(Struct, frozen=True, kw_only=True, gc=False):
    """The model call under way. `seq` is that of its `model.requested`, and its attempt number."""

    seq: int
    turn_id: str
    model: str


class Queued(Struct, frozen=True, kw_only=True, gc=False):
    """A message that waits for its turn."""

    message_id: str
    turn_id: str
    text: str
    principal: Mapping[str, Any]
    seq: int
    results: tuple[Mapping[str, Any], ...] = ()
    """Outcomes of calls that the client ran: `{tool_call_id, name?, content}`."""


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """A line of the conversation and the event that brought it."""

    seq: int
    message: ChatMessage


class SessionState(Struct, frozen=True, kw_only=True, gc=False):
    """Everything that decides what a session does next."""

    agent: str = ""
    tenant: str = ""
    effects_off: bool = False
    """A fork: nothing but pure tools runs."""
    client_tools: tuple[Mapping[str, Any], ...] = ()
    """Schemas of tools that the client runs itself."""
    instructions: tuple[str, ...] = ()
    """What the history that the session began with adds to the agent's own."""
    inbox: tuple[Queued, ...] = ()
    turns: Mapping[str, Turn] = field(default_factory=dict[str, Turn])
    """Open turns, oldest first."""
    focus: str | None = None
    """The turn that last spoke with the model."""
    model: ModelCall | None = None
    calls: Mapping[str, Call] = field(default_factory=dict[str, Call])
    """Calls of open turns."""
    approvals: Mapping[str, Approval] = field(default_factory=dict[str, Approval])
    """Pending and granted ones."""
    transcript: tuple[ChatMessage, ...] = ()
    """What was said before the last answer, as a model is shown it: nothing that comes later
    changes it any more.
    """
    latest: tuple[Entry, ...] = ()
    """The last answer and what came after it, in the order in which it came."""
    transcript_size: int = 0
    """At least the bytes of both."""
    thoughts: bool = False
    """Whether any of it holds what a model said to itself, its `opaque`."""

    def unsettled(self, turn: Turn) -> list[Call]:
        """The calls of a turn's last answer that have no outcome yet."""
        open_calls: list[Call] = []
        for call_id in turn.calls:
            call = self.calls[call_id]
            if call.status is not CallStatus.SETTLED:
                open_calls.append(call)
        return open_calls

    def is_parked(self, turn: Turn) -> bool:
        """Whether only people can move this turn on."""
        if self.model is not None and self.model.turn_id == turn.turn_id:
            return False
        open_calls = self.unsettled(turn)
        for call in open_calls:
            if call.status not in HUMAN:
                return False
        return bool(open_calls)

    def waits_for_another(self, turn: Turn) -> bool:
        """Whether this turn would ask the model now if another one did not."""
        if self.model is None or self.model.turn_id == turn.turn_id:
            return False
        return not self.unsettled(turn) and (turn.answer is None or turn.unread)

    def active_turn(self) -> Turn | None:
        """The turn in the foreground: a message that comes now comes during it."""
        for turn in self.turns.values():
            if not self.is_parked(turn):
                return turn
        return None
