"""Responses with the official client, as it comes."""

from __future__ import annotations

from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response

from tests.e2e.client import Native, sent, types
from tests.e2e.script import GREETING, LOOKING, STORY, Model
from tests.e2e.up import Up


async def test_a_response_is_what_the_journal_says(openai: AsyncOpenAI, native: Native) -> None:
    response = await openai.responses.create(model="storyteller", input="hello")

    assert (response.status, response.output_text) == ("completed", "".join(GREETING))
    assert response.usage is not None
    assert response.usage.total_tokens == 18
    assert response.conversation is not None
    assert sent(await native.journal(response.conversation.id)) == "".join(GREETING)
    again = await openai.responses.retrieve(response.id)
    assert again.output == response.output


async def test_a_streamed_response_tells_of_the_tool_and_of_every_piece_of_text(
    openai: AsyncOpenAI, up: Up
) -> None:
    async with openai.responses.stream(model="writer", input="note streamed") as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()

    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == LOOKING + "It is noted streamed." == final.output_text
    numbers = [event.sequence_number for event in events]
    assert numbers == sorted(set(numbers))
    (called,) = [item for item in final.output if item.type == "mcp_call"]
    assert (called.name, called.output) == ("note", "noted streamed")
    assert up.home.written("streamed") == 1


async def test_a_response_in_the_background_goes_on_alone(
    openai: AsyncOpenAI, model: Model
) -> None:
    started = await openai.responses.create(
        model="storyteller", input="tell background 3", background=True
    )
    assert started.status in ("queued", "in_progress")
    model.let("background")

    final = await followed(openai, started.id)

    assert (final.status, final.output_text) == ("completed", "".join(STORY))
    assert (await openai.responses.retrieve(started.id)).output_text == "".join(STORY)


async def followed(openai: AsyncOpenAI, response_id: str) -> Response:
    """The response when it is done."""
    async for event in await openai.responses.retrieve(response_id, stream=True):
        if event.type in ("response.completed", "response.incomplete", "response.failed"):
            return event.response
    raise AssertionError("the stream ended before the response")


def answer(request: Any, approve: bool) -> Any:
    decided = {"approval_request_id": request.id, "approve": approve}
    return [{"type": "mcp_approval_response", **decided}]


async def asked_to_publish(openai: AsyncOpenAI, line: str) -> tuple[Response, Any]:
    asked = await openai.responses.create(model="writer", input=f"publish {line}")
    assert asked.status == "completed"
    (request,) = [item for item in asked.output if item.type == "mcp_approval_request"]
    assert (request.name, request.server_label) == ("publish", "liteagent")
    assert line in request.arguments
    return asked, request


@pytest.mark.parametrize("streamed", [False, True])
async def test_what_is_approved_runs_once_however_often_it_is_approved(
    openai: AsyncOpenAI, up: Up, streamed: bool
) -> None:
    line = f"approved-{streamed}"
    asked, request = await asked_to_publish(openai, line)
    assert up.home.written(line) == 0

    body: Any = {
        "model": "writer",
        "previous_response_id": asked.id,
        "input": answer(request, True),
    }
    if streamed:
        async with openai.responses.stream(**body) as stream:
            first = await stream.get_final_response()
    else:
        first = await openai.responses.create(**body)
    second = await openai.responses.create(**body)

    assert first.output_text == f"It is published {line}." == second.output_text
    assert first.id == second.id != asked.id
    assert up.home.written(line) == 1


async def test_what_is_rejected_does_not_run(openai: AsyncOpenAI, up: Up) -> None:
    asked, request = await asked_to_publish(openai, "rejected")

    after = await openai.responses.create(
        model="writer", previous_response_id=asked.id, input=answer(request, False)
    )

    assert after.output_text == "Then not."
    assert up.home.written("rejected") == 0


async def test_a_response_that_is_cancelled_while_it_is_queued_is_never_begun(
    openai: AsyncOpenAI, native: Native, model: Model
) -> None:
    session = await native.session("storyteller")
    body: Any = {"model": "storyteller", "conversation": session, "background": True}
    first = await openai.responses.create(input="tell running 2", **body)
    queued = await openai.responses.create(input="tell queued 2", **body)

    cancelled = await openai.responses.cancel(queued.id)
    model.let("running")

    assert cancelled.status == "cancelled"
    assert (await followed(openai, first.id)).output_text == "".join(STORY)
    assert types(await native.journal(session)).count("turn.completed") == 1
    assert model.asked("tell queued 2") == 0
