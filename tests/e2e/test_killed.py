"""Processes that are killed in the middle of an answer, and clients that go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from openai import APIError, AsyncOpenAI, AsyncStream
from openai.types.responses import Response, ResponseStreamEvent

from tests.cluster.waiting import until
from tests.e2e.client import Native, Told, answers, kept, sent, to_the_end, types
from tests.e2e.script import LOOKING, STORY, Model, told
from tests.e2e.up import Up

REPLICA = "ray::ServeReplica:liteagent:gateway"
HOST = "ray::Host"
BROKEN_OFF = (APIError, httpx.TransportError)


async def answering(native: Native) -> bool:
    try:
        return (await native.http.get("/livez")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("asking", "cut"),
    [
        ("tell first-piece 1", told(1)),
        ("tell last-piece 6", told(6)),
        ("note tell:after-a-tool:3", LOOKING + told(3)),
    ],
    ids=["after the first piece", "before the last piece", "after a tool"],
)
async def test_a_response_goes_on_where_its_replica_was_killed(
    openai: AsyncOpenAI, native: Native, model: Model, up: Up, asking: str, cut: str
) -> None:
    reader = ResponseReader()
    stream = await openai.responses.create(
        model="writer", input=asking, background=True, stream=True
    )
    await reader.read(stream, up_to=cut)
    up.process(REPLICA).kill()
    with pytest.raises(BROKEN_OFF):
        await reader.read(stream)
    assert reader.text == cut
    await until(lambda: answering(native))

    rest = await openai.responses.retrieve(
        reader.response.id, stream=True, starting_after=reader.last
    )
    model.let(asking.replace(":", " ").split(" ")[-2])
    await reader.read(rest)

    assert reader.response.conversation is not None
    journal = await native.journal(reader.response.conversation.id)
    assert reader.text == "".join(answers(journal)) == reader.response.output_text
    assert reader.response.status == "completed"
    assert sent(journal) == "".join(STORY)
    assert types(journal).count("model.requested") == len(answers(journal))
    assert types(journal)[-1] == "turn.completed"


class ResponseReader:
    """Reads a response from one stream after the other, and notes how far it has come."""

    response: Response

    def __init__(self) -> None:
        self.text, self.last = "", -1

    async def read(
        self, stream: AsyncStream[ResponseStreamEvent], up_to: str | None = None
    ) -> None:
        """To the end, or to where the text so far is `up_to`."""
        async for event in stream:
            assert event.sequence_number > self.last
            self.last = event.sequence_number
            if event.type in ("response.created", "response.completed"):
                self.response = event.response
            elif event.type == "response.output_text.delta":
                self.text += event.delta
                if self.text == up_to:
                    return


async def test_a_turn_goes_on_after_its_host_was_killed(
    native: Native, model: Model, up: Up
) -> None:
    session = await native.session("storyteller")
    async with native.events(session) as staying:
        all_the_time = asyncio.ensure_future(to_the_end(staying))
        async with native.events(session) as events:
            await native.say(session, "tell host 3")
            before = await up_to(events, told(3))
        up.process(HOST).kill()
        last = max(event.seq for event in before if event.seq is not None)
        async with native.events(session, last=last, wait="turn") as events:
            model.let("host")
            after = [event async for event in events]
        seen = await all_the_time

    journal = await native.journal(session)
    assert [*kept(before), *kept(after)] == kept(seen) == journal
    assert [event.seq for event in journal] == list(range(1, len(journal) + 1))
    assert types(journal).count("message.received") == 1
    assert types(journal).count("message.sent") == 1
    assert types(journal)[-1] == "turn.completed"
    assert sent(journal) == "".join(STORY)
    assert model.asked("tell host 3") == 2


async def up_to(events: AsyncIterator[Told], text: str) -> list[Told]:
    """What is told up to where so much of the answer was."""
    read: list[Told] = []
    async for event in events:
        read.append(event)
        if "".join(each.live_text for each in read) == text:
            break
    return read


async def test_a_chat_client_does_not_notice_that_the_host_was_killed(
    openai: AsyncOpenAI, native: Native, model: Model, up: Up
) -> None:
    stream = await openai.chat.completions.create(
        model="storyteller",
        messages=[{"role": "user", "content": "tell chat 2"}],
        stream=True,
    )
    text, killed = "", False
    async for chunk in stream:
        text += chunk.choices[0].delta.content or ""
        if text == told(2) and not killed:
            up.process(HOST).kill()
            killed = True
            model.let("chat")

    assert killed
    assert text == "".join(STORY)
    assert sent(await native.journal(stream.response.headers["x-liteagent-session"])) == text
