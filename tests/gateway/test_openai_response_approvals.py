"""An approval is an item of a response, and its answer goes on with the turn."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from liteagent.testing.runtime import AGENT
from tests.gateway.door import Door, MakeDoor, collect


def answer_to(approval_id: str, *, approve: bool = True) -> Any:
    """The item by which a client answers an approval."""
    return {
        "type": "mcp_approval_response",
        "approval_request_id": approval_id,
        "approve": approve,
    }


async def test_an_approval_is_an_item_and_its_answer_streams_the_rest_of_the_turn(
    door: Door, client: AsyncOpenAI
) -> None:
    waiting = await client.responses.create(model=AGENT, input="restart")
    assert waiting.status == "completed"
    request: Any = waiting.output[-1]
    assert request.type == "mcp_approval_request"
    assert (request.name, request.arguments) == ("restart", '{"name": "web"}')
    assert request.server_label == "liteagent"

    answer = answer_to(request.id)
    async with client.responses.stream(
        model=AGENT, previous_response_id=waiting.id, input=[answer]
    ) as stream:
        await collect(stream)
        rest = await stream.get_final_response()

    assert rest.output_text == "Restarted."
    assert [item.type for item in rest.output] == ["mcp_call", "message"]
    assert rest.usage is not None
    assert rest.usage.total_tokens == 18
    assert door.rig.sink.calls("restart") == [{"name": "web"}]
    # both stretches of the turn stay what they were, and saying it again runs nothing again
    assert (await client.responses.retrieve(waiting.id)).output == waiting.output
    assert (await client.responses.retrieve(rest.id)).output_text == "Restarted."
    again = await client.responses.create(
        model=AGENT, previous_response_id=waiting.id, input=[answer]
    )
    assert again.id == rest.id
    assert len(door.rig.sink.calls("restart")) == 1


async def test_of_two_approvals_one_is_answered_and_the_other_still_waits(
    door: Door, client: AsyncOpenAI
) -> None:
    waiting = await client.responses.create(model=AGENT, input="both")
    first, second = [item for item in waiting.output if item.type == "mcp_approval_request"]

    middle = await client.responses.create(
        previous_response_id=waiting.id, input=[answer_to(first.id)]
    )
    assert [item.type for item in middle.output] == ["mcp_call", "mcp_approval_request"]
    assert middle.output[-1].id == second.id
    last = await client.responses.create(
        previous_response_id=middle.id, input=[answer_to(second.id, approve=False)]
    )
    assert last.status == "completed"
    assert door.rig.sink.calls("restart") == [{"name": "web"}]


async def test_a_vote_that_decides_nothing_yet_leaves_the_question_standing(
    make_door: MakeDoor,
) -> None:
    rule = {"restart": {"quorum": 2}}
    async with make_door(approval=rule) as door, door.served() as address:
        bobs = await door.key("chat", "approve", principal_id="bob")
        async with door.openai(address) as ann, door.openai(address, bobs) as bob:
            waiting = await ann.responses.create(model=AGENT, input="restart")
            answer = answer_to(waiting.output[-1].id)
            voted = await ann.responses.create(previous_response_id=waiting.id, input=[answer])
            assert [item.type for item in voted.output] == ["mcp_approval_request"]
            assert door.rig.sink.calls("restart") == []
            done = await bob.responses.create(previous_response_id=voted.id, input=[answer])
            assert done.output_text == "Restarted."
    assert door.rig.sink.calls("restart") == [{"name": "web"}]


async def test_consent_is_to_what_the_previous_response_asked(make_door: MakeDoor) -> None:
    rule = {"restart": {"quorum": 2}}
    async with (
        make_door(approval=rule) as door,
        door.served() as address,
        door.openai(address) as client,
        door.http(await door.key("approve", principal_id="bob")) as bob,
    ):
        waiting = await client.responses.create(model=AGENT, input="restart")
        approval = waiting.output[-1].id
        edit = {"decision": "edit", "args": {"name": "db"}}
        await bob.post(f"/api/approvals/{approval}", json=edit)
        answer = answer_to(approval)
        with pytest.raises(openai.ConflictError) as caught:
            await client.responses.create(previous_response_id=waiting.id, input=[answer])
    assert caught.value.code == "approval_changed"
    assert door.rig.sink.calls("restart") == []


async def test_somebody_else_was_first(door: Door, client: AsyncOpenAI) -> None:
    waiting = await client.responses.create(model=AGENT, input="restart")
    [approval] = await door.rig.pending()
    await door.rig.decide(approval, "reject", reason="not now")
    answer = answer_to(approval)
    with pytest.raises(openai.ConflictError) as caught:
        await client.responses.create(previous_response_id=waiting.id, input=[answer])
    assert caught.value.code == "approval_already_decided"
    assert door.rig.sink.calls("restart") == []
