"""Who wants to decide what, over which arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from liteagent.approvals import (
    ApprovalChangedError,
    ApprovalExpiredError,
    ApprovalRule,
    ApprovalTakenError,
    Approvers,
    NotAnApproverError,
    check_rule,
    digest,
)
from liteagent.chat.cards.buttons import Pressed
from liteagent.chat.places import Person
from liteagent.events import Json
from liteagent.principal import Principal


class KnowsPeople(Protocol):
    """Tells who somebody is to the agents."""

    def principal(self, person: Person) -> Principal:
        """Whoever acts when this person, who is complete, does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A button that was pressed on the card of `approval`, as the inbox tells it now."""

    pressed: Pressed
    approval: Mapping[str, Json]
    principal: Principal

    def check(self, now: float) -> None:
        """Raises what a decision would: `NotAnApproverError`, `ApprovalExpiredError`,
        `ApprovalTakenError`, `ApprovalChangedError`.
        """
        check_may_decide(self.approval, self.principal)
        self._check_open(now)
        if not self.pressed.showed(self.approval["digest"]):
            raise ApprovalChangedError(self.approval["id"])

    def _check_open(self, now: float) -> None:
        approval = self.approval
        expires_at = approval["expires_at"]
        due = expires_at is not None and expires_at <= now
        if approval["status"] == "expired" or (approval["status"] == "pending" and due):
            raise ApprovalExpiredError(approval["id"])
        if approval["status"] != "pending":
            raise ApprovalTakenError(
                approval["id"],
                {
                    "decision": approval.get("decision", "cancel"),
                    "by": approval.get("by", {}),
                    "ts": approval.get("settled_at"),
                    "reason": approval.get("reason", ""),
                },
            )


def check_may_decide(approval: Mapping[str, Json], principal: Principal) -> None:
    """Raises `NotAnApproverError` unless this person may decide this request."""
    approvers = approval["approvers"]
    rule = ApprovalRule(
        approvers=None if approvers is None else Approvers.model_validate(approvers),
        requester_may_approve=approval["requester_may_approve"],
    )
    check_rule(rule, principal, tool=approval["tool"], requester=approval["requester"])


def may_decide(approval: Mapping[str, Json], principal: Principal) -> bool:
    """Whether this person may decide this request."""
    try:
        check_may_decide(approval, principal)
    except NotAnApproverError:
        return False
    return True


def shown_args(approval: Mapping[str, Json], pressed: Pressed) -> Mapping[str, Json]:
    """The arguments that the button's card showed. Raises `ApprovalChangedError` where the request
    never had such.
    """
    for args in _versions(approval):
        if pressed.showed(digest(args)):
            return args
    raise ApprovalChangedError(approval["id"])


def _versions(approval: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """The arguments as they were asked for and as each edit left them."""
    yield approval["asked_args"]
    for ballot in approval["ballots"]:
        if "args" in ballot:
            yield ballot["args"]
