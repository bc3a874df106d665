"""Two processes show one conversation for a while, as during a restart that overlaps."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.models.contract import Fault, ModelError
from liteagent.testing.runtime import AgentRig
from tests.chat.out.test_live import Talk, finish, say
from tests.chat.out.worlds import LIMITS, ChatWorld, chat_world

BUSY = replace(LIMITS, posts_per_second=0.5, burst=2)


class Failing(Talk):
    """A model that refuses once it has said what the test gave it."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        async for piece in super().stream(request):
            if isinstance(piece, ModelResponse):
                raise ModelError("no", fault=Fault.REFUSED, model=request.model)
            yield piece


@asynccontextmanager
async def two(model: type[Talk] = Talk, **chat: Any) -> AsyncIterator[tuple[ChatWorld, Talk]]:
    """Somebody says hello in a conversation that two processes follow."""
    talk = model()
    async with chat_world(AgentRig(talk), others_live=True, **chat) as world:
        world.others_live = True
        other = ChatWorld(world.rig, world.chat, others_live=True)
        other.lives = 100
        await other.start()
        try:
            await world.say("hello")
            other.followers.follow(world.binding)
            await world.rig.settle()
            yield world, talk
            talk.pieces.put_nowait("")
        finally:
            await other.stop()


@pytest.mark.parametrize("streams", [True, False])
async def test_an_answer_is_shown_once_and_wholly(*, streams: bool) -> None:
    async with two(streams=streams, limits=BUSY) as (world, model):
        await say(world, model, *["word "] * 20, seconds=0.7)
        await say(world, model, *["more "] * 3, seconds=0.0)
        await finish(world, model)
        assert world.texts == ["word " * 20 + "more " * 3]
        assert world.chat.violations == []


@pytest.mark.parametrize("streams", [True, False])
async def test_what_was_said_before_a_model_failed_does_not_come_back(*, streams: bool) -> None:
    async with two(Failing, streams=streams, limits=BUSY) as (world, model):
        await say(world, model, *["word "] * 6, seconds=0.7)
        await say(world, model, *["more "] * 3, seconds=0.0)
        await finish(world, model)
        (text,) = world.texts
        assert text.startswith("I could not answer")


@asynccontextmanager
async def two_of_them(
    **chat: Any,
) -> AsyncIterator[tuple[ChatWorld, ChatWorld, Talk]]:
    """As `two`, with the other one too."""
    talk = Talk()
    async with chat_world(AgentRig(talk), others_live=True, **chat) as world:
        other = ChatWorld(world.rig, world.chat, others_live=True)
        other.lives = 100
        await other.start()
        try:
            await world.say("hello")
            other.followers.follow(world.binding)
            await world.rig.advance(5)
            yield world, other, talk
            talk.pieces.put_nowait("")
        finally:
            await other.stop()


def calls(world: ChatWorld, method: str) -> int:
    return sum(call.method == method for call in world.chat.calls)


async def test_one_of_them_shows_a_text_while_it_comes() -> None:
    async with two_of_them(streams=False) as (world, other, model):
        await say(world, model, "one ", "two ", "three ", "four ", seconds=4)
        assert world.texts == ["one two three four "]
        assert (calls(world, "post"), calls(world, "edit")) == (1, 3)
        assert world.posts.count + other.posts.count == 1
        await finish(world, model)
        assert world.texts == ["one two three four "]
        assert (calls(world, "post"), calls(world, "edit")) == (1, 3)


async def test_a_process_forgets_what_the_other_one_delivered() -> None:
    async with two_of_them() as (world, other, model):
        for _ in range(5):
            await say(world, model, "word ", "more ", seconds=4)
            model.pieces.put_nowait("")
            await world.rig.advance(10)
            await world.say("again")
            await world.rig.advance(5)
        assert world.texts == ["word more "] * 5
        assert world.posts.count + other.posts.count == 0
        await finish(world, model)


async def test_the_other_one_goes_on_when_the_process_that_showed_a_text_dies() -> None:
    async with two_of_them(streams=False) as (world, other, model):
        await say(world, model, "one ", "two ", seconds=4)
        shows, waits = (world, other) if world.posts.count else (other, world)
        shows.die()
        waits.gone.add(shows.name)
        await say(world, model, "three ", "four ", seconds=4)
        assert world.texts == ["one two three four "]
        await finish(world, model)
        assert world.texts == ["one two three four "]


async def test_an_answer_is_delivered_by_the_other_one_when_the_first_is_slow() -> None:
    async with two_of_them(streams=False) as (world, other, model):
        await say(world, model, "one ", seconds=4)
        shows = world if world.posts.count else other
        shows.die()
        await finish(world, model)  # nobody knows that it is gone
        assert world.texts == ["one "]
