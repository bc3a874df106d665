"""`next_action`: what a session does next; a pure function of its state, the time, its limits."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from liteagent.agents.spec import Limits
from liteagent.agents.state import HUMAN, UNDER_WAY, Call, CallStatus, SessionState, Turn

MAX_PARALLEL_TOOLS = 16
"""Tool calls of one session that run at a time; the rest wait for a place."""

_READY = (CallStatus.REQUESTED, CallStatus.GRANTED)


class StartTurn(Struct, frozen=True, gc=False):
    """Take the oldest waiting message up."""

    turn_id: str


class CallModel(Struct, frozen=True, gc=False):
    """Ask the model what to do, now that the turn's calls have their outcomes: for the first of
    these turns that need not wait before it asks again.
    """

    turn_ids: tuple[str, ...]


class RunTools(Struct, frozen=True, gc=False):
    """Begin these calls, or ask a person first."""

    call_ids: tuple[str, ...]


class Expire(Struct, frozen=True, gc=False):
    """These requests or grants have run out of time."""

    approval_ids: tuple[str, ...]


class Remind(Struct, frozen=True, gc=False):
    """It is time to remind people of these requests."""

    approval_ids: tuple[str, ...]


class Stop(Struct, frozen=True, gc=False):
    """A turn has used up a limit: end it."""

    turn_id: str
    kind: str
    message: str


class Finish(Struct, frozen=True, gc=False):
    """A turn is over: answered, or closed with nothing of it still running."""

    turn_id: str


class AwaitHuman(Struct, frozen=True, gc=False):
    """Nothing to do until somebody decides one of these, or sends a message."""

    approval_ids: tuple[str, ...]


class Idle(Struct, frozen=True, gc=False):
    """Nothing to do until an outcome or a message comes."""


Action = StartTurn | CallModel | RunTools | Expire | Remind | Stop | Finish | AwaitHuman | Idle


def next_action(state: SessionState, now: float, limits: Limits) -> Action:
    """The one thing to do next. Called again after each until it says to wait."""
    if state.approvals:
        expired = tuple(a.approval_id for a in state.approvals.values() if a.is_expired(now))
        if expired:
            return Expire(expired)
        due = tuple(a.approval_id for a in state.approvals.values() if _is_due(a.reminds_at, now))
        if due:
            return Remind(due)
    for turn in state.turns.values():
        action = _of_turn(state, turn, now, limits)
        if action is not None:
            return action
    return _of_conversation(state, now, limits)


def _is_due(at: float | None, now: float) -> bool:
    return at is not None and at <= now


def _of_turn(state: SessionState, turn: Turn, now: float, limits: Limits) -> Action | None:
    """What a turn needs whichever of them speaks with the model."""
    calls = state.unsettled(turn)
    speaking = state.model is not None and state.model.turn_id == turn.turn_id
    if turn.closing is not None:
        running = any(call.status in UNDER_WAY for call in calls)
        return None if running or speaking else Finish(turn.turn_id)
    if turn.parked_at is None and now >= deadline(turn, limits):
        message = f"The turn took longer than {limits.max_seconds:g} s (limits.max_seconds)."
        return Stop(turn.turn_id, "max_seconds", message)
    if calls:
        runnable = _runnable(state, calls)
        return RunTools(runnable) if runnable else None
    answered = turn.answer is not None and not turn.unread and not speaking
    return Finish(turn.turn_id) if answered else None


def _runnable(state: SessionState, calls: Sequence[Call]) -> tuple[str, ...]:
    places = MAX_PARALLEL_TOOLS
    for call in state.calls.values():
        if call.status in UNDER_WAY:
            places -= 1
    ready: list[str] = []
    for call in calls:
        if len(ready) < places and call.status in _READY:
            ready.append(call.call_id)
    return tuple(ready)


def _of_conversation(state: SessionState, now: float, limits: Limits) -> Action:
    """Who speaks with the model next: one turn at a time, the one in focus before older ones."""
    if state.model is None and state.turns:
        turns: list[Turn] = []
        for turn in state.turns.values():
            if turn.closing is None and not state.unsettled(turn):
                turns.append(turn)
        if len(turns) > 1:
            turns.sort(key=lambda turn: turn.turn_id != state.focus)
        for turn in turns:
            if (stop := _used_up(turn, limits)) is not None:
                return stop
        if turns:
            return CallModel(tuple([turn.turn_id for turn in turns]))
    if state.active_turn() is not None:
        return Idle()
    if state.inbox:
        return StartTurn(state.inbox[0].turn_id)
    if not state.calls:
        return Idle()
    waiting = tuple(
        call.approval_id
        for call in state.calls.values()
        if call.status in HUMAN and call.approval_id is not None
    )
    return AwaitHuman(waiting) if waiting else Idle()


def _used_up(turn: Turn, limits: Limits) -> Stop | None:
    """Why the turn may not ask a model again, if it may not."""
    if turn.iterations >= limits.max_iterations and not turn.failures:
        return Stop(
            turn.turn_id,
            "max_iterations",
            f"The model was asked {turn.iterations} times and is not done (limits.max_iterations).",
        )
    if limits.max_cost_usd is not None and turn.cost_usd >= limits.max_cost_usd:
        return Stop(
            turn.turn_id,
            "max_cost_usd",
            f"The turn has cost ${turn.cost_usd:.4f} (max_cost_usd: {limits.max_cost_usd:g}).",
        )
    return None


def deadline(turn: Turn, limits: Limits) -> float:
    """When the turn's time is up; time spent waiting for people, or for another turn to have spoken
    with the model, does not count.
    """
    return turn.started_at + turn.parked_seconds + limits.max_seconds
