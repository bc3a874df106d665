"""The end of `liteagent up`, orderly and not, and what the next start makes of it."""

from __future__ import annotations

import asyncio

import httpx
from openai import AsyncOpenAI

from tests.cluster.waiting import until
from tests.e2e.client import Native, sent, types
from tests.e2e.script import STORY, Model, told
from tests.e2e.up import RAYS_AGENTS, Up


async def until_told(native: Native, session: str, text: str) -> None:
    """Until so much of the answer has come."""
    async with native.events(session) as events:
        async for event in events:
            if event.live_text == text:
                return


async def test_nothing_outlives_a_command_that_was_killed_and_its_turns_go_on_at_the_next_start(
    up: Up, native: Native, model: Model
) -> None:
    session = await native.session("storyteller")
    await native.say(session, "tell killed 1")
    await until_told(native, session, told(1))

    up.kill()
    assert await up.ended() < 0
    assert await up.left_nothing(*RAYS_AGENTS)
    await up.start()
    model.let("killed")

    journal = await native.journal(session)
    assert types(journal).count("message.received") == 1
    assert types(journal).count("message.sent") == 1
    assert types(journal)[-1] == "turn.completed"
    assert sent(journal) == "".join(STORY)
    assert model.asked("tell killed 1") == 2


async def test_ctrl_c_lets_a_turn_end_and_its_client_hear_all_of_it(
    up: Up, openai: AsyncOpenAI, native: Native, model: Model
) -> None:
    session = await native.session("storyteller")
    listening = asyncio.ensure_future(listened(openai, session, "tell ends 1"))
    await until_told(native, session, told(1))

    up.interrupt()
    await up.says("Draining")
    await until(lambda: takes_nothing_new(native))
    model.let("ends")

    assert await listening == "".join(STORY)
    assert await up.ended() == 0
    await up.says("Stopped.")
    assert await up.left_nothing()
    assert model.asked("tell ends 1") == 1


async def takes_nothing_new(native: Native) -> bool:
    try:
        return (await native.http.post("/api/agents/storyteller/sessions")).status_code != 201
    except httpx.TransportError:
        return True


async def listened(openai: AsyncOpenAI, session: str, text: str) -> str:
    """The answer, streamed."""
    stream = await openai.chat.completions.create(
        model="storyteller",
        messages=[{"role": "user", "content": text}],
        stream=True,
        extra_headers={"X-Session-Id": session},
    )
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
