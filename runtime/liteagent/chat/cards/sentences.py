"""What a card says in words: who may decide, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from liteagent.approvals import Approvers
from liteagent.chat.cards.shown import cut, visible
from liteagent.events import Json

_LONGEST_REASON = 500


def rule_sentence(approval: Mapping[str, Json]) -> str:
    """Who may decide."""
    approvers = approval.get("approvers")
    who = "Anybody who may approve here"
    if approvers is not None:
        named = Approvers.model_validate(approvers).sentence
        who = f"Only {named}" if named else "Nobody (the rule names no approvers)"
    quorum = approval.get("quorum", 1)
    sentence = f"{who} may decide" + (f"; {quorum} of them have to agree" if quorum > 1 else "")
    if not approval.get("requester_may_approve", True):
        sentence += "; not whoever asked for it"
    return f"{sentence}."


def outcome_sentence(approval: Mapping[str, Json]) -> str:
    """How a request was settled and by whom, without the time; empty while it is open."""
    match approval["status"]:
        case "pending":
            return ""
        case "expired":
            return _expired(approval)
        case "cancelled":
            return _withdrawn(approval)
        case _:
            return _decided(approval)


def name_of(who: Mapping[str, Json]) -> str:
    """A person's name as a card has it."""
    return visible(who.get("name") or who.get("id") or "somebody")


def listed(names: Sequence[str]) -> str:
    """`Ann`, `Ann and Bob`, `Ann, Bob and Carol`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def duration(seconds: float) -> str:
    """`45 s`, `30 min`, `2 h`, `3 days`: the largest unit that says it in whole numbers."""
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            count = round(seconds / size)
            return "1 day" if (count, unit) == (1, "days") else f"{count} {unit}"
    return f"{seconds:g} s"


def moment(ts: float, now: float | None = None) -> str:
    """`12:03 UTC`, with the day where `now` is on another one, or is not known."""
    then = datetime.fromtimestamp(ts, UTC)
    today = now is not None and datetime.fromtimestamp(now, UTC).date() == then.date()
    return then.strftime("%H:%M UTC" if today else "%-d %B, %H:%M UTC")


def _decided(approval: Mapping[str, Json]) -> str:
    decision, unknown = approval["decision"], approval["kind"] == "unknown_outcome"
    words = {
        "approve": "To be run again, says" if unknown else "Approved by",
        "edit": "Edited and approved by",
        "reject": "Counts as failed, says" if unknown else "Rejected by",
        "respond": "Answered by",
    }
    return f"{words[decision]} {listed(_who(approval))}" + _because(approval)


def _who(approval: Mapping[str, Json]) -> list[str]:
    """Everybody whose consent made it so, or the one who decided."""
    last = approval["by"]
    ballots: Sequence[Mapping[str, Json]] = approval.get("ballots", ())
    if approval["decision"] not in ("approve", "edit") or not ballots:
        return [name_of(last)]
    consents = {
        each["by"]["id"]: name_of(each["by"])
        for each in ballots
        if each["digest"] == ballots[-1]["digest"]
    }
    return list(consents.values())


def _because(approval: Mapping[str, Json]) -> str:
    ballots: Sequence[Mapping[str, Json]] = approval.get("ballots", ())
    content = ballots[-1].get("content", "") if ballots else ""
    said = approval.get("reason") or content
    return f": {cut(visible(said), _LONGEST_REASON)}" if said else ""


def _expired(approval: Mapping[str, Json]) -> str:
    if approval.get("expires_at") is None:
        return "Expired"
    waited = duration(approval["expires_at"] - approval["requested_at"])
    sentence = f"Expired: nobody decided in {waited}"
    if approval.get("on_expiry") == "escalate":
        sentence += "; others are asked now"
    return sentence


def _withdrawn(approval: Mapping[str, Json]) -> str:
    by: Mapping[str, Json] = approval.get("by") or {"id": "runtime"}
    if by["id"] != "runtime":
        return f"Withdrawn: the turn was stopped by {name_of(by)}"
    return f"Withdrawn: {approval.get('reason') or 'the turn was ended'}"
