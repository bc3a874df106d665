"""The chat platform that tests are written with does what a strict one does."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.chat.places import Person, Place
from liteagent.chat.platform import Mark, MessageGoneError, Text
from liteagent.kernel import SendError
from liteagent.testing import FakeClock
from liteagent.testing.chat import FakeChat

PLACE = Place(team="T1", channel="C1", thread="1")
KEY = "0" * 32


async def test_what_is_posted_can_be_read_found_edited_and_removed() -> None:
    chat = FakeChat()
    id = await chat.post(PLACE, Text("hello"), KEY)
    assert await chat.find(PLACE, KEY, Text("hello")) == id
    await chat.edit(PLACE, id, Text("hello again"))
    assert (chat.texts, chat.message(id).edits) == (["hello again"], [Text("hello")])
    await chat.remove(PLACE, id)
    await chat.remove(PLACE, id)
    assert chat.texts == []
    assert await chat.find(PLACE, KEY, Text("hello")) is None
    with pytest.raises(MessageGoneError):
        await chat.edit(PLACE, id, Text("too late"))


async def test_an_answer_can_be_lost_before_and_after_the_post_arrived() -> None:
    chat = FakeChat()
    chat.faults.lose_call("post")
    chat.faults.lose_answer("post")
    for expected in ([], ["hello"]):
        with pytest.raises(SendError) as lost:
            await chat.post(PLACE, Text("hello"), KEY)
        assert lost.value.may_have_arrived
        assert chat.texts == expected


async def test_whoever_dies_in_a_call_hears_no_more_of_it() -> None:
    chat = FakeChat()
    posting = asyncio.ensure_future(chat.post(PLACE, Text("hello"), KEY))
    chat.faults.crash("post", posting.cancel, arrives=True)
    with pytest.raises(asyncio.CancelledError):
        await posting
    assert chat.texts == ["hello"]


async def test_held_calls_stand_still_and_waiting_ends_with_the_change() -> None:
    chat = FakeChat()
    chat.faults.hold("post")
    posting = asyncio.ensure_future(chat.post(PLACE, Text("hello"), KEY))
    await chat.until(lambda: [call.method for call in chat.calls] == ["post"])
    assert chat.texts == []
    chat.faults.release("post")
    await chat.until(lambda: chat.texts == ["hello"])
    await posting


async def test_a_stream_ends_with_its_time_and_its_length() -> None:
    clock = FakeClock()
    chat = FakeChat(clock=clock)
    stream = await chat.stream(PLACE, "U1", "one ")
    assert stream is not None
    assert await chat.find(PLACE, KEY, Text("one two")) == stream.id
    with pytest.raises(SendError):
        await stream.append("x" * 600)
    await clock.advance(241)
    with pytest.raises(SendError):
        await stream.append("two")
    assert chat.texts == ["one "]


async def test_too_long_a_text_is_refused_and_remembered() -> None:
    chat = FakeChat()
    with pytest.raises(SendError):
        await chat.post(PLACE, Text("x" * 201), KEY)
    assert len(chat.violations) == 1


async def test_what_people_said_is_found_by_looking_back() -> None:
    chat = FakeChat()
    first, second = chat.says("one"), chat.says("two", mentions_us=True)
    missed = await chat.missed(first.conversation, first.place, first.order)
    assert [(each.id, each.late) for each in missed] == [(second.id, True)]
    await chat.mark(first.source, first.message_id, Mark.QUEUED, on=True)
    assert chat.marks[first.message_id] == {Mark.QUEUED}


async def test_a_thread_tells_what_people_and_we_said_so_far() -> None:
    chat = FakeChat()
    asked = chat.says("one")
    await chat.post(asked.place, Text("answer"), KEY)
    later = chat.says("two")
    so_far = await chat.thread_so_far(asked.place, later.order)
    assert [(each.text, each.person.kind.value) for each in so_far] == [
        ("one", "member"),
        ("answer", "self"),
    ]


async def test_a_slash_command_begins_one_thread() -> None:
    chat = FakeChat()
    channel = Place(team="T1", channel="C1")
    begun = [await chat.begin(channel, Person(id="U1"), "help me", KEY) for _ in range(2)]
    assert begun[0] == begun[1]
    assert chat.texts == ["help me"]
    assert await chat.begin(begun[0][1], Person(id="U1"), "more", "1" * 32) == begun[0]
