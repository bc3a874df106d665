"""A process may die anywhere: nothing is lost, and nothing happens twice that must not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from liteagent.approvals import ApprovalTakenError, NotAnApproverError
from liteagent.errors import ValidationError
from liteagent.journal import POINTS
from liteagent.testing import call, calls
from liteagent.testing.people import person
from liteagent.testing.runtime import AgentRig, HostDiedError
from liteagent.testing.sink import Probe, Sink
from tests.fixtures.rigs import script

EFFECTS = ("pure", "idempotent", "reconcilable", "unsafe")
IN_A_TURN = [point for point in POINTS if point.startswith(("model.", "tool.", "approval."))]


def restarting(effect: str, *, gated: bool = True, probe: Probe = bool, **agent: Any) -> AgentRig:
    """An agent whose tool `restart` has this effect class."""
    sink = Sink()
    restart = sink.tool(
        "restart",
        effect=effect,  # type: ignore[arg-type]
        approval="always" if gated else None,
        probe=probe,
    )
    return AgentRig(script(), [restart], sink=sink, **agent)


async def insist(rig: AgentRig, work: Callable[[], Awaitable[Any]]) -> Any:
    """Do it as any client does: where nobody answered, do it again once somebody is there."""
    try:
        return await work()
    except HostDiedError:
        await rig.restart()
        return await work()


async def through(rig: AgentRig) -> str:
    """One gated turn, its process restarted when it has died, every question approved once."""
    session = await rig.session()
    await insist(rig, lambda: rig.say(session, "go", key="k"))
    for _ in range(4):
        if rig.is_dead:
            await rig.restart()
        for item in await rig.inbox.pending():
            if item["kind"] == "tool":
                await insist(rig, lambda id=item["id"]: _approve_if_open(rig, id))
    return session


async def _approve_if_open(rig: AgentRig, approval_id: str) -> None:
    if approval_id in await rig.pending():
        await rig.decide(approval_id)


@pytest.mark.parametrize("gated", [True, False], ids=["gated", "free"])
@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("point", IN_A_TURN)
async def test_at_every_point_nothing_is_lost_and_nothing_done_twice(
    point: str, effect: str, gated: bool
) -> None:
    async with restarting(effect, gated=gated) as rig:
        rig.crash_at(point)
        session = await through(rig)
        assert not gated or rig.owner != "host-1", "it never died"
        unknown = [item for item in await rig.inbox.pending() if item["kind"] != "tool"]
        if unknown:
            assert effect == "unsafe"
            await rig.decide(unknown[0]["id"], "respond", content="it did happen")
        types = await rig.types(session)
        assert types.count("message.received") == 1
        assert types.count("turn.completed") == 1
        assert types.count("message.sent") == 1
        assert await rig.status(session) == "idle"
        assert len({done.key for done in rig.sink.done}) <= 1
        if effect in ("unsafe", "reconcilable"):
            assert len(rig.sink.done) <= 1
        if not unknown:
            assert len({done.key for done in rig.sink.done}) == 1
        await the_log_is_sound(rig, session)


async def the_log_is_sound(rig: AgentRig, session: str) -> None:
    """Gapless, its epochs never fall, and no grant is used twice."""
    events = await rig.log(session)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    epochs = [event.epoch for event in events]
    assert epochs == sorted(epochs)
    begun = [event.data for event in events if event.type == "tool.started"]
    used = [data["approval_id"] for data in begun if "approval_id" in data]
    assert len(used) == len(set(used))


@pytest.mark.parametrize("effect", EFFECTS)
async def test_dying_at_every_point_one_after_the_other_still_ends_well(effect: str) -> None:
    async with restarting(effect) as rig:
        session = await rig.session()
        for point in IN_A_TURN:
            rig.crash_at(point)
            await insist(rig, lambda point=point: rig.say(session, "go", key=point))
            for _ in range(3):
                if rig.is_dead:
                    await rig.restart()
                for item in await rig.inbox.pending():
                    verb = "approve" if item["kind"] == "tool" else "reject"
                    await insist(
                        rig, lambda id=item["id"], verb=verb: _decide_if_open(rig, id, verb)
                    )
        types = await rig.types(session)
        assert types.count("turn.completed") == len(IN_A_TURN) == types.count("message.sent")
        assert await rig.status(session) == "idle"
        keys = [done.key for done in rig.sink.done]
        if effect in ("unsafe", "reconcilable"):
            assert len(keys) == len(set(keys))
        await the_log_is_sound(rig, session)


async def _decide_if_open(rig: AgentRig, approval_id: str, verb: str) -> None:
    if approval_id in await rig.pending():
        await rig.decide(approval_id, verb)


# -- what becomes of a call whose outcome is lost


async def died_during_the_call(rig: AgentRig, point: str = "tool.after-effect") -> str:
    session = await rig.session()
    await rig.say(session, "go")
    rig.crash_at(point)
    with suppress(HostDiedError):
        await rig.decide("apr_1")
    await rig.restart()
    return session


async def test_a_pure_tool_simply_runs_again() -> None:
    async with restarting("pure") as rig:
        session = await died_during_the_call(rig)
        assert len(rig.sink.done) == 2
        assert (await rig.types(session))[-1] == "turn.completed"
        assert [data["attempt"] for data in await rig.of_type(session, "tool.started")] == [1, 2]


async def test_an_idempotent_tool_runs_again_under_the_same_key_and_nobody_is_asked_again() -> None:
    async with restarting("idempotent") as rig:
        session = await died_during_the_call(rig)
        assert len(rig.sink.done) == 2
        assert len({done.key for done in rig.sink.done}) == 1
        assert (await rig.types(session)).count("approval.requested") == 1
        assert (await rig.types(session))[-1] == "turn.completed"


@pytest.mark.parametrize("point", ["tool.after-intent", "tool.after-effect"])
async def test_a_reconcilable_tool_is_probed_and_runs_again_only_if_it_did_not_happen(
    point: str,
) -> None:
    async with restarting("reconcilable") as rig:
        session = await died_during_the_call(rig, point)
        assert rig.sink.probed == ["restart"]
        assert len(rig.sink.done) == 1
        (outcome,) = await rig.of_type(session, "tool.succeeded")
        happened = point == "tool.after-effect"
        assert outcome.get("source") == ("probe" if happened else None)
        assert (await rig.types(session))[-1] == "turn.completed"


def _raises(happened: bool) -> None:
    raise RuntimeError("the probe's own trouble")


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (lambda happened: None, "Its probe could not tell"),
        (lambda happened: "yes", "Its probe could not tell"),
        (lambda happened: 1, "Its probe could not tell"),
        (_raises, "Its probe failed: RuntimeError"),
    ],
    ids=["none", "a text", "a number", "raises"],
)
async def test_where_the_probe_cannot_tell_a_person_is_asked(probe: Probe, said: str) -> None:
    async with restarting("reconcilable", probe=probe) as rig:
        session = await died_during_the_call(rig)
        (asked,) = await rig.inbox.pending()
        assert asked["kind"] == "unknown_outcome"
        assert said in asked["note"]
        assert len(rig.sink.done) == 1
        assert (await rig.types(session))[-2:] == ["tool.unknown", "approval.requested"]


async def test_a_crash_during_the_probe_probes_again() -> None:
    async with restarting("reconcilable") as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.crash_at("tool.after-effect")
        await rig.decide("apr_1")
        rig.crash_at("tool.after-effect")
        await rig.restart()
        assert rig.is_dead
        await rig.restart()
        assert rig.sink.probed == ["restart", "restart"]
        assert len(rig.sink.done) == 1
        assert (await rig.types(session))[-1] == "turn.completed"


@pytest.mark.parametrize("point", ["tool.after-intent", "tool.after-effect"])
async def test_of_an_unsafe_tool_a_person_is_asked_and_nothing_runs_meanwhile(point: str) -> None:
    async with restarting("unsafe") as rig:
        session = await died_during_the_call(rig, point)
        (asked,) = await rig.inbox.pending()
        assert (asked["kind"], asked["args"]) == ("unknown_outcome", {"name": "web"})
        assert await rig.status(session) == "waiting"
        happened = 1 if point == "tool.after-effect" else 0
        assert len(rig.sink.done) == happened
        await rig.restart()
        await rig.restart()
        assert len(rig.sink.done) == happened
        assert [item["id"] for item in await rig.inbox.pending()] == [asked["id"]]
        await rig.say(session, "hello")
        assert (await rig.types(session)).count("turn.completed") == 1


async def test_approving_an_unknown_outcome_runs_the_call_again_once() -> None:
    async with restarting("unsafe") as rig:
        session = await died_during_the_call(rig)
        (asked,) = await rig.pending()
        await rig.decide(asked)
        assert len(rig.sink.done) == 2
        assert (await rig.types(session))[-1] == "turn.completed"
        assert await rig.pending() == []


async def test_responding_to_an_unknown_outcome_supplies_it() -> None:
    async with restarting("unsafe") as rig:
        session = await died_during_the_call(rig)
        (asked,) = await rig.pending()
        await rig.decide(asked, "respond", content="it is restarted, I looked")
        assert len(rig.sink.done) == 1
        assert rig.model.requests[-1].messages[-1].content == "it is restarted, I looked"
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_rejecting_an_unknown_outcome_settles_it_as_failed() -> None:
    async with restarting("unsafe") as rig:
        session = await died_during_the_call(rig)
        (asked,) = await rig.pending()
        await rig.decide(asked, "reject", reason="leave it")
        assert len(rig.sink.done) == 1
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "unknown_outcome"
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_an_unknown_outcome_cannot_be_edited() -> None:
    async with restarting("unsafe") as rig:
        await died_during_the_call(rig)
        (asked,) = await rig.pending()
        with pytest.raises(ValidationError, match="cannot be edited"):
            await rig.decide(asked, "edit", args={"name": "x"})
        assert await rig.pending() == [asked]


async def test_a_second_crash_after_running_again_asks_again() -> None:
    async with restarting("unsafe") as rig:
        session = await died_during_the_call(rig)
        (first,) = await rig.pending()
        rig.crash_at("tool.after-effect")
        await rig.decide(first)
        await rig.restart()
        (second,) = await rig.pending()
        assert second != first
        assert len(rig.sink.done) == 2
        await rig.decide(second, "respond", content="enough")
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_the_approvers_of_the_tool_decide_on_its_unknown_outcome() -> None:
    rule = {"approvers": {"users": ["bob"]}, "expires": "10m", "on_expiry": "deny"}
    async with restarting("unsafe", approval={"restart": rule}) as rig:
        session = await died_during_the_call(rig)
        (asked,) = await rig.pending()
        with pytest.raises(NotAnApproverError):
            await rig.decide(asked, by=person("carol"))
        await rig.advance(3_600)
        assert await rig.pending() == [asked]
        await rig.decide(asked, "respond", content="done")
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_an_unsafe_tool_that_nobody_gates_is_asked_about_all_the_same() -> None:
    async with restarting("unsafe", gated=False) as rig:
        session = await rig.session()
        rig.crash_at("tool.after-effect")
        await rig.say(session, "go")
        await rig.restart()
        (asked,) = await rig.inbox.pending()
        assert asked["kind"] == "unknown_outcome"
        assert len(rig.sink.done) == 1


async def test_a_tool_that_was_taken_away_meanwhile_is_an_unknown_outcome() -> None:
    async with restarting("pure") as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.crash_at("tool.after-effect")
        await rig.decide("apr_1")
        rig.agents.change(tools=())
        await rig.restart()
        (asked,) = await rig.inbox.pending()
        assert asked["kind"] == "unknown_outcome"
        await rig.decide(asked["id"])
        assert len(rig.sink.done) == 1
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "tool_missing"


async def test_the_effect_class_that_held_when_the_call_began_decides() -> None:
    async with restarting("unsafe") as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.crash_at("tool.after-effect")
        await rig.decide("apr_1")
        rig.tools = (rig.sink.tool("restart", effect="pure", approval="always"),)
        await rig.restart()
        assert [item["kind"] for item in await rig.inbox.pending()] == ["unknown_outcome"]
        assert len(rig.sink.done) == 1
        assert await rig.status(session) == "waiting"


async def test_tools_that_waited_for_a_place_run_after_the_crash() -> None:
    sink = Sink()
    model = script({"all": calls(*(call("look", f"{n}", n=n) for n in range(40)))})
    async with AgentRig(model, [sink.tool("look", effect="idempotent")], sink=sink) as rig:
        session = await rig.session()
        rig.crash_at("tool.after-effect", nth=5)
        await rig.say(session, "all")
        await rig.restart()
        assert {args["n"] for args in sink.calls()} == set(range(40))
        assert len({done.key for done in sink.done}) == 40
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_an_approval_outlives_any_number_of_restarts() -> None:
    async with restarting("unsafe") as rig:
        session = await rig.session()
        await rig.say(session, "go")
        for _ in range(5):
            await rig.restart()
            assert await rig.pending() == ["apr_1"]
        await rig.decide("apr_1")
        assert len(rig.sink.done) == 1
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_message_whose_receipt_nobody_heard_is_taken_once() -> None:
    async with restarting("unsafe") as rig:
        session = await rig.session()
        rig.crash_at("model.after-intent")
        with pytest.raises(HostDiedError):
            await rig.say(session, "hello", key="k")
        await rig.restart()
        await rig.say(session, "hello", key="k")
        types = await rig.types(session)
        assert types.count("message.received") == types.count("message.sent") == 1


async def test_a_decision_whose_answer_nobody_heard_holds_once() -> None:
    async with restarting("unsafe") as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.crash_at("approval.after-reply")
        with pytest.raises(HostDiedError):
            await rig.decide("apr_1")
        await rig.restart()
        with pytest.raises(ApprovalTakenError):
            await rig.decide("apr_1")
        assert (await rig.types(session)).count("approval.decided") == 1
        assert len(rig.sink.done) <= 1
