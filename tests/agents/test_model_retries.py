"""A model that fails is asked again, or another one is; a restart changes nothing of that."""

from __future__ import annotations

import pytest

from liteagent.messages import ModelRequest
from liteagent.models import Fault
from liteagent.testing import Answer, ScriptedModel, call, calls, fails, says
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import gated

PAUSES = (1.0, 2.0, 4.0)


def asked(rig: AgentRig) -> list[str]:
    return [request.model for request in rig.model.requests]


@pytest.mark.parametrize("fault", [Fault.TRANSIENT, Fault.TIMEOUT, Fault.RATE_LIMITED])
async def test_what_can_pass_is_tried_again_after_growing_pauses(fault: Fault) -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.model.fail(fault, fault, fault)
        await rig.say(session, "hello")
        for tries, pause in enumerate(PAUSES, 1):
            await rig.advance(pause - 0.01)
            assert len(rig.model.requests) == tries
            await rig.advance(0.01)
            assert len(rig.model.requests) == tries + 1
        assert (await rig.types(session))[-1] == "turn.completed"
        (completed,) = await rig.of_type(session, "turn.completed")
        assert completed["iterations"] == 1


@pytest.mark.parametrize(
    "fault", [Fault.AUTH, Fault.UNKNOWN_MODEL, Fault.CONTEXT_TOO_LONG, Fault.REFUSED, Fault.INVALID]
)
async def test_what_cannot_pass_is_not_tried_again(fault: Fault) -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.model.fail(fault)
        await rig.say(session, "hello")
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == fault.value
        assert len(rig.model.requests) == 1
        await rig.say(session, "hello")
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_model_that_fails_four_times_is_given_up() -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.model.fail(*[Fault.TRANSIENT] * 4)
        await rig.say(session, "hello")
        await rig.advance(60)
        assert len(rig.model.requests) == 4
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == "transient"
        assert await rig.status(session) == "idle"


async def test_the_next_model_of_the_chain_is_asked_at_once() -> None:
    async with gated(model=("scripted/one", "scripted/two")) as rig:
        session = await rig.session()
        rig.model.fail(Fault.AUTH)
        await rig.say(session, "hello")
        assert asked(rig) == ["one", "two"]
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_only_when_every_model_failed_the_first_is_asked_again() -> None:
    async with gated(model=("scripted/one", "scripted/two")) as rig:
        session = await rig.session()
        rig.model.fail(Fault.TRANSIENT, Fault.TRANSIENT)
        await rig.say(session, "hello")
        assert asked(rig) == ["one", "two"]
        await rig.advance(1)
        assert asked(rig) == ["one", "two", "one"]


async def test_a_pause_that_the_provider_asks_for_is_kept() -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.model.fail(Fault.RATE_LIMITED, retry_after=20.0)
        await rig.say(session, "hello")
        await rig.advance(19.9)
        assert len(rig.model.requests) == 1
        await rig.advance(0.1)
        assert len(rig.model.requests) == 2


async def test_a_provider_that_asks_for_too_long_a_pause_is_given_up() -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.model.fail(Fault.RATE_LIMITED, retry_after=3_600.0)
        await rig.say(session, "hello")
        assert (await rig.types(session))[-1] == "turn.failed"


async def test_a_pause_outlives_the_process() -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.model.fail(Fault.RATE_LIMITED, retry_after=20.0)
        await rig.say(session, "hello")
        await rig.advance(5)
        await rig.restart()
        assert len(rig.model.requests) == 1
        await rig.advance(14.9)
        assert len(rig.model.requests) == 1
        await rig.advance(0.1)
        assert len(rig.model.requests) == 2
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_what_was_tried_before_a_crash_counts_after_it() -> None:
    async with gated(model=("scripted/one", "scripted/two")) as rig:
        session = await rig.session()
        rig.model.fail(Fault.AUTH, Fault.TRANSIENT)
        await rig.say(session, "hello")
        await rig.restart()
        await rig.advance(1)
        assert asked(rig) == ["one", "two", "two"]
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_crash_while_the_model_answers_is_no_failure_of_the_model() -> None:
    async with gated() as rig:
        session = await rig.session()
        for _ in range(6):
            rig.crash_at("model.after-effect")
            await rig.say(session, "hello") if not rig.model.requests else await rig.settle()
            await rig.restart()
        assert (await rig.types(session))[-1] == "turn.completed"
        assert (await rig.types(session)).count("message.sent") == 1


async def test_an_empty_answer_is_asked_for_again() -> None:
    async with gated({"hello": says("  ")}) as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        await rig.advance(60)
        assert len(rig.model.requests) == 4
        (failed,) = await rig.of_type(session, "turn.failed")
        assert failed["error"]["kind"] == "empty"


async def test_an_answer_that_breaks_off_is_replaced_by_the_next_try() -> None:
    async with gated() as rig:
        session = await rig.session()
        breaks_off = [fails(Fault.TRANSIENT, "I was saying")]
        rig.model.on("tell", lambda _: breaks_off.pop() if breaks_off else says("ok"))
        await rig.say(session, "tell")
        await rig.advance(1)
        assert [m["text"] for m in await rig.of_type(session, "message.sent")] == ["ok"]
        shown = rig.model.requests[-1].messages
        assert all("I was saying" not in message.content for message in shown)


async def test_a_failure_in_the_middle_of_a_turn_runs_no_tool_again() -> None:
    async with gated({"see": calls(call("look", name="db"))}) as rig:
        session = await rig.session()
        rig.sink.hold("look")
        await rig.say(session, "see")
        rig.model.fail(Fault.TRANSIENT)
        rig.sink.release("look")
        await rig.settle()
        assert (await rig.types(session))[-1] == "model.failed"
        await rig.advance(1)
        assert (await rig.types(session))[-1] == "turn.completed"
        assert rig.sink.calls("look") == [{"name": "db"}]


async def test_a_turn_that_waits_to_try_again_keeps_no_other_turn_from_the_model() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        rig.model.fail(Fault.RATE_LIMITED, retry_after=60.0)
        await rig.say(session, "hello")
        await rig.decide("apr_1")
        await rig.advance(5)
        ended = await rig.of_type(session, "turn.completed")
        assert [data["turn_id"] for data in ended] == ["turn_1"]
        await rig.advance(60)
        assert (await rig.types(session)).count("turn.completed") == 2


class _Broken(ScriptedModel):
    async def stream(self, request: ModelRequest):
        raise KeyError("a provider's defect")
        yield


async def test_a_provider_that_breaks_its_contract_fails_the_turn_and_nothing_else() -> None:
    async with AgentRig(_Broken()) as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        (failed,) = await rig.of_type(session, "turn.failed")
        assert "It broke inside LiteAgent: KeyError" in failed["error"]["message"]
        assert await rig.status(session) == "idle"


async def test_a_model_that_thought_until_its_tokens_were_gone_is_said_to_have() -> None:
    async with gated({"hello": Answer(finish_reason="length")}) as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        (failed,) = await rig.of_type(session, "model.failed")
        assert failed["message"].startswith("scripted/model used up its tokens")
