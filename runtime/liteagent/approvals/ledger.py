"""The approval ledger: a grant is bound to exact arguments and is used once.

    pending ──quorum of approve/edit──► granted ──tool.started──► consumed
       ├──reject──► rejected               ├──expires──► expired
       ├──respond──► responded             └──policy or arguments changed──► superseded
       ├──expires──► expired
       └──turn cancelled──► cancelled

Pure: these functions say which events a decision causes; the session's fold and its single writer
make them true at most once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from liteagent.approvals.policy import ApprovalRule
from liteagent.errors import (
    ConflictError,
    LiteAgentException,
    PermissionDeniedError,
    ValidationError,
)
from liteagent.events import Draft, Event
from liteagent.principal import Principal


class ApprovalKind(StrEnum):
    """What is asked."""

    TOOL = "tool"
    """May this call run?"""
    UNKNOWN_OUTCOME = "unknown_outcome"
    """This call may have run before a crash: run it again, say what came of it, or give it up?"""


class ApprovalStatus(StrEnum):
    """Where a request stands; the last six are final."""

    PENDING = "pending"
    GRANTED = "granted"
    CONSUMED = "consumed"
    REJECTED = "rejected"
    RESPONDED = "responded"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """The four decisions."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    RESPOND = "respond"


class ApprovalTakenError(ConflictError):
    """Somebody decided first; `first` is that decision."""

    error_code = "approval_already_decided"

    def __init__(self, approval_id: str, first: Mapping[str, Any]) -> None:
        self.approval_id, self.first = approval_id, first
        by = first.get("by", {}).get("name") or first.get("by", {}).get("id") or "the runtime"
        super().__init__(f"Approval {approval_id} is settled already: {first['decision']} by {by}.")

    @property
    def details(self) -> Mapping[str, Any]:
        return {"decision": dict(self.first)}


class ApprovalChangedError(ConflictError):
    """Somebody else edited the arguments after this person was shown them."""

    error_code = "approval_changed"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(
            f"The arguments of {approval_id} were changed since you saw them: look again, then"
            " decide."
        )


class ApprovalExpiredError(LiteAgentException):
    """The request ran out of time; late consent does not count."""

    status_code = 410
    error_code = "approval_expired"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"Approval {approval_id} has expired; ask the agent to try again.")


class NotAnApproverError(PermissionDeniedError):
    """This person may not decide this request; `lacks_scope` where the rule names nobody and their
    credential does not allow it.
    """

    error_code = "not_an_approver"

    def __init__(self, message: str, *, lacks_scope: bool = False) -> None:
        self.lacks_scope = lacks_scope
        super().__init__(message)


class Vote(Struct, frozen=True, kw_only=True, gc=False):
    """One person's consent to exactly these arguments."""

    by: str
    digest: str


class Approval(Struct, frozen=True, kw_only=True, gc=False):
    """A request for approval, as the fold keeps it while it matters."""

    approval_id: str
    kind: ApprovalKind
    turn_id: str
    call_id: str
    tool: str
    args: Any
    digest: str
    policy: Mapping[str, Any]
    policy_version: str
    requester: Mapping[str, Any]
    requested_at: float
    expires_at: float | None
    status: ApprovalStatus = ApprovalStatus.PENDING
    votes: tuple[Vote, ...] = ()
    note: str = ""
    remind_at: float | None = None
    """When people are to be reminded; None too once they were."""

    @property
    def rule(self) -> ApprovalRule:
        return ApprovalRule.model_validate(self.policy)

    def is_expired(self, now: float) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @property
    def reminds_at(self) -> float | None:
        """When people are to be reminded of what is still open."""
        return self.remind_at if self.status is ApprovalStatus.PENDING else None

    def to_json(self) -> dict[str, Any]:
        """As the approval inbox shows it."""
        return {
            "id": self.approval_id,
            "kind": self.kind.value,
            "status": self.status.value,
            "turn_id": self.turn_id,
            "call_id": self.call_id,
            "tool": self.tool,
            "args": self.args,
            "digest": self.digest,
            "requester": self.requester,
            "approvers": self.policy.get("approvers"),
            "quorum": self.policy.get("quorum", 1),
            "requester_may_approve": self.policy.get("requester_may_approve", True),
            "votes": [vote.by for vote in self.votes if vote.digest == self.digest],
            "requested_at": self.requested_at,
            "expires_at": self.expires_at,
            "on_expiry": self.policy.get("on_expiry", "wait"),
            "note": self.note,
        }


class Ballot(Struct, frozen=True, kw_only=True, gc=False):
    """A decision as it was sent. `args` for edit, `reason` for reject, `content` for respond."""

    verb: Verb
    args: Any = None
    reason: str = ""
    content: str = ""


def open_request(event: Event) -> Approval:
    """The approval that an `approval.requested` event opens."""
    data = event.data
    remind = data["policy"].get("remind")
    return Approval(
        approval_id=data["approval_id"],
        kind=ApprovalKind(data["kind"]),
        turn_id=data["turn_id"],
        call_id=data["call_id"],
        tool=data["tool"],
        args=data["args"],
        digest=data["digest"],
        policy=data["policy"],
        policy_version=data["policy_version"],
        requester=data["requester"],
        requested_at=event.ts,
        expires_at=data["expires_at"],
        note=data.get("note", ""),
        remind_at=None if remind is None else event.ts + remind,
    )


def check_may_decide(approval: Approval, principal: Principal) -> None:
    """Raises `NotAnApproverError` unless this person may decide; checked when they do."""
    check_rule(approval.rule, principal, tool=approval.tool, requester=approval.requester)


def check_rule(
    rule: ApprovalRule, principal: Principal, *, tool: str, requester: Mapping[str, Any]
) -> None:
    """The same for a request as the approval inbox shows it, before a decision is made."""
    if rule.approvers is not None:
        if not rule.approvers.admit(principal):
            raise NotAnApproverError(
                f"{principal.name or principal.id} may not decide {tool};"
                f" these may: {rule.approvers.sentence}."
            )
    elif not principal.allows("approve"):
        raise NotAnApproverError("This credential lacks the scope approve.", lacks_scope=True)
    if not rule.requester_may_approve and principal.id == requester.get("id"):
        raise NotAnApproverError(
            f"Whoever asked for {tool} may not approve it; somebody else must."
        )


def check_open(approval: Approval, now: float) -> None:
    """Raises unless the request still takes decisions."""
    if approval.is_expired(now):
        raise ApprovalExpiredError(approval.approval_id)
    if approval.status is not ApprovalStatus.PENDING:
        first: dict[str, Any] = {"decision": approval.status.value, "by": {}}
        raise ApprovalTakenError(approval.approval_id, first)


def check_shown(approval: Approval, shown: str | None) -> None:
    """Raises unless these are the arguments that were shown; None: the surface did not say."""
    if shown not in (None, approval.digest):
        raise ApprovalChangedError(approval.approval_id)


def has_consented(approval: Approval, ballot: Ballot, principal: Principal, digest: str) -> bool:
    """Whether this ballot repeats a consent that is counted already."""
    vote = Vote(by=principal.id, digest=digest)
    return ballot.verb in (Verb.APPROVE, Verb.EDIT) and vote in approval.votes


def decide(approval: Approval, ballot: Ballot, principal: Principal, new_digest: str) -> Draft:
    """The `approval.decided` event that this ballot causes; `final` unless a quorum still lacks
    votes.

    `new_digest` is that of the arguments the ballot consents to: the edited ones, or the request's
    own.
    """
    if approval.kind is ApprovalKind.UNKNOWN_OUTCOME and ballot.verb is Verb.EDIT:
        raise ValidationError(
            "An unknown outcome cannot be edited: approve runs the same call again, respond"
            " supplies the outcome, reject settles it as failed."
        )
    if ballot.verb is Verb.RESPOND and not ballot.content:
        raise ValidationError("respond needs content: what the model is told.", field="content")
    final = _is_final(approval, ballot, principal, new_digest)
    data: dict[str, Any] = {
        "approval_id": approval.approval_id,
        "turn_id": approval.turn_id,
        "call_id": approval.call_id,
        "tool": approval.tool,
        "kind": approval.kind.value,
        "decision": ballot.verb.value,
        "by": _who(principal),
        "digest": new_digest,
        "final": final,
    }
    if ballot.verb is Verb.EDIT:
        data["args"] = ballot.args
    if ballot.reason:
        data["reason"] = ballot.reason
    if ballot.content:
        data["content"] = ballot.content
    keys = (decided_key(approval.approval_id),) if final else ()
    return Draft("approval.decided", data, keys)


def _is_final(approval: Approval, ballot: Ballot, principal: Principal, new_digest: str) -> bool:
    if ballot.verb in (Verb.REJECT, Verb.RESPOND):
        return True
    consenting = {vote.by for vote in approval.votes if vote.digest == new_digest}
    return len(consenting | {principal.id}) >= approval.rule.quorum


def apply_decision(approval: Approval, event: Event) -> Approval:
    """The approval after an `approval.decided` event."""
    data = event.data
    verb = data["decision"]
    if verb == "cancel":
        return replace(approval, status=ApprovalStatus.CANCELLED)
    if verb == Verb.REJECT:
        return replace(approval, status=ApprovalStatus.REJECTED)
    if verb == Verb.RESPOND:
        return replace(approval, status=ApprovalStatus.RESPONDED)
    votes = tuple(v for v in approval.votes if v.by != data["by"]["id"])
    votes += (Vote(by=data["by"]["id"], digest=data["digest"]),)
    approval = replace(approval, votes=votes, digest=data["digest"])
    if verb == Verb.EDIT:
        approval = replace(approval, args=data["args"])
    return replace(approval, status=ApprovalStatus.GRANTED) if data["final"] else approval


def requested_key(approval_id: str) -> str:
    """The journal key of the `approval.requested` event."""
    return f"approval:{approval_id}"


def decided_key(approval_id: str) -> str:
    """The journal key of the event that settled the request: unique, so it is settled once."""
    return f"decided:{approval_id}"


def _who(principal: Principal) -> dict[str, str]:
    return {"id": principal.id, "name": principal.name}
