"""What each decision does: in the log, and in what was really done."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.approvals import ApprovalTakenError, NotAnApproverError, digest
from liteagent.errors import ApprovalNotFoundError, ValidationError
from liteagent.testing import call, calls
from liteagent.testing.people import person
from liteagent.testing.runtime import BOB, AgentRig
from liteagent.tools import tool
from tests.fixtures.rigs import ANYTHING, gated

CAROL = person("carol")


async def test_nothing_runs_before_somebody_approved() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        assert (await rig.types(session))[-1] == "approval.requested"
        assert await rig.status(session) == "waiting"
        assert rig.sink.done == []


async def test_an_approved_call_runs_once_with_the_arguments_that_were_shown() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        (shown,) = await rig.inbox.pending()
        outcome = await rig.decide(shown["id"])
        assert (outcome["decision"], outcome["final"], outcome["by"]["id"]) == (
            "approve",
            True,
            "bob",
        )
        assert rig.sink.calls() == [shown["args"]] == [{"name": "web"}]
        (started,) = await rig.of_type(session, "tool.started")
        assert started["approval_id"] == shown["id"]
        assert started["digest"] == shown["digest"] == digest({"name": "web"})
        assert (await rig.types(session))[-2:] == ["message.sent", "turn.completed"]


async def test_the_grant_is_spent_in_the_append_that_holds_the_intent() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1")
        (write,) = [
            write
            for write in rig.wire.written
            if any(draft.type == "tool.started" for draft in write.drafts)
        ]
        assert [draft.type for draft in write.drafts] == ["approval.decided", "tool.started"]


async def test_an_edited_call_runs_with_the_new_arguments_and_the_model_is_told() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", "edit", args={"name": "staging"})
        assert rig.sink.calls() == [{"name": "staging"}]
        (decided,) = await rig.of_type(session, "approval.decided")
        (started,) = await rig.of_type(session, "tool.started")
        assert started["digest"] == decided["digest"] == digest({"name": "staging"})
        told = rig.model.requests[-1].messages[-1]
        assert "The approver changed the arguments" in told.content
        assert "staging" in told.content


async def test_an_edit_without_arguments_is_refused_and_the_question_stays_open() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        for args in (None, "text", ["web"]):
            with pytest.raises(ValidationError, match="edit needs args"):
                await rig.decide("apr_1", "edit", args=args)
        assert await rig.pending() == ["apr_1"]
        assert rig.sink.done == []


async def test_an_edit_is_checked_as_the_models_arguments_are_and_shown_as_the_tool_gets_it() -> (
    None
):
    ran: list[int] = []

    @tool(approval="always")
    async def scale(replicas: int, zone: str = "a") -> str:
        """Scale."""
        ran.append(replicas)
        return "scaled"

    answers = {"go": calls(call("scale", replicas=1)), "scaled": "done"}
    async with AgentRig(answers, [scale]) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        for args in ({"replicas": "many"}, {}, {"replicas": 1, "extra": 1}):
            with pytest.raises(ValidationError, match="do not fit"):
                await rig.decide("apr_1", "edit", args=args)
        assert await rig.pending() == ["apr_1"]
        rig.model.on(ANYTHING, "done")
        await rig.decide("apr_1", "edit", args={"replicas": "3"})
        (started,) = await rig.of_type(session, "tool.started")
        assert started["args"] == {"replicas": 3, "zone": "a"}
        assert ran == [3]


async def test_a_rejected_call_never_runs_and_the_model_is_told_why() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", "reject", reason="not on a Friday")
        assert rig.sink.done == []
        assert "tool.started" not in await rig.types(session)
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "rejected"
        assert "not on a Friday" in rig.model.requests[-1].messages[-1].content
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_response_stands_in_for_the_tool() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", "respond", content="it is up already")
        assert rig.sink.done == []
        (told,) = await rig.of_type(session, "tool.succeeded")
        assert (told["result"], told["source"]) == ("it is up already", "person")
        assert rig.model.requests[-1].messages[-1].content == "it is up already"


async def test_a_response_without_content_is_refused() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        with pytest.raises(ValidationError, match="respond needs content"):
            await rig.decide("apr_1", "respond")
        assert await rig.pending() == ["apr_1"]


async def test_an_unknown_verb_is_refused() -> None:
    async with gated() as rig:
        await rig.say(await rig.session(), "go")
        with pytest.raises(ValidationError, match="approve, edit, reject or respond"):
            await rig.decide("apr_1", "maybe")


async def test_an_unknown_approval_is_not_found() -> None:
    async with gated() as rig:
        with pytest.raises(ApprovalNotFoundError):
            await rig.decide("apr_9")
        with pytest.raises(ApprovalNotFoundError):
            await rig.inbox.get("apr_9")


@pytest.mark.parametrize("second", ["approve", "reject", "edit", "respond"])
@pytest.mark.parametrize("first", ["approve", "reject", "edit", "respond"])
async def test_a_second_click_changes_nothing_and_is_told_the_first(
    first: str, second: str
) -> None:
    more = {"args": {"name": "x"}, "content": "said"}
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", first, **more)
        before, done = await rig.types(session), list(rig.sink.done)
        for clicker in (BOB, CAROL):
            with pytest.raises(ApprovalTakenError) as taken:
                await rig.decide("apr_1", second, by=clicker, **more)
            assert taken.value.first["decision"] == first
            assert taken.value.first["by"]["id"] == "bob"
        assert (await rig.types(session), rig.sink.done) == (before, done)


async def test_of_two_who_click_at_once_the_first_wins_and_the_other_is_told_who() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        outcomes = await asyncio.gather(
            rig.decide("apr_1", "approve", by=BOB),
            rig.decide("apr_1", "reject", by=CAROL),
            return_exceptions=True,
        )
        won, lost = outcomes
        assert isinstance(won, dict)
        assert won["by"]["id"] == "bob"
        assert isinstance(lost, ApprovalTakenError)
        assert lost.first["by"]["id"] == "bob"
        assert len(rig.sink.done) == 1
        assert (await rig.types(session)).count("approval.decided") == 1


async def test_ten_that_wait_at_once_are_each_decided_on_their_own() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "many")
        waiting = await rig.inbox.pending()
        assert len(waiting) == 10
        for number in reversed(range(10)):
            verb = "approve" if number % 2 else "reject"
            await rig.decide(waiting[number]["id"], verb)
            assert len(await rig.pending()) == number
        assert sorted(args["name"] for args in rig.sink.calls()) == [
            f"web{number}" for number in (1, 3, 5, 7, 9)
        ]
        assert (await rig.types(session)).count("turn.completed") == 1


async def test_two_identical_requests_take_a_decision_each() -> None:
    twice = calls(call("restart", "a", name="web"), call("restart", "b", name="web"))
    async with gated({"twice": twice}) as rig:
        session = await rig.session()
        await rig.say(session, "twice")
        first, second = await rig.pending()
        await rig.decide(first)
        assert len(rig.sink.done) == 1
        assert await rig.pending() == [second]
        await rig.decide(second, "reject")
        assert len(rig.sink.done) == 1


async def test_a_call_that_needs_nobody_does_not_wait_for_its_sibling() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "both")
        assert rig.sink.calls("look") == [{"name": "db"}]
        assert "tool.succeeded" in await rig.types(session)
        await rig.decide("apr_1")
        assert len(rig.sink.calls("look")) == len(rig.sink.calls("restart")) == 1


async def test_a_message_during_the_wait_gets_its_own_turn_and_the_question_stays() -> None:
    async with gated() as rig:
        session = await rig.session()
        asked = await rig.say(session, "go")
        other = await rig.say(session, "hello")
        assert other.turn_id != asked.turn_id
        (completed,) = await rig.of_type(session, "turn.completed")
        assert completed["turn_id"] == other.turn_id
        assert await rig.pending() == ["apr_1"]
        await rig.decide("apr_1")
        assert rig.sink.calls() == [{"name": "web"}]
        ended = [data["turn_id"] for data in await rig.of_type(session, "turn.completed")]
        assert ended == [other.turn_id, asked.turn_id]


async def test_a_credential_that_may_not_approve_decides_nothing() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        with pytest.raises(NotAnApproverError, match="lacks the scope"):
            await rig.decide("apr_1", by=person("dave", scopes=("chat",)))
        assert await rig.pending() == ["apr_1"]
        assert "approval.decided" not in await rig.types(session)


async def test_a_settled_request_can_still_be_looked_at() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        waiting = await rig.inbox.get("apr_1")
        assert (waiting["status"], waiting["session_id"]) == ("pending", session)
        await rig.decide("apr_1", "edit", args={"name": "x"}, reason="safer")
        settled = await rig.inbox.get("apr_1")
        assert (settled["status"], settled["decision"], settled["by"]["id"]) == (
            "approved",
            "edit",
            "bob",
        )
        assert (settled["args"], settled["reason"]) == ({"name": "x"}, "safer")


async def test_a_decision_with_a_key_is_taken_once_and_answered_again() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        first = await rig.decide("apr_1", key="click-1")
        assert await rig.decide("apr_1", key="click-1") == first
        with pytest.raises(ApprovalTakenError):
            await rig.decide("apr_1", key="click-2")
        assert len(rig.sink.done) == 1


async def test_the_inbox_tells_every_ballot_and_the_arguments_as_they_were_at_last() -> None:
    async with gated(approval={"restart": {"quorum": 2}}) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1", "edit", args={"name": "db"})
        for _ in range(2):
            found = await rig.inbox.get("apr_1")
            assert found["asked_args"] == {"name": "web"}
            assert found["args"] == {"name": "db"}
            assert found["digest"] == digest({"name": "db"})
            assert [ballot["by"]["name"] for ballot in found["ballots"]][:1] == ["Bob"]
            await rig.decide("apr_1", by=CAROL, key="carol")
        assert [ballot["decision"] for ballot in found["ballots"]] == ["edit", "approve"]
        assert found["status"] == "approved"


async def test_a_question_that_was_taken_back_says_by_whom() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.cancel(session)
        found = await rig.inbox.get("apr_1")
        assert (found["status"], found["by"]["name"]) == ("cancelled", "Ann")
        assert found["reason"] == "Somebody stopped it."
