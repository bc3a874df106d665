"""Who may decide, and how many of them it takes."""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.approvals import ApprovalChangedError, ApprovalTakenError, NotAnApproverError
from liteagent.testing.people import person
from liteagent.testing.runtime import ANN
from tests.fixtures.rigs import gated

BOB, CAROL, DAVE = (person(name, slack_groups="SRE") for name in ("bob", "carol", "dave"))
ADMIN = person("root", scopes=("admin",))
TWO_OF_THREE = {"restart": {"approvers": {"slack_groups": ["SRE"]}, "quorum": 2}}


def rule(**fields: Any) -> dict[str, Any]:
    return {"restart": fields}


async def test_with_approvers_named_nobody_else_decides_the_admin_included() -> None:
    async with gated(approval=rule(approvers={"users": ["bob"]})) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        for outsider in (CAROL, ADMIN, ANN):
            for verb in ("approve", "reject", "respond", "edit"):
                with pytest.raises(NotAnApproverError, match="these may: bob"):
                    await rig.decide("apr_1", verb, by=outsider, args={}, content="x")
        assert "approval.decided" not in await rig.types(session)
        await rig.decide("apr_1", by=BOB)
        assert len(rig.sink.done) == 1


async def test_without_approvers_the_admin_may_decide() -> None:
    async with gated() as rig:
        await rig.say(await rig.session(), "go")
        await rig.decide("apr_1", by=ADMIN)
        assert len(rig.sink.done) == 1


async def test_whoever_asked_may_not_approve_where_four_eyes_are_demanded() -> None:
    four_eyes = rule(approvers={"users": ["ann", "bob"]}, requester_may_approve=False)
    async with gated(approval=four_eyes) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        with pytest.raises(NotAnApproverError, match="somebody else must"):
            await rig.decide("apr_1", by=ANN)
        assert rig.sink.done == []
        await rig.decide("apr_1", by=BOB)
        assert len(rig.sink.done) == 1


async def test_whoever_asked_may_approve_where_nothing_forbids_it() -> None:
    async with gated() as rig:
        await rig.say(await rig.session(), "go")
        await rig.decide("apr_1", by=ANN)
        assert len(rig.sink.done) == 1


async def test_two_of_three_run_it_and_the_third_comes_too_late() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        first = await rig.decide("apr_1", by=BOB)
        assert (first["final"], rig.sink.done) == (False, [])
        assert (await rig.inbox.get("apr_1"))["votes"] == ["bob"]
        second = await rig.decide("apr_1", by=CAROL)
        assert second["final"] is True
        assert len(rig.sink.done) == 1
        with pytest.raises(ApprovalTakenError):
            await rig.decide("apr_1", by=DAVE)
        assert len(rig.sink.done) == 1


async def test_the_same_person_twice_is_one_vote() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        once = await rig.decide("apr_1", by=BOB)
        again = await rig.decide("apr_1", by=BOB)
        assert {**again, "seq": once["seq"]} == once
        assert rig.sink.done == []
        assert (await rig.types(session)).count("approval.decided") == 1


async def test_an_edit_begins_the_count_anew() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", by=BOB)
        edited = await rig.decide("apr_1", "edit", by=CAROL, args={"name": "staging"})
        assert (edited["final"], rig.sink.done) == (False, [])
        shown = await rig.inbox.get("apr_1")
        assert (shown["args"], shown["votes"]) == ({"name": "staging"}, ["carol"])
        assert (await rig.decide("apr_1", by=BOB))["final"] is True
        assert rig.sink.calls() == [{"name": "staging"}]


async def test_consent_to_arguments_that_are_not_on_the_table_any_more_does_not_count() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", "edit", by=BOB, args={"name": "one"})
        await rig.decide("apr_1", "edit", by=CAROL, args={"name": "two"})
        assert rig.sink.done == []
        await rig.decide("apr_1", by=DAVE)
        assert rig.sink.calls() == [{"name": "two"}]
        assert (await rig.types(session)).count("tool.started") == 1


async def test_whoever_consented_may_still_change_their_mind_and_reject() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", by=BOB)
        rejected = await rig.decide("apr_1", "reject", by=BOB)
        assert (rejected["decision"], rejected["final"]) == ("reject", True)
        assert await rig.pending() == []
        assert rig.sink.done == []
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "rejected"


async def test_one_refusal_is_enough() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        await rig.say(await rig.session(), "go")
        await rig.decide("apr_1", by=BOB)
        assert (await rig.decide("apr_1", "reject", by=CAROL))["final"] is True
        assert (await rig.pending(), rig.sink.done) == ([], [])


async def test_votes_survive_a_crash() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        await rig.say(await rig.session(), "go")
        await rig.decide("apr_1", by=BOB)
        await rig.restart()
        await rig.decide("apr_1", by=BOB)
        assert rig.sink.done == []
        await rig.decide("apr_1", by=CAROL)
        assert len(rig.sink.done) == 1


async def test_a_click_on_a_card_that_shows_older_arguments_is_refused() -> None:
    async with gated(approval=TWO_OF_THREE) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        shown = (await rig.inbox.get("apr_1"))["digest"]
        await rig.decide("apr_1", "edit", by=BOB, args={"name": "other"})
        with pytest.raises(ApprovalChangedError):
            await rig.decide("apr_1", by=CAROL, digest=shown)
        assert rig.sink.done == []
        now = (await rig.inbox.get("apr_1"))["digest"]
        await rig.decide("apr_1", by=CAROL, digest=now)
        assert rig.sink.calls() == [{"name": "other"}]
