"""What somebody is told whose decision does not count."""

from __future__ import annotations

from liteagent.approvals import (
    ApprovalChangedError,
    ApprovalExpiredError,
    ApprovalTakenError,
    NotAnApproverError,
    Verb,
)
from liteagent.chat.cards.sentences import moment, name_of
from liteagent.errors import (
    ApprovalNotFoundError,
    ConflictError,
    LiteAgentException,
    PermissionDeniedError,
    SessionNotFoundError,
    ValidationError,
)
from liteagent.principal import Principal
from liteagent.tools import ToolArgumentsError

TOO_LATE = "That took too long to show the form: press the button again."
_DONE = {
    "approve": "approved this",
    "edit": "edited and approved this",
    "reject": "rejected this",
    "respond": "answered this",
}


def refusal(
    error: LiteAgentException,
    *,
    verb: Verb | None = None,
    principal: Principal | None = None,
    platform: str = "",
    now: float,
) -> str | None:
    """The sentence for this person; empty where there is nothing to say, None where the error is
    none of theirs.
    """
    match error:
        case ApprovalTakenError():
            return _taken(error, verb, principal, now)
        case ApprovalChangedError():
            return "The arguments changed since: look at the card again, then decide."
        case ApprovalExpiredError():
            return "This request has expired: ask the agent to try again."
        case ApprovalNotFoundError() | SessionNotFoundError():
            return "This card is out of date: its request is not there any more."
        case NotAnApproverError() if error.lacks_scope:
            return _no_approver(platform)
        case ToolArgumentsError():
            return f"The arguments do not fit: {'; '.join(error.problems)}. Press Edit… again."
        case PermissionDeniedError() | ValidationError() | ConflictError():
            return str(error)
        case _:
            return None


def _taken(
    error: ApprovalTakenError, verb: Verb | None, principal: Principal | None, now: float
) -> str:
    """Who was first, and when. Whoever presses twice, or is heard twice, is told nothing: the
    card says it.
    """
    decision, by, ts = (error.first.get(name) for name in ("decision", "by", "ts"))
    if decision not in _DONE or not by:
        return "This was withdrawn when the turn ended: there is nothing to decide any more."
    mine = principal is not None and by.get("id") == principal.id
    if mine and decision == verb:
        return ""
    who = "You" if mine else name_of(by)
    when = f" ({moment(ts, now)})" if ts is not None else ""
    return f"{who} {_DONE[decision]} already{when}."


def _no_approver(platform: str) -> str:
    return (
        "You may not approve here: full members may, or whoever is named as approver in the"
        f" settings (`chat.{platform}.approvers` in liteagent.yaml)."
    )
