"""What a conversation shows under a key converges, whatever was shown before and whoever died."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liteagent.chat.budget import Budget
from liteagent.chat.platform import FileOut, Text
from liteagent.chat.posts import Posts
from liteagent.journal import MemoryJournal
from liteagent.kernel import SendError
from liteagent.testing import FakeClock
from liteagent.testing.chat import FakeChat
from tests.chat.out.worlds import LIMITS, PLACE

KEY = "T1:C1:1#4"
MANY = replace(LIMITS, burst=100)


class Desk:
    """Posts over a journal and a platform; `again` is another process."""

    def __init__(self, chat: FakeChat | None = None) -> None:
        self.journal, self.clock = MemoryJournal(), FakeClock()
        self.chat = chat or FakeChat(limits=MANY, clock=self.clock)
        self.posts = self.again()

    def again(self) -> Posts:
        return Posts(self.journal, self.chat, Budget(self.chat.limits, self.clock))

    async def show(self, *texts: str) -> list[str]:
        return list(await self.posts.show(PLACE, KEY, [Text(text) for text in texts]))

    def methods(self) -> list[str]:
        return [call.method for call in self.chat.calls]


async def test_what_is_shown_is_edited_added_to_and_cut() -> None:
    desk = Desk()
    first = await desk.show("a", "b")
    assert await desk.show("a", "B", "c") == [*first, "m3"]
    assert desk.chat.texts == ["a", "B", "c"]
    assert await desk.show("a") == first[:1]
    assert desk.chat.texts == ["a"]


async def test_showing_the_same_again_asks_the_platform_for_nothing() -> None:
    desk = Desk()
    ids = await desk.show("a", "b")
    desk.posts = desk.again()
    before = desk.methods()
    assert await desk.show("a", "b") == ids
    assert desk.methods() == before


@pytest.mark.parametrize("arrives", [False, True])
async def test_a_post_whose_answer_was_lost_is_looked_up(arrives: bool) -> None:
    desk = Desk()
    lost = SendError("The connection was lost.", may_have_arrived=True)
    desk.chat.faults.fail("post", lost, arrives=arrives)
    with pytest.raises(SendError):
        await desk.show("a")
    desk.posts = desk.again()
    assert len(await desk.show("a")) == 1
    assert desk.chat.texts == ["a"]


async def test_what_surely_was_not_posted_is_not_looked_up() -> None:
    desk = Desk()
    desk.chat.faults.limit("post", 1.0)
    with pytest.raises(SendError):
        await desk.show("a")
    await desk.clock.advance(1)
    await desk.show("a")
    assert desk.methods() == ["post", "post"]


async def test_a_message_that_somebody_deleted_is_posted_again_above_what_follows() -> None:
    desk = Desk()
    first, *_ = await desk.show("a", "b")
    desk.chat.delete(first)
    await desk.show("A", "b")
    assert desk.chat.texts == ["A", "b"]


async def test_a_message_that_cannot_be_edited_is_replaced() -> None:
    desk = Desk()
    await desk.show("a", "b")
    desk.chat.faults.refuse("edit")
    await desk.show("A", "b")
    assert desk.chat.texts == ["A", "b"]


async def test_what_two_processes_show_at_once_is_shown_once_they_are_done() -> None:
    desk = Desk()
    await desk.show("a")
    other = desk.again()
    desk.chat.faults.fail("edit", SendError("Not now."))
    with pytest.raises(SendError):
        await desk.show("b")
    await other.show(PLACE, KEY, [Text("c")])
    with pytest.raises(SendError):
        await desk.show("d")
    await desk.show("d")
    assert desk.chat.texts == ["d"]


async def test_a_long_text_ends_with_a_file_that_holds_all_of_it() -> None:
    chat = FakeChat(limits=replace(MANY, text=20, messages=3), clock=FakeClock())
    desk = Desk(chat)
    text = "one two three four\n" * 9
    await desk.posts.show_text(PLACE, KEY, text)
    *parts, whole = chat.visible(PLACE)
    assert [part.text for part in parts] == ["one two three four\n"] * 2
    assert isinstance(whole.content, FileOut)
    assert whole.text == text


async def test_a_long_text_is_posted_in_full_where_files_are_refused() -> None:
    chat = FakeChat(limits=replace(MANY, text=20, messages=3), clock=FakeClock())
    desk = Desk(chat)
    chat.faults.pass_one("post")
    chat.faults.pass_one("post")
    chat.faults.refuse("post")
    await desk.posts.show_text(PLACE, KEY, "one two three four\n" * 9)
    assert chat.texts == ["one two three four\n"] * 9


async def test_a_text_that_says_nothing_is_no_message() -> None:
    desk = Desk()
    await desk.posts.show_text(PLACE, KEY, " \n")
    assert desk.chat.texts == []


async def test_nothing_is_kept_of_what_nobody_will_ask_for() -> None:
    desk = Desk()
    await desk.show("a")
    await desk.posts.forget(KEY)
    assert list(await desk.journal.records("chat-posts/slack")) == []
    assert desk.chat.texts == ["a"]


async def test_what_is_cleared_is_gone() -> None:
    desk = Desk()
    await desk.show("a", "b")
    await desk.posts.clear(PLACE, KEY)
    assert desk.chat.texts == []
    assert list(await desk.journal.records("chat-posts/slack")) == []
