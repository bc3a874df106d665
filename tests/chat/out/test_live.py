"""A text is shown while it comes, and whatever becomes of that, the answer is shown whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from liteagent.kernel import SendError
from liteagent.messages import ModelRequest, ModelResponse, TextDelta, Usage
from liteagent.models.contract import Fault
from liteagent.testing import ScriptedModel
from liteagent.testing.runtime import BOB, AgentRig
from tests.chat.out.worlds import LIMITS, PLACE, SESSION_ID, ChatWorld, chat_world
from tests.fixtures.rigs import gated, script


class Talk(ScriptedModel):
    """A model that says what the test gives it, piece by piece; an empty piece ends an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: asyncio.Queue[str] = asyncio.Queue()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        said: list[str] = []
        while piece := await self.pieces.get():
            said.append(piece)
            yield TextDelta(piece)
        yield ModelResponse(
            text="".join(said),
            tool_calls=(),
            usage=Usage(input_tokens=1, output_tokens=1),
            finish_reason="stop",
            model=request.model,
            response_id="talk",
        )


@asynccontextmanager
async def talk(**chat: Any) -> AsyncIterator[tuple[ChatWorld, Talk]]:
    """A conversation in which somebody has said hello."""
    model = Talk()
    async with chat_world(AgentRig(model), **chat) as world:
        await world.say("hello")
        yield world, model
        model.pieces.put_nowait("")


async def say(world: ChatWorld, model: Talk, *pieces: str, seconds: float = 0.5) -> None:
    for piece in pieces:
        model.pieces.put_nowait(piece)
        await world.rig.advance(seconds)


async def finish(world: ChatWorld, model: Talk) -> None:
    model.pieces.put_nowait("")
    await world.rig.advance(30)


def methods(world: ChatWorld) -> list[str]:
    return [call.method for call in world.chat.calls if call.method != "status"]


async def test_the_first_words_are_shown_within_a_second_and_the_rest_as_it_comes() -> None:
    async with talk() as (world, model):
        await say(world, model, "Once ")
        assert world.texts == ["Once "]
        await say(world, model, "upon ", "a time", seconds=2)
        assert world.texts == ["Once upon a time"]
        await finish(world, model)
        assert world.texts == ["Once upon a time"]
        assert methods(world) == ["stream", "append", "append", "finish"]


async def test_where_there_are_no_streams_messages_are_edited() -> None:
    async with talk(streams=False) as (world, model):
        await say(world, model, "Once ", "upon ", "a time", seconds=2)
        assert world.texts == ["Once upon a time"]
        await finish(world, model)
        assert "stream" not in methods(world)
        assert methods(world).count("edit") == 2


async def test_steps_are_few_however_many_pieces_come() -> None:
    async with talk() as (world, model):
        await say(world, model, *["word "] * 30, seconds=0.1)
        assert 2 <= methods(world).count("append") <= 4
        await finish(world, model)
        assert world.texts == ["word " * 30]


async def test_a_text_too_long_for_one_stream_goes_on_in_another_below() -> None:
    limits = replace(LIMITS, text=40, stream_text=40, burst=20)
    async with talk(limits=limits) as (world, model):
        await say(world, model, *["```python\n", *["x = 1\n"] * 9, "```\n"], seconds=2)
        await finish(world, model)
        assert len(world.texts) > 1
        assert all(text.startswith("```python\n") for text in world.texts)
        assert all(text.rstrip().endswith("```") for text in world.texts)
        assert methods(world).count("stream") == len(world.texts)
        assert methods(world).count("edit") < len(world.texts)  # a line that has to go below


async def test_a_stream_is_ended_before_its_time_and_the_message_goes_on_by_edits() -> None:
    limits = replace(LIMITS, stream_seconds=20.0)
    async with talk(limits=limits) as (world, model):
        await say(world, model, "one ", "two ", seconds=16)
        await say(world, model, "three ", "four", seconds=16)
        await finish(world, model)
        assert world.texts == ["one two three four"]
        assert methods(world) == ["stream", "append", "finish", "edit", "edit"]


@pytest.mark.parametrize("arrives", [False, True])
async def test_what_a_stream_lost_is_said_again_by_an_edit(arrives: bool) -> None:
    async with talk() as (world, model):
        await say(world, model, "one ", seconds=2)
        lost = SendError("The connection was lost.", may_have_arrived=True)
        world.chat.faults.fail("append", lost, arrives=arrives)
        await say(world, model, "two ", "three", seconds=4)
        assert world.texts == ["one two three"]
        await finish(world, model)
        assert world.texts == ["one two three"]


async def test_where_nothing_can_be_shown_live_the_answer_says_it_all() -> None:
    async with talk() as (world, model):
        for method in ("stream", "edit", "append"):
            for _ in range(3):
                world.chat.faults.refuse(method)
        await say(world, model, "one ", "two ", "three ", "four ", "five", seconds=5)
        assert world.texts == []
        await finish(world, model)
        assert world.texts == ["one two three four five"]


async def test_a_live_call_that_hangs_does_not_hold_the_answer_up() -> None:
    async with talk() as (world, model):
        await say(world, model, "one ", seconds=2)
        world.chat.faults.hold("append")
        world.chat.faults.hold("finish")
        await say(world, model, "two", seconds=2)
        model.pieces.put_nowait("")
        await world.rig.advance(3)
        assert world.texts == ["one two"]
        assert await world.rig.status(world.binding.session_id) == "idle"


async def test_text_waits_for_what_was_said_before_it() -> None:
    async with talk(limits=replace(LIMITS, burst=3)) as (world, model):
        world.chat.faults.hold("post")
        world.chat.faults.refuse("stream")
        world.chat.faults.refuse("stream")
        world.chat.faults.refuse("stream")
        await say(world, model, "first", "", seconds=4)
        await world.say("hello")
        await say(world, model, "second", seconds=4)
        assert world.texts == []
        world.chat.faults.release("post")
        await world.rig.advance(40)
        assert world.texts == ["first", "second"]


async def test_it_is_said_what_the_agent_does_and_at_last_that_it_does_nothing() -> None:
    async with chat_world(gated()) as world:
        await world.say("go")
        await world.rig.advance(5)
        assert world.chat.status_at(PLACE) == "waits for approval"
        for approval in await world.rig.pending():
            await world.rig.decide(approval)
        await world.rig.advance(5)
        assert world.chat.status_at(PLACE) == ""


async def test_while_nothing_comes_it_is_said_that_the_agent_thinks() -> None:
    async with talk() as (world, model):
        assert world.chat.status_at(PLACE) == "is thinking…"
        await say(world, model, "done", seconds=2)
        await finish(world, model)
        assert world.chat.status_at(PLACE) == ""


async def test_a_failed_turn_is_told_without_what_is_nobodys_business() -> None:
    async with chat_world(AgentRig(script())) as world:
        world.rig.model.fail(Fault.AUTH)
        await world.say("hello")
        await world.rig.advance(600)
        (text,) = world.texts
        assert text.startswith("I could not answer: the model's provider refuses the key.")


async def test_nothing_is_remembered_of_an_answer_that_was_stopped() -> None:
    async with talk() as (world, model):
        await say(world, model, "Once ", "upon ", seconds=2)
        await world.rig.cancel(SESSION_ID, by=BOB)
        await world.rig.advance(5)
        assert world.texts == ["Once upon ", "Stopped by Bob."]
        assert world.posts.count == 0
        assert list(await world.rig.journal.records("chat-posts/slack")) == []
        assert methods(world).count("finish") == 1
