"""People are reminded of what is still open, once, by whatever process is there."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from liteagent.agents.turn_watch import TurnWatch
from liteagent.approvals import ApprovalRule
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import gated


def rule(**fields: Any) -> dict[str, Any]:
    return {"restart": fields}


async def asked(rig: AgentRig) -> str:
    session = await rig.session()
    await rig.say(session, "go")
    return session


async def test_an_open_question_is_reminded_of_once_and_stays_open() -> None:
    async with gated(approval=rule(remind="10m", expires="30m", on_expiry="deny")) as rig:
        session = await asked(rig)
        await rig.advance(599)
        assert await rig.of_type(session, "approval.reminded") == []
        await rig.advance(1)
        (asked_for,) = await rig.of_type(session, "approval.requested")
        (reminded,) = await rig.of_type(session, "approval.reminded")
        assert reminded == {name: asked_for[name] for name in reminded}
        assert (reminded["approval_id"], await rig.pending()) == ("apr_1", ["apr_1"])
        await rig.advance(1_199)
        assert len(await rig.of_type(session, "approval.reminded")) == 1
        await rig.advance(1)
        assert (await rig.inbox.get("apr_1"))["status"] == "expired"


async def test_a_question_that_waits_for_ever_is_reminded_of_too() -> None:
    async with gated(approval=rule(remind="1h")) as rig:
        session = await asked(rig)
        await rig.advance(3_600)
        await rig.advance(3_600)
        assert len(await rig.of_type(session, "approval.reminded")) == 1
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1


async def test_nobody_is_reminded_of_what_was_decided() -> None:
    async with gated(approval=rule(remind="10m")) as rig:
        session = await asked(rig)
        await rig.decide("apr_1")
        await rig.advance(3_600)
        assert "approval.reminded" not in await rig.types(session)


async def test_a_vote_that_settles_nothing_leaves_the_reminder() -> None:
    async with gated(approval=rule(remind="10m", quorum=2)) as rig:
        session = await asked(rig)
        await rig.decide("apr_1")
        await rig.advance(600)
        assert len(await rig.of_type(session, "approval.reminded")) == 1
        assert (await rig.inbox.pending())[0]["votes"] == ["bob"]


async def test_a_reminder_that_fell_due_while_no_process_ran_comes_with_the_next_one() -> None:
    async with gated(approval=rule(remind="10m")) as rig:
        session = await asked(rig)
        await rig.crash()
        await rig.clock.advance(86_400)
        await rig.restart()
        await rig.restart()
        assert len(await rig.of_type(session, "approval.reminded")) == 1


async def test_a_session_that_was_put_away_is_woken_to_remind() -> None:
    async with gated(approval=rule(remind="1h"), passivate_after=60.0) as rig:
        session = await asked(rig)
        await rig.advance(300)
        await rig.advance(3_300)
        assert len(await rig.of_type(session, "approval.reminded")) == 1


async def test_those_who_are_asked_next_are_reminded_in_their_turn() -> None:
    fields = {"expires": "30m", "on_expiry": "escalate", "escalate_to": {"users": ["olga"]}}
    async with gated(approval=rule(remind="10m", **fields)) as rig:
        session = await asked(rig)
        await rig.advance(1_800)
        await rig.advance(600)
        reminded = await rig.of_type(session, "approval.reminded")
        assert [each["approval_id"] for each in reminded] == ["apr_1", "apr_2"]


async def test_a_grant_stays_good_when_the_reminder_is_configured_anew() -> None:
    assert ApprovalRule(remind="10m").version == ApprovalRule().version  # type: ignore[arg-type]
    assert ApprovalRule(quorum=2).version != ApprovalRule().version


def test_a_reminder_has_to_come_before_the_end() -> None:
    with pytest.raises(ValidationError, match="remind: has to come before expires"):
        ApprovalRule.model_validate({"remind": "30m", "expires": "30m", "on_expiry": "deny"})
    assert ApprovalRule.model_validate({"remind": "2h", "expires": "30m"}).remind == 7_200


async def test_whoever_follows_the_turn_sees_the_question_as_it_was() -> None:
    async with gated(approval=rule(remind="10m")) as rig:
        session = await asked(rig)
        await rig.advance(600)
        events = await rig.log(session)
        watch = TurnWatch(events[1].data["turn_id"])
        for event in events:
            watch.feed(event)
        assert list(watch.approvals) == ["apr_1"]
