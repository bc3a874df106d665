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
