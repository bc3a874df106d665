import asyncio
import re

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ModelResponse, TextDelta
from liteagent.models.contract import Fault, ModelError
from liteagent.testing import ScriptedModel, UnexpectedRequestError, call, calls, fails, says
from liteagent.testing.answers import Answer


def asking(*messages: ChatMessage) -> ModelRequest:
    return ModelRequest(model="m", messages=messages)


def user(text: str) -> ChatMessage:
    return ChatMessage(role="user", content=text)


def result(text: str) -> ChatMessage:
    return ChatMessage(role="tool", content=text, tool_call_id="c", name="weather")


async def whole(model: ScriptedModel, request: ModelRequest) -> ModelResponse:
    *deltas, last = [item async for item in model.stream(request)]
    assert isinstance(last, ModelResponse)
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == last.text
    return last


async def test_the_same_request_gets_the_same_answer_however_often_it_is_sent():
    model = ScriptedModel({"hello": says("Hi", " there")})
    assert [(await whole(model, asking(user("hello")))).text for _ in range(3)] == ["Hi there"] * 3


async def test_any_of_the_tool_results_at_the_end_is_a_cue():
    model = ScriptedModel({"weather?": calls(call("weather", city="Rome")), "sunny": "Go out."})
    first = await whole(model, asking(user("weather?")))
    assert (first.finish_reason, first.tool_calls[0].arguments) == (
        "tool_calls",
        '{"city": "Rome"}',
    )
    request = asking(user("weather?"), result("sunny"), result("windy"))
    assert (await whole(model, request)).text == "Go out."


async def test_patterns_and_predicates_are_cues_too():
    model = ScriptedModel()
    model.on(re.compile("^tell"), "a story")
    model.on(lambda request: len(request.messages) > 1, lambda request: says(request.model))
    assert (await whole(model, asking(user("tell me")))).text == "a story"
    assert (await whole(model, asking(user("a"), user("b")))).text == "m"


async def test_a_surprising_request_is_named():
    model = ScriptedModel({"hello": "Hi"})
    with pytest.raises(UnexpectedRequestError, match="No scripted answer to 'bye' of m"):
        await whole(model, asking(user("bye")))


async def test_rules_that_never_answered_are_listed():
    model = ScriptedModel({"hello": "Hi", "bye": "Bye"})
    await whole(model, asking(user("bye")))
    assert model.unused() == ["hello"]


async def test_a_scripted_fault_comes_after_the_pieces_before_it():
    model = ScriptedModel({"hello": fails(Fault.RATE_LIMITED, "Hi", retry_after=7)})
    stream = model.stream(asking(user("hello")))
    assert await anext(stream) == TextDelta("Hi")
    with pytest.raises(ModelError) as caught:
        await anext(stream)
    assert (caught.value.fault, caught.value.retry_after) == (Fault.RATE_LIMITED, 7)


async def test_armed_faults_are_spent_one_by_one_and_then_the_script_answers():
    model = ScriptedModel({"hello": "Hi"})
    model.fail(Fault.TRANSIENT, Fault.TIMEOUT)
    for fault in (Fault.TRANSIENT, Fault.TIMEOUT):
        with pytest.raises(ModelError) as caught:
            await whole(model, asking(user("hello")))
        assert caught.value.fault is fault
    assert (await whole(model, asking(user("hello")))).text == "Hi"


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_a_gate_holds_the_stream_where_it_stands(position: int):
    gate = asyncio.Event()
    model = ScriptedModel({"hello": Answer(pieces=("a", "b"), gate=gate, gate_after=position)})
    stream = model.stream(asking(user("hello")))
    seen = [await anext(stream) for _ in range(position)]
    assert seen == [TextDelta(piece) for piece in ("a", "b")[:position]]
    pending = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    assert not pending.done()
    gate.set()
    await pending
