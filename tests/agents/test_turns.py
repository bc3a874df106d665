"""A turn from its message to its end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from liteagent.errors import (
    AgentNotFoundError,
    ConflictError,
    SessionNotFoundError,
    ValidationError,
)
from liteagent.messages import ModelRequest, ToolCall
from liteagent.testing import Answer, ScriptedModel, call, calls, says
from liteagent.testing.runtime import ANN, AgentRig
from liteagent.testing.sink import Sink
from liteagent.tools import tool
from tests.fixtures.rigs import ANYTHING, gated, script

ENDS = ("turn.completed", "turn.failed", "turn.cancelled")


async def test_a_message_is_answered_and_everything_is_journaled_in_order() -> None:
    async with gated({"hello": says("Hi ", "there")}) as rig:
        session = await rig.session()
        receipt = await rig.say(session, "hello")
        events = await rig.log(session)
        assert [event.type for event in events] == [
            "session.created",
            "message.received",
            "turn.started",
            "model.requested",
            "model.responded",
            "message.sent",
            "turn.completed",
        ]
        assert [event.seq for event in events] == list(range(1, 8))
        assert {event.data["turn_id"] for event in events[1:]} == {receipt.turn_id}
        assert events[5].data["text"] == "Hi there"
        assert events[6].data["usage"] == {"input_tokens": 11, "output_tokens": 7}
        assert await rig.status(session) == "idle"


async def test_what_was_said_can_be_read_as_messages() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        asked, answered = await rig.sessions.messages(session)
        assert (asked["role"], asked["text"], asked["principal"]) == (
            "user",
            "hello",
            {"id": "ann", "name": "Ann"},
        )
        assert (answered["role"], answered["text"]) == ("assistant", "ok")


async def test_tools_of_one_answer_run_at_the_same_time_and_all_results_reach_the_model() -> None:
    sink = Sink()
    model = script({"go": calls(call("a", "1"), call("b", "2"))})
    async with AgentRig(model, [sink.tool("a"), sink.tool("b")], sink=sink) as rig:
        session = await rig.session()
        sink.hold("a")
        await rig.say(session, "go")
        assert [done.tool for done in sink.done] == ["b"]
        assert len(model.requests) == 1
        sink.release("a")
        await rig.settle()
        assert [m.content for m in model.requests[-1].messages[-2:]] == ["did a", "did b"]


async def test_no_more_than_sixteen_tools_of_a_session_run_at_a_time() -> None:
    sink = Sink()
    model = script({"all": calls(*(call("a", f"{n}", n=n) for n in range(40)))})
    async with AgentRig(model, [sink.tool("a")], sink=sink) as rig:
        session = await rig.session()
        sink.hold("a")
        await rig.say(session, "all")
        assert (await rig.types(session)).count("tool.started") == 16
        sink.release("a")
        await rig.settle()
        assert sorted(args["n"] for args in sink.calls()) == list(range(40))
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_of_ten_thousand_calls_in_one_answer_the_model_is_told_which_were_left_out() -> None:
    sink = Sink()
    model = script({"flood": calls(*(call("a", f"{n}", n=n) for n in range(10_000)))})
    async with AgentRig(model, [sink.tool("a")], sink=sink) as rig:
        session = await rig.session()
        await rig.say(session, "flood")
        assert len(sink.done) == 50
        (responded, _) = await rig.of_type(session, "model.responded")
        assert responded["dropped_calls"] == 9_950
        told = [m for m in model.requests[-1].messages if m.role == "assistant"]
        assert "9950 more tool calls were left out" in told[-1].content
        assert len(told[-1].tool_calls) == 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('{"name": ', "they are not JSON"),
        ("[1, 2]", "they are a list, not an object"),
        ('{"name": 7}', "`name`"),
        ("{}", "`name` is missing"),
        ('{"name": "x", "extra": 1}', "`extra` is no parameter"),
        ('{"name": NaN}', "they are not JSON"),
    ],
)
async def test_arguments_that_do_not_fit_are_told_to_the_model_journaled_and_never_run(
    arguments: str, said: str
) -> None:
    ran: list[str] = []

    @tool(approval="always")
    async def restart(name: str) -> str:
        """Restart."""
        ran.append(name)
        return "restarted"

    model = script({"do it": calls(ToolCall(id="c", name="restart", arguments=arguments))})
    async with AgentRig(model, [restart]) as rig:
        session = await rig.session()
        await rig.say(session, "do it")
        assert ran == []
        assert await rig.pending() == []
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "invalid_arguments"
        assert said in model.requests[-1].messages[-1].content
        assert (await rig.of_type(session, "tool.requested"))[0]["args"] is not None
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_a_tool_that_does_not_exist_is_told_to_the_model_with_those_that_do() -> None:
    async with gated({"do it": calls(call("reboot"))}) as rig:
        session = await rig.session()
        await rig.say(session, "do it")
        (failed,) = await rig.of_type(session, "tool.failed")
        assert failed["error"]["kind"] == "unknown_tool"
        assert "Your tools: restart, look" in rig.model.requests[-1].messages[-1].content


async def test_a_tool_of_another_agent_cannot_be_called() -> None:
    async with gated() as rig:
        rig.agents.change(tools=("look",))
        session = await rig.session()
        await rig.say(session, "go")
        assert rig.sink.done == []
        assert await rig.pending() == []
        offered = [schema.name for schema in rig.model.requests[0].tools]
        assert offered == ["look"]


async def test_a_tool_that_raises_is_told_to_the_model() -> None:
    @tool
    async def divide(by: int) -> float:
        """Divide."""
        return 1 / by

    model = script({"divide": calls(call("divide", by=0))})
    async with AgentRig(model, [divide]) as rig:
        session = await rig.session()
        await rig.say(session, "divide")
        assert "ZeroDivisionError" in model.requests[-1].messages[-1].content
        assert (await rig.types(session))[-1] == "turn.completed"


async def test_one_answer_is_waited_for_at_a_time_however_many_turns_are_open() -> None:
    open_calls = 0
    most = 0

    class Counted(ScriptedModel):
        async def stream(self, request: ModelRequest):
            nonlocal open_calls, most
            open_calls += 1
            most = max(most, open_calls)
            try:
                async for item in super().stream(request):
                    await asyncio.sleep(0)
                    yield item
            finally:
                open_calls -= 1

    model = Counted({"go": calls(call("restart", name="web"))})
    model.on(ANYTHING, "ok")
    sink = Sink()
    async with AgentRig(model, [sink.tool("restart", approval="always")], sink=sink) as rig:
        session = await rig.session()
        for _ in range(3):
            await rig.say(session, "go")
        await asyncio.gather(
            *(rig.decide(waiting) for waiting in await rig.pending()),
            rig.say(session, "hello"),
            rig.say(session, "hello again"),
        )
        assert most == 1
        assert (await rig.types(session)).count("turn.completed") == 5


async def test_a_result_that_comes_after_the_model_spoke_again_is_told_as_news() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.say(session, "hello")
        shown = rig.model.requests[-1].messages
        assert [m.role for m in shown] == ["system", "user", "assistant", "tool", "user"]
        assert "waits for a person's approval" in shown[3].content
        await rig.decide("apr_1")
        shown = rig.model.requests[-1].messages
        assert "waits for a person's approval" in shown[3].content
        assert shown[-1].role == "user"
        assert shown[-1].content == "[Result of restart, which you called earlier]\ndid restart"


async def test_a_result_that_comes_while_the_model_speaks_of_something_else_is_news_too() -> None:
    gate = asyncio.Event()
    async with gated({"hello": Answer(pieces=("Hi",), gate=gate)}) as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.say(session, "hello")
        await rig.decide("apr_1")
        assert rig.sink.calls() == [{"name": "web"}]
        gate.set()
        await rig.settle()
        shown = rig.model.requests[-1].messages
        assert [(m.role, m.content) for m in shown[-2:]] == [
            ("assistant", "Hi"),
            ("user", "[Result of restart, which you called earlier]\ndid restart"),
        ]
        assert (await rig.types(session)).count("turn.completed") == 2


async def test_the_model_is_never_left_with_its_own_words_last() -> None:
    gate = asyncio.Event()
    async with gated({"hello": Answer(pieces=("Hi",), gate=gate)}, overlap="steer") as rig:
        session = await rig.session()
        await rig.say(session, "hello")
        await rig.say(session, "and this")
        gate.set()
        await rig.settle()
        shown = rig.model.requests[-1].messages
        assert [(m.role, m.content) for m in shown[1:]] == [
            ("user", "hello"),
            ("assistant", "Hi"),
            ("user", "and this"),
        ]


async def test_an_answer_that_was_cut_before_its_first_word_leaves_no_empty_message() -> None:
    gate = asyncio.Event()
    async with gated({"wait": Answer(pieces=("x",), gate=gate)}) as rig:
        session = await rig.session()
        await rig.say(session, "wait")
        await rig.cancel(session)
        await rig.say(session, "hello")
        shown = rig.model.requests[-1].messages
        assert all(m.content or m.tool_calls for m in shown)


async def test_the_same_key_again_gets_the_same_receipt_and_one_turn() -> None:
    async with gated() as rig:
        session = await rig.session()
        first = await rig.say(session, "hello", key="k")
        assert await rig.say(session, "hello", key="k") == first
        await rig.restart()
        assert await rig.say(session, "hello", key="k") == first
        assert (await rig.types(session)).count("turn.completed") == 1


async def test_a_session_that_is_not_there_is_not_found_and_not_made() -> None:
    async with gated() as rig:
        for work in (
            rig.say("nope", "hello"),
            rig.cancel("nope"),
            rig.sessions.get("nope"),
            rig.sessions.messages("nope"),
            rig.sessions.fork("nope", 1),
            rig.sessions.delete("nope"),
            anext(rig.sessions.watch("nope")),
            anext(rig.sessions.converse("nope", "hello", principal=ANN)),
        ):
            with pytest.raises(SessionNotFoundError):
                await work
        assert (await rig.sessions.list()).items == ()


async def test_a_message_may_make_its_session() -> None:
    async with gated() as rig:
        for text in ("hello", "again"):
            await rig.sessions.send("made", text, principal=ANN, create_with="agent")
        await rig.settle()
        assert (await rig.types("made")).count("session.created") == 1
        assert (await rig.types("made")).count("turn.completed") == 2


async def test_an_id_that_is_taken_makes_no_second_session() -> None:
    async with gated() as rig:
        session = await rig.session()
        with pytest.raises(ConflictError):
            await rig.sessions.create("agent", principal=ANN, session_id=session)
        assert await rig.types(session) == ["session.created"]


async def test_an_agent_that_does_not_exist_has_no_sessions() -> None:
    async with gated() as rig:
        with pytest.raises(AgentNotFoundError, match="did you mean agent"):
            await rig.session("agnet")


async def test_a_turn_of_an_agent_that_is_gone_fails_with_a_sentence() -> None:
    async with gated() as rig:
        session = await rig.session()
        rig.agents.remove()
        await rig.say(session, "hello")
        (failed,) = await rig.of_type(session, "turn.failed")
        assert "No agent named 'agent'" in failed["error"]["message"]
        assert await rig.status(session) == "idle"


async def test_an_empty_message_is_refused() -> None:
    async with gated() as rig:
        session = await rig.session()
        for text in ("", "  \n\t"):
            with pytest.raises(ValidationError, match="empty"):
                await rig.say(session, text)


async def test_a_deleted_session_leaves_nothing() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.sessions.delete(session)
        assert await rig.types(session) == []
        assert await rig.pending() == []
        with pytest.raises(SessionNotFoundError):
            await rig.sessions.get(session)


async def test_sessions_are_listed_with_what_can_be_known_without_reading_them() -> None:
    async with gated() as rig:
        one, two = await rig.session(), await rig.session()
        await rig.advance(1)
        await rig.say(one, "go")
        listed = {item["id"]: item for item in (await rig.sessions.list()).items}
        assert (listed[one]["status"], listed[one]["pending_approvals"]) == ("waiting", 1)
        assert (listed[two]["status"], listed[two]["pending_approvals"]) == ("idle", 0)
        waiting = await rig.sessions.list(status="waiting")
        assert [item["id"] for item in waiting.items] == [one]


@pytest.mark.parametrize("command", ["create", "decide", "cancel", "fork"])
async def test_every_command_with_a_key_acts_once(command: str) -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        by: dict[str, Any] = {"principal": ANN.to_json(), "key": "cmd:1"}
        entity, asked = {
            "create": ("session/new", {"type": "create", "agent": "agent", **by}),
            "decide": (
                f"session/{session}",
                {"type": "decide", "approval_id": "apr_1", "decision": "approve", **by},
            ),
            "cancel": (f"session/{session}", {"type": "cancel", **by}),
            "fork": (
                "session/new",
                {
                    "type": "fork",
                    "from": session,
                    "at": 1,
                    "events": [(await rig.log(session))[0].to_json()],
                    **by,
                },
            ),
        }[command]
        first = await rig.runtime.ask(entity, asked)
        await rig.settle()
        before = await rig.types(entity.partition("/")[2])
        assert await rig.runtime.ask(entity, asked) == first
        await rig.settle()
        assert await rig.types(entity.partition("/")[2]) == before
