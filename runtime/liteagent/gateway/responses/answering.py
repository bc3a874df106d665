"""Decisions on approvals that come as input items."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.approvals import ApprovalTakenError, Verb
from liteagent.errors import ApprovalNotFoundError
from liteagent.gateway.access import visible_approval
from liteagent.gateway.context import Gateway
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.responses.ids import ResponseId
from liteagent.gateway.responses.request import Answered
from liteagent.gateway.responses.stored import Stored, find_turn, pause_before, replayed
from liteagent.principal import Principal


async def answer_approvals(
    gateway: Gateway,
    answers: Sequence[Answered],
    principal: Principal,
    previous: Stored | None,
) -> Stored:
    """Decide, and name the response that the rest of the turn is. What `previous` asked is what
    the caller was shown: consent to arguments that were changed since does not count.

    The same decision by the same caller once more changes nothing and names the same response.
    """
    turns = {await _turn_of(gateway, answer, principal, previous) for answer in answers}
    if len(turns) != 1:
        raise InvalidRequestError("Answer the approvals of one turn at a time.", field="input")
    before = None if previous is None else await replayed(gateway, previous)
    for answer in answers:
        shown = None if before is None else before.shown(answer.approval_id)
        await _decide(gateway, answer, principal, shown)
    turn_id = turns.pop()
    turn = await find_turn(gateway, ResponseId(turn_id), principal)
    if turn is None:
        raise ApprovalNotFoundError(answers[0].approval_id)
    decided = {answer.approval_id for answer in answers}
    paused_at = await pause_before(gateway, turn, decided)
    return Stored(
        id=ResponseId(turn_id, paused_at),
        session_id=turn.session_id,
        agent=turn.agent,
        opened_at=turn.opened_at,
    )


async def _turn_of(
    gateway: Gateway, answer: Answered, principal: Principal, previous: Stored | None
) -> str:
    approval = await visible_approval(gateway, answer.approval_id, principal)
    if previous is not None and approval["session_id"] != previous.session_id:
        raise ApprovalNotFoundError(answer.approval_id)
    return approval["turn_id"]


async def _decide(
    gateway: Gateway, answer: Answered, principal: Principal, shown: str | None
) -> None:
    verb = Verb.APPROVE if answer.approve else Verb.REJECT
    try:
        await gateway.inbox.decide(
            answer.approval_id,
            verb.value,
            principal=principal,
            reason=answer.reason,
            digest=shown,
        )
    except ApprovalTakenError as error:
        first = error.first
        if first["decision"] != verb or first["by"].get("id") != principal.id:
            raise
