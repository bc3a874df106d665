"""The session: the kind of entity that a conversation with an agent is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from msgspec import Struct, convert, to_builtins

from liteagent.agents import commands, model_call, tool_call
from liteagent.agents.env import Environment
from liteagent.agents.fold import fold
from liteagent.agents.models_to_try import next_try
from liteagent.agents.next_action import deadline
from liteagent.agents.plan import failed, plan
from liteagent.agents.recover import recover
from liteagent.agents.state import Call, CallStatus, ModelCall, SessionState
from liteagent.approvals import ApprovalStatus
from liteagent.clock import Clock
from liteagent.errors import LiteAgentException, SessionNotFoundError, ValidationError
from liteagent.events import Draft, Event, Head, Json
from liteagent.kernel import Command, Decision, EffectContext
from liteagent.tools import ToolRunner

SESSION = "session"
"""The kind's name, and the first part of a session entity's."""


class AskModel(Struct, frozen=True, gc=False):
    """The effect behind a `model.requested`."""

    key: str
    call: ModelCall
    stop: bool
    what: str = "model"


class RunTool(Struct, frozen=True, gc=False):
    """The effect behind a `tool.started`, or the probe of one that was interrupted."""

    key: str
    call: Call
    stop: bool
    what: str = "tool"


SessionEffect = AskModel | RunTool


class SessionKind:
    """`Kind[SessionState]`: the agent core as the kernel drives it."""

    name = SESSION
    fold_version = 4
    creating = frozenset({"create", "send", "fork"})
    marks: Mapping[str, tuple[str, ...]] = {
        "model.requested": ("model.intent",),
        "model.responded": ("model.outcome",),
        "tool.started": ("tool.intent",),
        "tool.succeeded": ("tool.outcome",),
        "tool.failed": ("tool.outcome",),
        "approval.decided": ("approval.intent", "approval.news"),
        "message.sent": ("model.reply", "tool.reply"),
        "decide": ("approval.reply",),
    }

    def __init__(self, env: Environment, runner: ToolRunner, clock: Clock) -> None:
        self.env, self.runner, self.clock = env, runner, clock

    def not_found(self, key: str) -> LiteAgentException:
        return SessionNotFoundError(key)

    def initial(self) -> SessionState:
        return SessionState()

    def fold(self, state: SessionState, event: Event) -> SessionState:
        return fold(state, event)

    def head(self, state: SessionState) -> Head:
        return Head(
            status=_status(state),
            agent=state.agent,
            tenant=state.tenant,
            wake_at=self._wake_at(state),
            pending=_pending(state) if state.approvals else (),
        )

    def _wake_at(self, state: SessionState) -> float | None:
        times: list[float] = []
        for approval in state.approvals.values():
            times += [t for t in (approval.expires_at, approval.reminds_at) if t is not None]
        if state.turns:
            spec = self.env.spec(state.agent)
            for turn in state.turns.values():
                if turn.closing is not None:
                    continue
                if turn.parked_at is None:
                    times.append(deadline(turn, spec.limits))
                if turn.failures and state.model is None:
                    attempt = next_try(turn, spec.model, self.env.health)
                    times += [] if attempt is None else [attempt.not_before]
        return min(times, default=None)

    def decide(self, state: SessionState, command: Command, now: float) -> Decision:
        match command["type"]:
            case "create":
                return commands.create(state, command)
            case "send":
                return commands.receive(state, command, self.env)
            case "decide":
                return commands.decide_approval(state, command, now, self.env)
            case "cancel":
                return commands.cancel(state, command)
            case "fork":
                return commands.fork(state, command)
            case other:
                raise ValidationError(f"A session knows no command {other!r}.")

    def repeat(self, event: Event) -> Json:
        return commands.repeated(event)

    def recover(self, state: SessionState, now: float) -> Sequence[Draft]:
        return recover(state, now, self.env)

    def plan(self, state: SessionState, now: float) -> Sequence[Draft]:
        return plan(state, now, self.env)

    def effects(self, state: SessionState) -> Sequence[SessionEffect]:
        effects: list[SessionEffect] = []
        if state.model is not None:
            stop = _closing(state, state.model.turn_id)
            effects.append(AskModel(f"model:{state.model.seq}", state.model, stop))
        for call in state.calls.values():
            if call.status in (CallStatus.RUNNING, CallStatus.INTERRUPTED):
                key = f"{call.status.value}:{call.call_id}:{call.attempt}"
                effects.append(RunTool(key, call, _closing(state, call.turn_id)))
        return effects

    async def perform(
        self, effect: SessionEffect, context: EffectContext[SessionState]
    ) -> Sequence[Draft]:
        match effect:
            case AskModel(call=call):
                return await model_call.call_model(call, context, self.env)
            case RunTool(call=call) if call.status is CallStatus.INTERRUPTED:
                now = self.clock.now()
                return await tool_call.probe_tool(call, context, self.env, self.runner, now)
            case RunTool(call=call):
                return await tool_call.run_tool(call, context, self.env, self.runner)
            case _:
                assert_never(effect)

    def stopped(
        self, effect: SessionEffect, context: EffectContext[SessionState]
    ) -> Sequence[Draft]:
        match effect:
            case AskModel(call=call):
                return model_call.stopped(call, context)
            case RunTool(call=call):
                return tool_call.stopped(call)
            case _:
                assert_never(effect)

    def failed(self, effect: SessionEffect, error: Exception) -> Sequence[Draft]:
        message = f"It broke inside LiteAgent: {type(error).__name__}."
        match effect:
            case AskModel(call=call):
                return (model_call.model_failed(call, "invalid", message, None),)
            case RunTool(call=call):
                return (failed(call, "crashed", message),)
            case _:
                assert_never(effect)

    def dump(self, state: SessionState) -> Json:
        return to_builtins(state)

    def load(self, value: Json) -> SessionState:
        return convert(value, SessionState)


def _closing(state: SessionState, turn_id: str) -> bool:
    turn = state.turns.get(turn_id)
    return turn is not None and turn.closing is not None


def _pending(state: SessionState) -> tuple[Mapping[str, Json], ...]:
    """The requests that wait for people, as listings show them."""
    pending = (a for a in state.approvals.values() if a.status is ApprovalStatus.PENDING)
    return tuple(approval.to_json() for approval in pending)


def _status(state: SessionState) -> str:
    """`idle`, `running` (something is under way or due), or `waiting` (for people alone)."""
    if state.inbox or state.active_turn() is not None:
        return "running"
    return "waiting" if state.turns else "idle"
