"""What becomes of effects that were under way when their host died. Never a silent second run."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.agents.env import Environment
from liteagent.agents.models_to_try import INTERRUPTED
from liteagent.agents.plan import approval_request, started
from liteagent.agents.spec import AgentSpec
from liteagent.agents.state import Call, CallStatus, SessionState
from liteagent.approvals import ALWAYS, ApprovalKind, ApprovalRule
from liteagent.events import Draft

NOT_RERUN = "It was running when its host died, and running it again is not safe."


def recover(state: SessionState, now: float, env: Environment) -> Sequence[Draft]:
    """Pure tools and idempotent ones run again under the same key, reconcilable ones are probed,
    and of
    unsafe ones a person is asked. An interrupted model call is simply asked again."""
    drafts: list[Draft] = []
    if state.model is not None:
        data = {
            "turn_id": state.model.turn_id,
            "request": state.model.seq,
            "model": state.model.model,
            "fault": INTERRUPTED,
            "message": "The host died while the model answered.",
        }
        drafts.append(Draft("model.failed", data))
    if not state.agent:
        return drafts
    spec = env.spec(state.agent)
    for call in state.calls.values():
        if call.status is CallStatus.RUNNING:
            drafts.extend(_recover_call(state, call, now, spec, env))
    return drafts


def _recover_call(
    state: SessionState, call: Call, now: float, spec: AgentSpec, env: Environment
) -> Sequence[Draft]:
    tool = env.tool(spec, call.tool)
    # the effect class that was in force when the call began is the one its author vouched for
    if tool is not None and call.effect in ("pure", "idempotent"):
        return (started(call, None),)
    if tool is not None and call.effect == "reconcilable":
        return (Draft("tool.interrupted", {"turn_id": call.turn_id, "call_id": call.call_id}),)
    return unknown(state, call, now, spec, env, NOT_RERUN)


def unknown(
    state: SessionState, call: Call, now: float, spec: AgentSpec, env: Environment, reason: str
) -> Sequence[Draft]:
    """Park a call as unknown outcome and ask whoever may approve it."""
    data = {"turn_id": call.turn_id, "call_id": call.call_id, "tool": call.tool, "reason": reason}
    rule = _rule_for_unknown(spec, call.tool)
    ask = approval_request(
        call,
        kind=ApprovalKind.UNKNOWN_OUTCOME,
        rule=rule,
        requester=state.turns[call.turn_id].principal,
        now=now,
        approval_id=env.ids.new("apr"),
        policy_version=rule.version,
        note=reason,
    )
    return (Draft("tool.unknown", data), ask)


def _rule_for_unknown(spec: AgentSpec, tool: str) -> ApprovalRule:
    """The tool's own approvers decide; the question waits for ever, for nothing may be assumed."""
    setting = spec.approval.get(tool)
    rule = setting if isinstance(setting, ApprovalRule) else ALWAYS
    return rule.model_copy(
        update={"when": None, "expires": None, "on_expiry": "wait", "escalate_to": None}
    )
