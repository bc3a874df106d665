"""The official client, unmodified, and responses that outlive every replica."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from liteagent.models import Fault
from liteagent.testing import ScriptedModel
from liteagent.testing.answers import Answer
from liteagent.testing.runtime import AGENT
from tests.gateway.door import Door, MakeDoor, collect

WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "description": "Tells it.",
    "parameters": {"type": "object"},
    "strict": False,
}


def text_of(events: list[Any]) -> str:
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


async def test_a_response_in_one_piece(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model=AGENT, input="hello")
    assert response.status == "completed"
    assert response.output_text == "Hello there."
    assert response.usage is not None
    assert response.usage.total_tokens == 18
    assert await client.responses.retrieve(response.id) == response


async def test_the_streaming_helper_gives_the_final_response(client: AsyncOpenAI) -> None:
    async with client.responses.stream(model=AGENT, input="look") as stream:
        events = await collect(stream)
        response = await stream.get_final_response()
    assert text_of(events) == response.output_text == "Let me look.It is up."
    assert [item.type for item in response.output] == ["message", "mcp_call", "message"]
    assert [getattr(item, "phase", None) for item in response.output] == [
        "commentary",
        None,
        "final_answer",
    ]
    call: Any = response.output[1]
    assert (call.name, call.output, call.server_label) == ("look", "did look", "liteagent")


async def test_a_stream_goes_on_at_another_replica_wherever_it_was_cut(
    door: Door, client: AsyncOpenAI
) -> None:
    whole = await collect(await client.responses.create(model=AGENT, input="look", stream=True))
    response_id = whole[0].response.id
    async with door.served() as address, door.openai(address) as other:
        for position, event in enumerate(whole):
            rest = await collect(
                await other.responses.retrieve(
                    response_id, stream=True, starting_after=event.sequence_number
                )
            )
            seen = whole[: position + 1]
            assert text_of(seen + rest) == "Let me look.It is up."
            numbers = [event.sequence_number for event in seen + rest]
            assert numbers == sorted(set(numbers))
            assert (seen + rest)[-1].type == "response.completed"
        async with other.responses.stream(
            response_id=response_id, starting_after=whole[3].sequence_number
        ) as stream:
            final = await stream.get_final_response()
    assert final.output_text == "Let me look.It is up."


async def test_a_stream_goes_on_where_its_replica_was_killed(make_door: MakeDoor) -> None:
    gate = asyncio.Event()
    slow = Answer(pieces=("One ", "two ", "three."), gate=gate, gate_after=2)
    async with make_door(model=ScriptedModel({"slow": slow})) as door:
        seen: list[Any] = []
        async with (
            door.served(kill=True) as address,
            door.openai(address, max_retries=0) as client,
            await client.responses.create(model=AGENT, input="slow", stream=True) as stream,
        ):
            while text_of(seen) != "One two ":
                seen.append(await anext(stream))
        async with door.served() as address, door.openai(address) as other:
            resumed = await other.responses.retrieve(
                seen[0].response.id, stream=True, starting_after=seen[-1].sequence_number
            )
            gate.set()
            rest = await collect(resumed)
    assert text_of(seen + rest) == "One two three."
    assert rest[-1].response.output_text == "One two three."


async def test_an_answer_that_died_with_its_host_is_closed_and_begun_again(
    make_door: MakeDoor,
) -> None:
    gate = asyncio.Event()
    slow = Answer(pieces=("One ", "two ", "three."), gate=gate, gate_after=2)
    async with make_door(model=ScriptedModel({"slow": slow})) as door:
        async with door.served(kill=True) as address, door.openai(address) as client:
            seen: list[Any] = []
            stream = await client.responses.create(model=AGENT, input="slow", stream=True)
            while text_of(seen) != "One two ":
                seen.append(await anext(stream))
            gate.set()
            await door.rig.restart()
            await stream.close()
        async with door.served() as address, door.openai(address) as other:
            rest = await collect(
                await other.responses.retrieve(
                    seen[0].response.id, stream=True, starting_after=seen[-1].sequence_number
                )
            )
    closed = [event.item for event in rest if event.type == "response.output_item.done"]
    assert [item.status for item in closed] == ["incomplete", "completed"]
    assert text_of(rest) == "One two three."
    assert [event.output_index for event in rest if event.type.endswith("text.delta")] == [1]


async def test_a_background_response_is_fetched_later(door: Door, client: AsyncOpenAI) -> None:
    door.rig.sink.hold("look")
    begun = await client.responses.create(model=AGENT, input="look", background=True)
    assert begun.status == "in_progress"
    door.rig.sink.release("look")
    await door.rig.settle()
    done = await client.responses.retrieve(begun.id)
    assert (done.status, done.output_text) == ("completed", "Let me look.It is up.")


async def test_a_response_is_found_after_a_restart(door: Door, client: AsyncOpenAI) -> None:
    response = await client.responses.create(model=AGENT, input="hello")
    await door.rig.restart()
    async with door.served() as address, door.openai(address) as other:
        assert await other.responses.retrieve(response.id) == response


async def test_previous_responses_and_conversations_are_remembered(
    door: Door, client: AsyncOpenAI
) -> None:
    first = await client.responses.create(
        model=AGENT, input="hello", instructions="Be brief.", conversation="c1"
    )
    assert first.conversation is not None
    assert first.conversation.id == "c1"
    await client.responses.create(model=AGENT, input="again", conversation="c1")
    last = await client.responses.create(model=AGENT, input="more", previous_response_id=first.id)
    said = [message.content for message in door.rig.model.requests[-1].messages]
    assert said[1:] == ["hello", "Hello there.", "again", "ok", "more"]
    assert "Be brief." in said[0]
    assert last.previous_response_id == first.id
    with pytest.raises(openai.BadRequestError):
        await client.responses.create(
            model=AGENT, input="x", conversation="c1", previous_response_id=first.id
        )


async def test_the_clients_tools_are_functions_to_call(door: Door, client: AsyncOpenAI) -> None:
    asked = await client.responses.create(model=AGENT, input="weather", tools=[WEATHER])
    call: Any = asked.output[-1]
    assert (call.type, call.name, call.arguments) == (
        "function_call",
        "weather",
        '{"city": "Ulm"}',
    )
    outcome: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "rainy"}
    remembered = await client.responses.create(
        model=AGENT, previous_response_id=asked.id, input=[outcome], tools=[WEATHER]
    )
    assert remembered.output_text == "Take an umbrella."
    repeated: Any = [{"role": "user", "content": "weather"}, call.to_dict(), outcome]
    stateless = await client.responses.create(model=AGENT, input=repeated, tools=[WEATHER])
    assert stateless.output_text == "Take an umbrella."
    for request in door.rig.model.requests[-2:]:
        roles = [message.role for message in request.messages]
        assert roles == ["system", "user", "assistant", "tool"]


async def test_mixed_calls_are_run_or_handed_over_each_where_it_belongs(
    door: Door, client: AsyncOpenAI
) -> None:
    asked = await client.responses.create(model=AGENT, input="mixed", tools=[WEATHER])
    assert [item.type for item in asked.output] == ["mcp_call", "function_call"]
    call: Any = asked.output[-1]
    outcome: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "rainy"}
    await client.responses.create(previous_response_id=asked.id, input=[outcome], tools=[WEATHER])
    said = [message.content for message in door.rig.model.requests[-1].messages[3:]]
    assert said == ["did look", "rainy"]


async def test_a_response_is_cancelled(door: Door, client: AsyncOpenAI) -> None:
    door.rig.sink.hold("look")
    begun = await client.responses.create(model=AGENT, input="look", background=True)
    assert (await client.responses.cancel(begun.id)).status == "cancelled"
    await door.rig.settle()
    assert (await client.responses.retrieve(begun.id)).status == "cancelled"
    door.rig.sink.release("look")


async def test_a_response_that_fails_says_why(door: Door, client: AsyncOpenAI) -> None:
    door.rig.model.fail(Fault.CONTEXT_TOO_LONG)
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(model=AGENT, input="hello")
    assert caught.value.code == "context_length_exceeded"
    door.rig.model.fail(Fault.CONTEXT_TOO_LONG)
    events = await collect(await client.responses.create(model=AGENT, input="hello", stream=True))
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.code == "context_length_exceeded"


async def test_the_input_of_a_response_is_listed(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model=AGENT, input="hello")
    page = await client.responses.input_items.list(response.id)
    item: Any = page.data[0]
    assert item.content[0].text == "hello"


@pytest.mark.parametrize("response_id", ["resp_none", "nonsense", "resp_1-7"])
async def test_what_is_no_response_is_not_found(
    door: Door, client: AsyncOpenAI, response_id: str
) -> None:
    await client.responses.create(model=AGENT, input="hello")
    with pytest.raises(openai.NotFoundError) as caught:
        await client.responses.retrieve(response_id)
    assert caught.value.code == "response_not_found"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"input": ""}, "input[0].content"),
        ({"input": []}, "input"),
        ({"input": 7}, "input"),
        ({"input": ["hello"]}, "input"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0]"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
            "input[0].content[0]",
        ),
        ({"input": [{"role": "user", "content": 7}]}, "input[0].content"),
        ({"input": [{"type": "function_call", "name": "x"}]}, "input[0].call_id"),
        ({"input": [{"type": "mcp_approval_response"}]}, "input[0]"),
        ({"model": None}, "model"),
        ({"previous_response_id": "resp_no"}, "previous_response_id"),
    ],
)
async def test_what_cannot_be_is_said_with_its_place(
    client: AsyncOpenAI, body: Any, place: str
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        await client.post(
            "/responses", body={"model": AGENT, "input": "hello", **body}, cast_to=object
        )
    assert caught.value.param == place


async def test_a_response_that_stands_alone_is_deleted_with_all_it_wrote(
    door: Door, client: AsyncOpenAI
) -> None:
    said = await client.responses.create(model=AGENT, input="hello")
    await client.responses.delete(said.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(said.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.delete(said.id)
    assert (await door.rig.sessions.list()).items == ()

    again = await client.responses.create(model=AGENT, input="hello")
    async with door.http() as http:
        deleted = await http.delete(f"/v1/responses/{again.id}")
    assert deleted.json() == {"id": again.id, "object": "response", "deleted": True}


async def test_a_part_of_a_conversation_is_not_deleted_and_what_would_be_is_said(
    door: Door, client: AsyncOpenAI
) -> None:
    first = await client.responses.create(model=AGENT, input="hello")
    second = await client.responses.create(input="hello", previous_response_id=first.id)
    waiting = await client.responses.create(model=AGENT, input="restart")
    named = await client.responses.create(model=AGENT, input="hi", conversation="ours")
    named = await client.responses.create(model=AGENT, input="hi", conversation="ours")
    for response in (first, second, waiting, named):
        with pytest.raises(openai.BadRequestError, match="DELETE /api/sessions/"):
            await client.responses.delete(response.id)
        assert (await client.responses.retrieve(response.id)).id == response.id
