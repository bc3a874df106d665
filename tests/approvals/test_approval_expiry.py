"""What becomes of a question that nobody answers, and of a grant that comes too late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from liteagent.agents.session import SESSION
from liteagent.approvals import ApprovalExpiredError, ApprovalTakenError, NotAnApproverError
from liteagent.ids import entity_id
from liteagent.testing.people import person
from liteagent.testing.runtime import ANN, AgentRig
from tests.fixtures.rigs import gated

ON_CALL = person("olga", slack_groups="on-call")


def rule(**fields: Any) -> dict[str, Any]:
    return {"restart": fields}


async def asked(rig: AgentRig) -> str:
    session = await rig.session()
    await rig.say(session, "go")
    return session


async def test_with_wait_the_question_stays_for_ever() -> None:
    async with gated(approval=rule(expires="30m", on_expiry="wait")) as rig:
        session = await asked(rig)
        await rig.advance(4 * 3_600)
        assert await rig.pending() == ["apr_1"]
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_with_deny_the_call_expires_unrun_and_expired_is_not_rejected() -> None:
    async with gated(approval=rule(expires="30m", on_expiry="deny")) as rig:
        session = await asked(rig)
        await rig.advance(1_799)
        assert await rig.pending() == ["apr_1"]
        await rig.advance(1)
        assert await rig.pending() == []
        assert rig.sink.done == []
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "approval_expired"
        assert "approval.decided" not in await rig.types(session)
        assert "Nobody decided within 1800 s" in rig.model.requests[-1].messages[-1].content
        assert (await rig.inbox.get("apr_1"))["status"] == "expired"


async def test_a_click_after_the_expiry_is_told_so_and_does_nothing() -> None:
    async with gated(approval=rule(expires="30m", on_expiry="deny")) as rig:
        session = await asked(rig)
        await rig.advance(1_800)
        before = await rig.types(session)
        for verb in ("approve", "reject"):
            with pytest.raises(ApprovalExpiredError):
                await rig.decide("apr_1", verb)
        assert (await rig.types(session), rig.sink.done) == (before, [])


async def test_expiry_passes_while_no_process_runs() -> None:
    async with gated(approval=rule(expires="30m", on_expiry="deny")) as rig:
        session = await asked(rig)
        await rig.crash()
        await rig.clock.advance(86_400)
        await rig.restart()
        assert "approval.expired" in await rig.types(session)
        assert rig.sink.done == []
        assert await rig.status(session) == "idle"


async def test_with_escalate_the_next_people_are_asked_and_only_they_may_decide() -> None:
    escalating = rule(
        approvers={"users": ["bob"]},
        expires="30m",
        on_expiry="escalate",
        escalate_to={"slack_groups": ["on-call"]},
    )
    async with gated(approval=escalating) as rig:
        session = await asked(rig)
        await rig.advance(1_800)
        (second,) = await rig.inbox.pending()
        assert second["id"] != "apr_1"
        assert second["note"] == "Nobody decided apr_1 in time."
        with pytest.raises(ApprovalExpiredError):
            await rig.decide("apr_1")
        with pytest.raises(NotAnApproverError):
            await rig.decide(second["id"])
        await rig.decide(second["id"], by=ON_CALL)
        assert rig.sink.calls() == [{"name": "web"}]
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_an_escalated_question_that_nobody_answers_either_is_denied() -> None:
    escalating = rule(expires="30m", on_expiry="escalate", escalate_to={"users": ["olga"]})
    async with gated(approval=escalating) as rig:
        session = await asked(rig)
        await rig.advance(1_800)
        await rig.advance(1_800)
        assert (await rig.pending(), rig.sink.done) == ([], [])
        assert (await rig.types(session)).count("approval.expired") == 2
        assert (await rig.types(session))[-1] == "turn.completed"


@pytest.mark.parametrize("policy", ["deny", "escalate"])
async def test_a_grant_that_expired_before_it_was_used_runs_nothing(policy: str) -> None:
    expiring = rule(expires="30m", on_expiry=policy, escalate_to={"users": ["olga"]})
    async with gated(approval=expiring, drain_seconds=60) as rig:
        session = await rig.session()
        rig.sink.hold("look")
        await rig.say(session, "both")
        await _decided_while_draining(rig, session)
        assert await rig.status(session) == "running"
        await rig.clock.advance(1_800)
        await rig.restart()
        assert "approval.decided" in await rig.types(session)
        assert "approval.expired" in await rig.types(session)
        assert rig.sink.calls("restart") == []
        assert len(await rig.pending()) == (1 if policy == "escalate" else 0)
        with pytest.raises((ApprovalExpiredError, ApprovalTakenError)):
            await rig.decide("apr_1")


async def _decided_while_draining(rig: AgentRig, session: str) -> None:
    """Approve in a host that begins nothing new any more but still writes down what it hears."""
    decision = {
        "type": "decide",
        "approval_id": "apr_1",
        "decision": "approve",
        "principal": ON_CALL.to_json(),
    }
    rig.wire.stall()
    saying = asyncio.ensure_future(rig.sessions.send(session, "hello", principal=ANN))
    await rig.settle()
    deciding = asyncio.ensure_future(rig.runtime.ask(entity_id(SESSION, session), decision))
    await rig.settle()
    stopping = asyncio.ensure_future(rig.stop())
    await rig.settle()
    rig.wire.flow()
    assert (await deciding)["final"] is True
    rig.sink.release("look")
    await asyncio.gather(saying, stopping)
