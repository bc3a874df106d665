"""What people and programs may tell a session, as pure decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec.structs import replace

from liteagent.agents.env import Environment
from liteagent.agents.plan import close_turn, failed, start_turn, succeeded
from liteagent.agents.state import SessionState, Turn
from liteagent.approvals import (
    ApprovalKind,
    Ballot,
    Verb,
    check_may_decide,
    check_open,
    check_shown,
    decide,
    digest,
    has_consented,
)
from liteagent.errors import (
    ApprovalNotFoundError,
    ConflictError,
    SessionBusyError,
    SessionNotFoundError,
    ValidationError,
)
from liteagent.events import Draft, Event, Json
from liteagent.kernel import Command, Decision
from liteagent.principal import Principal


def create(state: SessionState, command: Command) -> Decision:
    """Make the session: `{agent, tenant, principal, metadata?, history?, client_tools?}`."""
    if state.agent:
        raise ConflictError("The session exists already.")
    data = {k: v for k, v in command.items() if k not in ("type", "key")}
    created = Draft("session.created", data, _keys(command))
    return Decision((created,), lambda events: {"seq": events[-1].seq})


def receive(state: SessionState, command: Command, env: Environment) -> Decision:
    """Take a message in: `{text, principal, results?, key?, create?}`; the agent's overlap policy
    decides whose turn it is.
    """
    drafts: list[Draft] = []
    if not state.agent:
        if "create" not in command:
            raise SessionNotFoundError(command.get("session_id", ""))
        drafts.append(Draft("session.created", command["create"]))
    overlap = env.spec(state.agent or command["create"]["agent"]).overlap
    during = state.active_turn()
    turn_id = env.ids.new("turn")
    if during is not None and during.closing is None:
        if overlap == "reject":
            raise SessionBusyError(command.get("session_id", ""), during.turn_id)
        if overlap == "steer" and _is_by(during, command):
            turn_id = during.turn_id
        elif overlap == "interrupt":
            message = "A newer message took its place."
            drafts.append(
                close_turn(
                    during.turn_id, "cancelled", "interrupted", message, command["principal"]
                )
            )
    steers = during is not None and turn_id == during.turn_id
    data = {
        "message_id": env.ids.new("msg"),
        "turn_id": turn_id,
        "text": command["text"],
        "principal": command["principal"],
    }
    if command.get("results"):
        data["results"] = command["results"]
    keys = _keys(command) if steers else (turn_key(turn_id), *_keys(command))
    drafts.append(Draft("message.received", data, keys))
    return Decision(drafts, lambda events: receipt(events[-1]))


def _is_by(turn: Turn, command: Command) -> bool:
    """Whether the turn runs for whoever sends this: nobody steers what runs in another's name."""
    return turn.principal["id"] == command["principal"]["id"]


def _keys(command: Command) -> tuple[str, ...]:
    """The identity under which the command acts once."""
    key = command.get("key")
    return () if key is None else (key,)


def repeated(event: Event) -> Json:
    """The answer to a command that came before, from the event that it caused."""
    if event.type == "message.received":
        return receipt(event)
    if event.type == "approval.decided":
        return {**_outcome(event.data), "seq": event.seq}
    if event.type == "cancel.requested":
        return {"cancelled": [event.data["turn_id"]]}
    return {"seq": event.seq}


def receipt(event: Event) -> Json:
    """What the sender of a message is told; the same however often it is sent."""
    return {
        "turn_id": event.data["turn_id"],
        "message_id": event.data["message_id"],
        "seq": event.seq,
    }


def cancel(state: SessionState, command: Command) -> Decision:
    """End open turns, or just one, which may be waiting still: `{principal, turn_id?, reason?}`.
    What finished is kept.
    """
    wanted = command.get("turn_id")
    turns = [t for t in state.turns.values() if t.closing is None and wanted in (None, t.turn_id)]
    waiting = [message for message in state.inbox if message.turn_id == wanted]
    turn_ids = [turn.turn_id for turn in (*turns, *waiting)]
    message = command.get("reason") or "Somebody stopped it."
    drafts = [
        close_turn(turn_id, "cancelled", "cancelled", message, command["principal"])
        for turn_id in turn_ids
    ]
    if drafts:
        drafts[0] = replace(drafts[0], keys=_keys(command))
    begun = [start_turn(message.turn_id) for message in waiting]
    return Decision((*begun, *drafts), lambda _: {"cancelled": turn_ids})


def fork(state: SessionState, command: Command) -> Decision:
    """Make this new session a copy of another's first events, effects off: `{from, at, events}`."""
    if state.agent:
        raise ConflictError("The session exists already.")
    copied = [Draft(event["type"], event["data"]) for event in command["events"]]
    data = {"from": command["from"], "at": command["at"]}
    origin = Draft("session.forked", data, _keys(command))
    return Decision((*copied, origin), lambda events: {"seq": events[-1].seq})


# -- approvals


def decide_approval(
    state: SessionState, command: Command, now: float, env: Environment
) -> Decision:
    """A person's decision: `{approval_id, decision, principal, args?, reason?, content?, digest?}`,
    where `digest` is that of the arguments which the person was shown.
    """
    approval = state.approvals.get(command["approval_id"])
    if approval is None:
        raise ApprovalNotFoundError(command["approval_id"])
    principal = Principal.from_json(command["principal"])
    check_may_decide(approval, principal)
    check_open(approval, now)
    check_shown(approval, command.get("digest"))
    ballot = Ballot(
        verb=Verb(command["decision"]),
        args=command.get("args"),
        reason=command.get("reason") or "",
        content=command.get("content") or "",
    )
    consent = approval.digest
    if ballot.verb is Verb.EDIT:
        ballot = _checked_edit(state, approval.tool, ballot, env)
        consent = digest(ballot.args)
    decided = decide(approval, ballot, principal, consent)
    if has_consented(approval, ballot, principal, consent):
        return Decision((), lambda _: _outcome(decided.data))
    decided = replace(decided, keys=(*decided.keys, *_keys(command)))
    drafts = (decided, *_consequences(state, approval.call_id, approval.kind, ballot))
    return Decision(drafts, lambda events: {**_outcome(events[0].data), "seq": events[0].seq})


def _checked_edit(state: SessionState, tool: str, ballot: Ballot, env: Environment) -> Ballot:
    args: object = ballot.args
    if not isinstance(args, dict):
        raise ValidationError("edit needs args: the whole new arguments, an object.", field="args")
    found = env.tool(env.spec(state.agent), tool)
    if found is None:
        raise ConflictError(f"The tool {tool} is not available any more.")
    return Ballot(verb=Verb.EDIT, args=found.bind(cast(dict[str, Any], args)), reason=ballot.reason)


def _consequences(
    state: SessionState, call_id: str, kind: ApprovalKind, ballot: Ballot
) -> Sequence[Draft]:
    """What a decision settles at once; consent itself settles nothing: the plan runs the call."""
    call = state.calls[call_id]
    if ballot.verb is Verb.RESPOND:
        return (succeeded(call, ballot.content, source="person"),)
    if ballot.verb is Verb.REJECT:
        reason = f": {ballot.reason}" if ballot.reason else "."
        if kind is ApprovalKind.UNKNOWN_OUTCOME:
            return (failed(call, "unknown_outcome", f"{call.tool} counts as failed{reason}"),)
        return (failed(call, "rejected", f"A person refused {call.tool}; it was not run{reason}"),)
    return ()


def _outcome(decided: Mapping[str, Json]) -> dict[str, Json]:
    return {name: decided[name] for name in ("approval_id", "decision", "final", "by")}


def turn_key(turn_id: str) -> str:
    """The journal key of the message that opened a turn."""
    return f"turn:{turn_id}"
