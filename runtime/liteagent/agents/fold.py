"""`fold`: a session's state after one more event. Pure; unknown event types change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from liteagent.agents.state import (
    Call,
    CallStatus,
    Closing,
    Entry,
    Failure,
    ModelCall,
    Queued,
    SessionState,
    Turn,
)
from liteagent.agents.transcript import answered, history_message, say, trim
from liteagent.approvals import ApprovalKind, ApprovalStatus, apply_decision, open_request
from liteagent.errors import InvalidStateError
from liteagent.events import Event
from liteagent.messages import ChatMessage, Opaque, ToolCall

T = TypeVar("T")


def fold(state: SessionState, event: Event) -> SessionState:
    """The state after `event`."""
    step = _STEPS.get(event.type)
    if step is None:
        return state
    state = step(state, event)
    if event.type in _MAY_PARK:
        return _keep_time(state, state.turns[event.data["turn_id"]], event.ts)
    if event.type in _TURN_OF_ANOTHER and len(state.turns) > 1:
        for turn in state.turns.values():
            state = _keep_time(state, turn, event.ts)
    return state


# -- the conversation


def _created(state: SessionState, event: Event) -> SessionState:
    data = event.data
    state = replace(
        state,
        agent=data["agent"],
        tenant=data.get("tenant", ""),
        client_tools=tuple(data.get("client_tools", ())),
    )
    for item in data.get("history", ()):
        message = history_message(item)
        if message.role == "system":
            state = replace(state, instructions=(*state.instructions, message.content))
        else:
            state = say(state, event.seq, message)
    return state


def _forked(state: SessionState, event: Event) -> SessionState:
    """Gates are asked anew and nothing that was under way is taken over."""
    calls = {
        call_id: call
        if call.status is CallStatus.SETTLED
        else replace(call, status=CallStatus.REQUESTED, approval_id=None)
        for call_id, call in state.calls.items()
    }
    return replace(state, effects_off=True, calls=calls, approvals={}, model=None)


def _received(state: SessionState, event: Event) -> SessionState:
    data = event.data
    message = Queued(
        message_id=data["message_id"],
        turn_id=data["turn_id"],
        text=data["text"],
        principal=data["principal"],
        seq=event.seq,
        results=tuple(data.get("results", ())),
    )
    turn = state.turns.get(message.turn_id)
    if turn is None:
        return replace(state, inbox=(*state.inbox, message))
    return _with_turn(_take_up(state, message), replace(turn, unread=True))


def _take_up(state: SessionState, message: Queued) -> SessionState:
    """Make a message part of the conversation: the outcomes it brings, then what it says."""
    for result in message.results:
        told = history_message({**result, "role": "tool"})
        state = say(state, message.seq, told)
    if message.results and not message.text:
        return state
    name = message.principal.get("name") or message.principal["id"]
    said = ChatMessage(role="user", content=message.text, name=name)
    return say(state, message.seq, said)


def _turn_started(state: SessionState, event: Event) -> SessionState:
    turn_id = event.data["turn_id"]
    queued = next((q for q in state.inbox if q.turn_id == turn_id), None)
    if queued is None:
        raise InvalidStateError(f"turn {turn_id} starts and no message waits for it.")
    state = replace(state, inbox=tuple(q for q in state.inbox if q is not queued), focus=turn_id)
    turn = Turn(turn_id=turn_id, principal=queued.principal, started_at=event.ts)
    return _with_turn(_take_up(state, queued), turn)


def _cancel_requested(state: SessionState, event: Event) -> SessionState:
    turn, data = _turn(state, event), event.data
    closing = Closing(
        outcome=data["outcome"], kind=data["kind"], message=data["message"], by=data.get("by")
    )
    return _with_turn(state, replace(turn, closing=closing))


def _turn_ended(state: SessionState, event: Event) -> SessionState:
    turn = _turn(state, event)
    calls = {k: call for k, call in state.calls.items() if call.turn_id != turn.turn_id}
    state = replace(
        state,
        turns=_without(state.turns, turn.turn_id),
        calls=calls,
        focus=None if state.focus == turn.turn_id else state.focus,
    )
    return trim(state)


# -- the model


def _model_requested(state: SessionState, event: Event) -> SessionState:
    turn = _turn(state, event)
    model = ModelCall(seq=event.seq, turn_id=turn.turn_id, model=event.data["model"])
    state = replace(state, model=model, focus=turn.turn_id)
    iterations = turn.iterations + (0 if turn.failures else 1)
    turn = replace(turn, iterations=iterations, unread=False, calls=(), answer=None)
    return _with_turn(state, turn)


def _model_responded(state: SessionState, event: Event) -> SessionState:
    data, turn = event.data, _turn(state, event)
    calls = tuple(map(ToolCall.from_json, data["tool_calls"]))
    client = tuple(map(ToolCall.from_json, data.get("client_calls", ())))
    opaque = data.get("opaque", _NOTHING_OPAQUE)
    message = ChatMessage(
        role="assistant",
        content=data["text"],
        tool_calls=(*calls, *client),
        opaque=tuple(map(Opaque.from_json, opaque["items"])),
        opaque_to=opaque["model"],
    )
    state = replace(state, model=None)
    if data["text"] or message.tool_calls:
        state = answered(state, Entry(seq=event.seq, message=message), data["request"])
    final = not calls or bool(client)
    usage = data["usage"]
    turn = replace(
        turn,
        answer=data["text"] if final else None,
        client_calls=client,
        failures=(),
        input_tokens=turn.input_tokens + usage["input_tokens"],
        output_tokens=turn.output_tokens + usage["output_tokens"],
        cost_usd=turn.cost_usd + data["cost_usd"],
    )
    return _with_turn(state, turn)


def _model_failed(state: SessionState, event: Event) -> SessionState:
    data, turn = event.data, _turn(state, event)
    state = replace(state, model=None)
    failure = Failure(
        model=data["model"],
        fault=data["fault"],
        at=event.ts,
        retry_after=data.get("retry_after"),
        message=data["message"],
    )
    return _with_turn(state, replace(turn, failures=(*turn.failures, failure)))


# -- tools and approvals


def _tool_requested(state: SessionState, event: Event) -> SessionState:
    data, turn = event.data, _turn(state, event)
    call = Call(
        call_id=data["call_id"],
        turn_id=turn.turn_id,
        tool=data["tool"],
        args=data["args"],
        effect=data["effect"],
    )
    state = _with_call(state, call)
    return _with_turn(state, replace(turn, calls=(*turn.calls, call.call_id)))


def _tool_started(state: SessionState, event: Event) -> SessionState:
    data = event.data
    call = state.calls[data["call_id"]]
    approval_id = data.get("approval_id")
    if approval_id is not None:
        state = _consume(state, approval_id, data["digest"])
    call = replace(call, status=CallStatus.RUNNING, attempt=data["attempt"], started_seq=event.seq)
    return _with_call(state, call)


def _consume(state: SessionState, approval_id: str, digest: str) -> SessionState:
    """Spend a grant; the log cannot hold an intent without one."""
    approval = state.approvals.get(approval_id)
    if approval is None or approval.status is not ApprovalStatus.GRANTED:
        raise InvalidStateError(f"{approval_id} is no live grant; nothing may run under it.")
    if approval.digest != digest:
        raise InvalidStateError(f"{approval_id} was given for other arguments.")
    return replace(state, approvals=_without(state.approvals, approval_id))


def _tool_interrupted(state: SessionState, event: Event) -> SessionState:
    call = state.calls[event.data["call_id"]]
    return _with_call(state, replace(call, status=CallStatus.INTERRUPTED))


def _tool_unknown(state: SessionState, event: Event) -> SessionState:
    call = state.calls[event.data["call_id"]]
    return _with_call(state, replace(call, status=CallStatus.UNKNOWN, approval_id=None))


def _tool_settled(state: SessionState, event: Event) -> SessionState:
    data = event.data
    call = state.calls[data["call_id"]]
    result = data["error"]["message"] if "error" in data else data["result"]
    text = result if isinstance(result, str) else to_text(result)
    if call.edited:
        text = f"(The approver changed the arguments to {to_text(call.args)}.)\n{text}"
    message = ChatMessage(role="tool", content=text, name=call.tool, tool_call_id=call.call_id)
    state = say(state, event.seq, message)
    state = _with_call(state, replace(call, status=CallStatus.SETTLED))
    if call.approval_id is None:
        return state
    return replace(state, approvals=_without(state.approvals, call.approval_id))


def _approval_requested(state: SessionState, event: Event) -> SessionState:
    approval = open_request(event)
    call = replace(state.calls[approval.call_id], approval_id=approval.approval_id)
    if approval.kind is ApprovalKind.TOOL:
        call = replace(call, status=CallStatus.AWAITING)
    approvals = {**state.approvals, approval.approval_id: approval}
    return _with_call(replace(state, approvals=approvals), call)


def _approval_decided(state: SessionState, event: Event) -> SessionState:
    approval = apply_decision(state.approvals[event.data["approval_id"]], event)
    call = state.calls[approval.call_id]
    if approval.status is ApprovalStatus.GRANTED:
        edited = call.edited or approval.args != call.args
        granted = replace(call, status=CallStatus.GRANTED, args=approval.args, edited=edited)
        state = _with_call(state, granted)
    elif approval.status is not ApprovalStatus.PENDING:
        return replace(state, approvals=_without(state.approvals, approval.approval_id))
    return replace(state, approvals={**state.approvals, approval.approval_id: approval})


def _approval_expired(state: SessionState, event: Event) -> SessionState:
    """Whatever the policy does next is written right behind; the call is back where it began."""
    approval_id = event.data["approval_id"]
    approval = state.approvals[approval_id]
    state = replace(state, approvals=_without(state.approvals, approval_id))
    call = state.calls[approval.call_id]
    if approval.kind is ApprovalKind.TOOL:
        call = replace(call, status=CallStatus.REQUESTED)
    return _with_call(state, replace(call, approval_id=None))


def _approval_reminded(state: SessionState, event: Event) -> SessionState:
    approval = replace(state.approvals[event.data["approval_id"]], remind_at=None)
    return replace(state, approvals={**state.approvals, approval.approval_id: approval})


# -- helpers


def _turn(state: SessionState, event: Event) -> Turn:
    turn = state.turns.get(event.data["turn_id"])
    if turn is None:
        raise InvalidStateError(f"{event.type} for {event.data['turn_id']}, which is not open.")
    return turn


def _with_turn(state: SessionState, turn: Turn) -> SessionState:
    return replace(state, turns={**state.turns, turn.turn_id: turn})


def _with_call(state: SessionState, call: Call) -> SessionState:
    return replace(state, calls={**state.calls, call.call_id: call})


def _without(mapping: Mapping[str, T], key: str) -> dict[str, T]:
    return {k: value for k, value in mapping.items() if k != key}


def _keep_time(state: SessionState, turn: Turn, now: float) -> SessionState:
    """Keep the time that a turn spent waiting for people, or for another turn to have spoken with
    the model, apart from the time it worked.
    """
    parked = state.is_parked(turn) or state.waits_for_another(turn)
    if parked and turn.parked_at is None:
        return _with_turn(state, replace(turn, parked_at=now))
    if not parked and turn.parked_at is not None:
        waited = turn.parked_seconds + now - turn.parked_at
        return _with_turn(state, replace(turn, parked_at=None, parked_seconds=waited))
    return state


def to_text(value: Any) -> str:
    """A JSON value as a model reads it."""
    return json.dumps(value, ensure_ascii=False)


_NOTHING_OPAQUE: Mapping[str, Any] = {"model": "", "items": ()}

_MAY_PARK = frozenset(
    {
        "tool.requested",
        "tool.started",
        "tool.interrupted",
        "tool.unknown",
        "tool.succeeded",
        "tool.failed",
        "approval.requested",
        "approval.decided",
        "approval.expired",
    }
)
"""Events after which a turn may wait for people alone, or no longer."""

_TURN_OF_ANOTHER = frozenset({"model.requested", "model.responded", "model.failed"})
"""Events with which the other turns of the session begin to wait for the model, or end it."""

_STEPS: Mapping[str, Callable[[SessionState, Event], SessionState]] = {
    "session.created": _created,
    "session.forked": _forked,
    "message.received": _received,
    "turn.started": _turn_started,
    "cancel.requested": _cancel_requested,
    "turn.completed": _turn_ended,
    "turn.failed": _turn_ended,
    "turn.cancelled": _turn_ended,
    "model.requested": _model_requested,
    "model.responded": _model_responded,
    "model.failed": _model_failed,
    "tool.requested": _tool_requested,
    "tool.started": _tool_started,
    "tool.interrupted": _tool_interrupted,
    "tool.unknown": _tool_unknown,
    "tool.succeeded": _tool_settled,
    "tool.failed": _tool_settled,
    "approval.requested": _approval_requested,
    "approval.decided": _approval_decided,
    "approval.expired": _approval_expired,
    "approval.reminded": _approval_reminded,
}
