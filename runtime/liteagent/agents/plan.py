"""`plan`: the events that carry the next action out. Intent is written here, before any effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from liteagent.agents.env import Environment
from liteagent.agents.models_to_try import next_try
from liteagent.agents.next_action import (
    AwaitHuman,
    CallModel,
    Expire,
    Finish,
    Idle,
    Remind,
    RunTools,
    StartTurn,
    Stop,
    next_action,
)
from liteagent.agents.spec import AgentSpec
from liteagent.agents.state import Call, CallStatus, Closing, SessionState, Turn
from liteagent.approvals import (
    Approval,
    ApprovalKind,
    ApprovalRule,
    ApprovalStatus,
    Requirement,
    decided_key,
    digest,
    requested_key,
    required,
)
from liteagent.events import Draft
from liteagent.principal import Principal


def plan(state: SessionState, now: float, env: Environment) -> Sequence[Draft]:
    """What happens next, as events; empty when that takes an outcome, a person or time."""
    if not state.agent:
        return ()
    spec = env.spec(state.agent)
    action = next_action(state, now, spec.limits)
    match action:
        case Idle() | AwaitHuman():
            return ()
        case CallModel(turn_ids):
            return _call_model([state.turns[t] for t in turn_ids], now, spec, env)
        case RunTools(call_ids):
            calls = [state.calls[call_id] for call_id in call_ids]
            return [draft for call in calls for draft in _begin(state, call, now, spec, env)]
        case StartTurn(turn_id):
            return (start_turn(turn_id),)
        case Finish(turn_id):
            return _finish(state, state.turns[turn_id], env)
        case Expire(approval_ids):
            approvals = [state.approvals[approval_id] for approval_id in approval_ids]
            return [draft for a in approvals for draft in _expire(state, a, now, env)]
        case Remind(approval_ids):
            return [_reminded(state.approvals[approval_id]) for approval_id in approval_ids]
        case Stop(turn_id, kind, message):
            return (close_turn(turn_id, "failed", kind, message),)
        case _:
            assert_never(action)


# -- models


def _call_model(
    turns: Sequence[Turn], now: float, spec: AgentSpec, env: Environment
) -> Sequence[Draft]:
    """The intent of the first turn that may ask now; a turn that pauses holds up no other."""
    for turn in turns:
        attempt = next_try(turn, spec.model, env.health)
        if attempt is None:
            last = turn.failures[-1]
            return (close_turn(turn.turn_id, "failed", last.fault, last.message),)
        if attempt.not_before <= now:
            return (_model_requested(turn, attempt.model),)
    return ()


def _model_requested(turn: Turn, model: str) -> Draft:
    data = {"turn_id": turn.turn_id, "model": model, "iteration": turn.iterations + 1}
    if turn.failures:
        data |= {"iteration": turn.iterations, "retry": len(turn.failures)}
    return Draft("model.requested", data)


# -- tools


def _begin(
    state: SessionState, call: Call, now: float, spec: AgentSpec, env: Environment
) -> Sequence[Draft]:
    """Run a call, or ask a person first. A grant is spent here, in the append that holds the
    intent.
    """
    tool = env.tool(spec, call.tool)
    if tool is None:
        message = f"The tool {call.tool} is not available any more."
        return (failed(call, "tool_missing", message),)
    need = _requirement(state, call, spec, tool.approval)
    if call.status is CallStatus.GRANTED and call.approval_id is not None:
        grant = state.approvals[call.approval_id]
        if grant.kind is ApprovalKind.TOOL and not _still_covers(grant, call, need):
            expired = _approval_event("approval.expired", grant, {"reason": "policy_changed"})
            return (expired,)
        return _run(state, call, tool.effect.value, grant)
    if need is not None:
        return (_ask(state, call, need, now, env),)
    return _run(state, call, tool.effect.value, None)


def _requirement(
    state: SessionState, call: Call, spec: AgentSpec, tool_default: str | None
) -> Requirement | None:
    turn = state.turns[call.turn_id]
    return required(
        spec.approval.get(call.tool),
        tool_default,
        tool=call.tool,
        args=call.args,
        principal=Principal.from_json(turn.principal),
    )


def _still_covers(grant: Approval, call: Call, need: Requirement | None) -> bool:
    """Whether the grant is for these arguments under the rule as it is now."""
    same_rule = need is None or need.rule.version == grant.policy_version
    return same_rule and grant.digest == digest(call.args)


def _run(state: SessionState, call: Call, effect: str, grant: Approval | None) -> Sequence[Draft]:
    if state.effects_off and effect != "pure":
        text = "Not run: in this fork of the session effects are off."
        return (succeeded(call, text, simulated=True),)
    return (started(call, grant),)


def started(call: Call, grant: Approval | None) -> Draft:
    """The intent to run a call; with a grant, this is what spends it."""
    data: dict[str, Any] = {
        "turn_id": call.turn_id,
        "call_id": call.call_id,
        "tool": call.tool,
        "args": call.args,
        "digest": digest(call.args),
        "attempt": call.attempt + 1,
    }
    if grant is not None:
        data["approval_id"] = grant.approval_id
    return Draft("tool.started", data)


def succeeded(call: Call, result: Any, **more: Any) -> Draft:
    """A call's outcome: what the model is told."""
    return Draft("tool.succeeded", {**_of(call), "result": result, **more})


def failed(call: Call, kind: str, message: str) -> Draft:
    """A call's outcome: why there is no result."""
    return Draft("tool.failed", {**_of(call), "error": {"kind": kind, "message": message}})


def _of(call: Call) -> dict[str, Any]:
    return {"turn_id": call.turn_id, "call_id": call.call_id, "tool": call.tool}


# -- approvals


def _ask(state: SessionState, call: Call, need: Requirement, now: float, env: Environment) -> Draft:
    return approval_request(
        call,
        kind=ApprovalKind.TOOL,
        rule=need.rule,
        requester=state.turns[call.turn_id].principal,
        now=now,
        approval_id=env.ids.new("apr"),
        policy_version=need.rule.version,
        note=need.note,
    )


def approval_request(
    call: Call,
    *,
    kind: ApprovalKind,
    rule: ApprovalRule,
    requester: Mapping[str, Any],
    now: float,
    approval_id: str,
    policy_version: str,
    note: str = "",
) -> Draft:
    """The event that asks people about a call. `policy_version` is that of the rule as it is
    configured, from which an escalation's own rule differs.
    """
    expires = rule.expires if rule.on_expiry != "wait" else None
    data = {
        **_of(call),
        "approval_id": approval_id,
        "kind": kind.value,
        "args": call.args,
        "digest": digest(call.args),
        "policy": rule.model_dump(mode="json", exclude_none=True),
        "policy_version": policy_version,
        "requester": requester,
        "expires_at": None if expires is None else now + expires,
        "note": note,
    }
    return Draft("approval.requested", data, (requested_key(approval_id),))


def _reminded(approval: Approval) -> Draft:
    """The event by which people are reminded; adapters say it where the request is shown."""
    return Draft("approval.reminded", _of_approval(approval))


def _of_approval(approval: Approval) -> dict[str, Any]:
    return {
        "approval_id": approval.approval_id,
        "turn_id": approval.turn_id,
        "call_id": approval.call_id,
        "tool": approval.tool,
        "kind": approval.kind.value,
    }


def _approval_event(name: str, approval: Approval, more: Mapping[str, Any]) -> Draft:
    data = {**_of_approval(approval), **more}
    # a request that was granted and then expired has its key already: the grant's
    granted = approval.status is ApprovalStatus.GRANTED
    keys = () if granted else (decided_key(approval.approval_id),)
    return Draft(name, data, keys)


def _expire(
    state: SessionState, approval: Approval, now: float, env: Environment
) -> Sequence[Draft]:
    """`expired` is not `denied`: the model is told which, and escalation asks the next people."""
    rule, call = approval.rule, state.calls[approval.call_id]
    expired = _approval_event(
        "approval.expired", approval, {"reason": "expired", "on_expiry": rule.on_expiry}
    )
    if rule.on_expiry == "escalate":
        next_rule = rule.model_copy(
            update={"approvers": rule.escalate_to, "on_expiry": "deny", "escalate_to": None}
        )
        again = approval_request(
            call,
            kind=approval.kind,
            rule=next_rule,
            requester=approval.requester,
            now=now,
            approval_id=env.ids.new("apr"),
            policy_version=approval.policy_version,
            note=f"Nobody decided {approval.approval_id} in time.",
        )
        return (expired, again)
    message = f"Nobody decided within {rule.expires:g} s, so {call.tool} was not run."
    if approval.kind is ApprovalKind.UNKNOWN_OUTCOME:
        message = f"Whether {call.tool} happened is unknown; nobody settled it in time."
    return (expired, failed(call, "approval_expired", message))


# -- the ends of a turn


def start_turn(turn_id: str) -> Draft:
    """The event that takes a waiting message up."""
    return Draft("turn.started", {"turn_id": turn_id})


def close_turn(
    turn_id: str, outcome: str, kind: str, message: str, by: Mapping[str, Any] | None = None
) -> Draft:
    """The event that ends a turn before its time; what runs is stopped and its outcome kept."""
    data = {"turn_id": turn_id, "outcome": outcome, "kind": kind, "message": message}
    return Draft("cancel.requested", data if by is None else {**data, "by": by})


def _finish(state: SessionState, turn: Turn, env: Environment) -> Sequence[Draft]:
    totals = {
        "turn_id": turn.turn_id,
        "iterations": turn.iterations,
        "usage": {"input_tokens": turn.input_tokens, "output_tokens": turn.output_tokens},
        "cost_usd": turn.cost_usd,
    }
    if turn.closing is None:
        return _answer(turn, totals, env)
    closing = turn.closing
    drafts = [draft for call in state.unsettled(turn) for draft in _abandon(state, call, closing)]
    reason = {"kind": closing.kind, "message": closing.message}
    if closing.outcome == "cancelled":
        ending = {**totals, "reason": closing.message, "by": closing.by}
        return (*drafts, Draft("turn.cancelled", ending, (ended_key(turn.turn_id),)))
    return (
        *drafts,
        Draft("turn.failed", {**totals, "error": reason}, (ended_key(turn.turn_id),)),
    )


def _answer(turn: Turn, totals: Mapping[str, Any], env: Environment) -> Sequence[Draft]:
    message: dict[str, Any] = {
        "turn_id": turn.turn_id,
        "message_id": env.ids.new("msg"),
        "text": turn.answer or "",
    }
    if turn.client_calls:
        message["tool_calls"] = [call.to_json() for call in turn.client_calls]
    return (
        Draft("message.sent", message),
        Draft("turn.completed", totals, (ended_key(turn.turn_id),)),
    )


def _abandon(state: SessionState, call: Call, closing: Closing) -> Sequence[Draft]:
    """Settle a call that will not run, and take back what people were asked about it."""
    drafts: list[Draft] = []
    approval = state.approvals.get(call.approval_id or "")
    if approval is not None:
        drafts.append(_take_back(approval, closing))
    if call.status is CallStatus.UNKNOWN:
        message = f"Whether {call.tool} happened is unknown; the turn ended before anybody said."
        return (*drafts, failed(call, "unknown_outcome", message))
    return (*drafts, failed(call, "cancelled", f"{call.tool} was not run: the turn was ended."))


def _take_back(approval: Approval, closing: Closing) -> Draft:
    """A question is answered by nobody; a grant was given, and is void now."""
    if approval.status is ApprovalStatus.GRANTED:
        return _approval_event("approval.expired", approval, {"reason": "cancelled"})
    by = closing.by or _RUNTIME
    withdrawn = {
        "decision": "cancel",
        "by": {"id": by["id"], "name": by.get("name", "")},
        "reason": closing.message,
        "final": True,
    }
    return _approval_event("approval.decided", approval, withdrawn)


_RUNTIME: Mapping[str, Any] = {"id": "runtime", "name": "the runtime"}


def ended_key(turn_id: str) -> str:
    """The journal key of the event that ended a turn."""
    return f"ended:{turn_id}"
