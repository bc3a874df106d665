"""Metrics out of journal events: what an event says, and how long after another one it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liteagent.events import Event
from liteagent.observability.families import Families
from liteagent.observability.recent import Recent

_UNFINISHED = 10_000
"""How much that began is remembered; what is forgotten is counted at its end but not timed."""
_INVENTED = "unknown_tool"
"""The kind of failure of a call whose tool only the model believes in; its name is no label."""


@dataclass(slots=True)
class _Turn:
    started: float
    agent: str


class EventMeter:
    """Feeds metric families from events, each given once, in the order they were journaled."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self._agents: Recent[str, str] = Recent(_UNFINISHED)
        self._turns: Recent[str, _Turn] = Recent(_UNFINISHED)
        self._models: Recent[str, str] = Recent(_UNFINISHED)
        self._tools: Recent[tuple[str, str], float] = Recent(_UNFINISHED)
        self._approvals: Recent[str, float] = Recent(_UNFINISHED)
        self._decided: Recent[str, bool] = Recent(_UNFINISHED)
        self._handlers: Mapping[str, Callable[[str, Event], None]] = {
            "session.created": self._session_created,
            "turn.started": self._turn_started,
            "turn.completed": self._turn_ended,
            "turn.failed": self._turn_ended,
            "turn.cancelled": self._turn_ended,
            "model.requested": self._model_requested,
            "model.responded": self._model_responded,
            "model.failed": self._model_failed,
            "tool.started": self._tool_started,
            "tool.succeeded": self._tool_ended,
            "tool.failed": self._tool_ended,
            "tool.unknown": self._tool_ended,
            "approval.requested": self._approval_requested,
            "approval.decided": self._approval_ended,
            "approval.expired": self._approval_ended,
        }

    def observe(self, entity: str, event: Event) -> None:
        """Count one event; those that no metric is about are passed over."""
        handler = self._handlers.get(event.type)
        if handler is not None:
            handler(entity, event)

    def _session_created(self, entity: str, event: Event) -> None:
        self._agents.put(entity, _name(event, "agent"))

    def _turn_started(self, entity: str, event: Event) -> None:
        agent = _name(event, "agent") or self._agents.get(entity) or ""
        self._turns.put(_name(event, "turn_id"), _Turn(event.ts, agent))

    def _turn_ended(self, entity: str, event: Event) -> None:
        turn = self._turns.take(_name(event, "turn_id"))
        self._models.take(_name(event, "turn_id"))
        agent = _name(event, "agent") or (turn.agent if turn else self._agents.get(entity)) or ""
        self._families.turns.labels(agent, event.type.removeprefix("turn.")).inc()
        if turn is not None:
            self._families.turn_seconds.labels(agent).observe(max(0.0, event.ts - turn.started))

    def _model_requested(self, entity: str, event: Event) -> None:
        self._models.put(_name(event, "turn_id"), _name(event, "model"))

    def _model_responded(self, entity: str, event: Event) -> None:
        provider, model = self._model(event)
        self._families.model_calls.labels(provider, model, "succeeded").inc()
        usage: Mapping[str, int] = event.data.get("usage") or {}
        for kind in ("input", "output", "cached"):
            count = usage.get(f"{kind}_tokens") or 0
            self._families.tokens.labels(provider, model, kind).inc(max(0, count))
        self._families.cost_usd.labels(provider, model).inc(event.data.get("cost_usd") or 0)

    def _model_failed(self, entity: str, event: Event) -> None:
        provider, model = self._model(event)
        outcome = _name(event, "fault") or "failed"
        self._families.model_calls.labels(provider, model, outcome).inc()

    def _model(self, event: Event) -> tuple[str, str]:
        """`(provider, model)` as the agent's configuration names them, which an answer may not."""
        name = self._models.get(_name(event, "turn_id")) or _name(event, "model")
        provider, slash, model = name.partition("/")
        return (provider, model) if slash else ("", name)

    def _tool_started(self, entity: str, event: Event) -> None:
        self._tools.put((entity, _name(event, "call_id")), event.ts)

    def _tool_ended(self, entity: str, event: Event) -> None:
        started = self._tools.take((entity, _name(event, "call_id")))
        error: Mapping[str, Any] = event.data.get("error") or {}
        tool = "" if error.get("kind") == _INVENTED else _name(event, "tool")
        self._families.tool_calls.labels(tool, event.type.removeprefix("tool.")).inc()
        if started is not None:
            self._families.tool_seconds.labels(tool).observe(max(0.0, event.ts - started))

    def _approval_requested(self, entity: str, event: Event) -> None:
        self._approvals.put(_name(event, "approval_id"), event.ts)
        self._families.approvals_pending.inc()

    def _approval_ended(self, entity: str, event: Event) -> None:
        approval_id = _name(event, "approval_id")
        if self._decided.get(approval_id):
            return  # A grant that expired before it was spent: nobody waited any more.
        self._decided.put(approval_id, True)
        asked = self._approvals.take(approval_id)
        self._families.approvals_pending.dec()
        if asked is not None:
            self._families.approval_wait_seconds.observe(max(0.0, event.ts - asked))


def _name(event: Event, field: str) -> str:
    """A text in an event's data; empty where there is none, for counting must never stop work."""
    return str(event.data.get(field) or "")
