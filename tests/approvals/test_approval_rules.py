"""Which calls need a person."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from liteagent.agents.spec import AgentSpec
from liteagent.approvals import ApprovalRule, required
from liteagent.testing import call, calls
from liteagent.testing.people import person
from tests.fixtures.rigs import gated

ANN = person("ann", roles="dev")


def needs(rule: Any, *, default: str | None = None, **args: Any) -> bool:
    return required(rule, default, tool="t", args=args, principal=ANN) is not None


def test_a_tool_that_says_nothing_needs_nobody_and_the_agent_goes_before_the_tool() -> None:
    assert not needs(None)
    assert needs(None, default="always")
    assert not needs("never", default="always")
    assert needs("always", default="never")
    assert needs(ApprovalRule(), default="never")


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ("args.env == 'prod'", True),
        ("args.env != 'prod'", False),
        ("args['count'] > 2 and tool == 't'", True),
        ("len(args.names) == 3", False),
        ("principal.id == 'ann'", True),
        ("'admin' in principal.claims.roles", False),
    ],
)
def test_when_reads_the_arguments_the_tool_and_whoever_asks(when: str, applies: bool) -> None:
    rule = ApprovalRule(when=when)
    assert needs(rule, env="prod", count=3, names=["a", "b"]) is applies


@pytest.mark.parametrize(
    "when",
    [
        "args.missing == 1",
        "1 / 0",
        "args.__class__.mro()",
        "9**9**9**9",
        "'a' * 10**9",
    ],
)
def test_when_that_cannot_be_evaluated_asks_a_person_and_says_why(when: str) -> None:
    asked = required(ApprovalRule(when=when), None, tool="t", args={}, principal=ANN)
    assert asked is not None
    assert "could not be evaluated" in asked.note


async def test_when_that_raises_asks_in_a_session_too() -> None:
    async with gated(approval={"look": {"when": "args.nothing.there"}}) as rig:
        session = await rig.session()
        await rig.say(session, "both")
        assert rig.sink.done == []
        asked = {item["tool"]: item for item in await rig.inbox.pending()}
        assert "could not be evaluated" in asked["look"]["note"]
        await rig.decide(asked["look"]["id"])
        assert rig.sink.calls("look") == [{"name": "db"}]


async def test_only_the_calls_that_fit_when_are_asked_about() -> None:
    two = calls(call("restart", "a", name="prod"), call("restart", "b", name="test"))
    async with gated({"two": two}, approval={"restart": {"when": "args.name == 'prod'"}}) as rig:
        await rig.say(await rig.session(), "two")
        assert rig.sink.calls() == [{"name": "test"}]
        (asked,) = await rig.inbox.pending()
        assert asked["args"] == {"name": "prod"}


async def test_an_edit_into_what_needs_nobody_still_runs_what_was_granted() -> None:
    async with gated(approval={"restart": {"when": "args.name == 'web'"}}) as rig:
        await rig.say(await rig.session(), "go")
        await rig.decide("apr_1", "edit", args={"name": "test"})
        assert rig.sink.calls() == [{"name": "test"}]
        assert await rig.pending() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"on_expiry": "deny"}, "needs expires"),
        ({"expires": "30m", "on_expiry": "escalate"}, "needs escalate_to"),
        ({"expires": "soon"}, "a duration such as 30m"),
        ({"quorum": 0}, "greater than or equal to 1"),
        ({"approvers": {"slack_groups": "SRE"}}, "a list of names"),
        ({"quorom": 2}, "Extra inputs"),
        ({"when": "args.env =="}, "an expression such as args.env == 'prod'; found 'args.env =='"),
        ({"when": ""}, "an expression such as"),
        ({"when": "env = 'prod'"}, "an expression such as"),
        ({"when": "arg.env == 'prod'"}, "there is no 'arg' here: did you mean args"),
        ({"when": "__import__('os').system('true')"}, "there is no '__import__' here"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_when_it_is_read(
    fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        AgentSpec.model_validate(
            {"name": "a", "model": "x/y", "tools": ["restart"], "approval": {"restart": fields}}
        )


def test_a_rule_for_a_tool_that_the_agent_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="did you mean restart"):
        AgentSpec.model_validate(
            {"name": "a", "model": "x/y", "tools": ["restart"], "approval": {"restrat": "always"}}
        )


async def test_a_rule_that_was_changed_after_the_question_asks_again() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.agents.change(approval={"restart": {"approvers": {"users": ["carol"]}}})
        await rig.decide("apr_1")
        assert rig.sink.done == []
        (again,) = await rig.inbox.pending()
        assert (again["id"] != "apr_1", again["approvers"]) == (True, {"users": ["carol"]})
        (expired,) = await rig.of_type(session, "approval.expired")
        assert expired["reason"] == "policy_changed"
        await rig.decide(again["id"], by=person("carol"))
        assert len(rig.sink.done) == 1


async def test_a_rule_that_was_lifted_after_the_question_lets_the_grant_be_used() -> None:
    async with gated() as rig:
        await rig.say(await rig.session(), "go")
        rig.agents.change(approval={"restart": "never"})
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1
        assert await rig.pending() == []


async def test_a_tool_that_was_taken_away_during_the_wait_is_not_run() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.agents.change(tools=("look",), approval={})
        await rig.decide("apr_1")
        assert rig.sink.done == []
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "tool_missing"
        assert (await rig.pending(), await rig.status(session)) == ([], "idle")
