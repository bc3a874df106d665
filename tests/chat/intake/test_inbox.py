"""What came in is kept until it is handled, and known for a while after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from liteagent.chat.door import ChatDoor
from liteagent.chat.inbound import Inbound, from_json, to_json
from liteagent.chat.inbox import ChatInbox, Pending
from liteagent.chat.worker import Worker
from liteagent.errors import JournalUnavailableError, ValidationError
from liteagent.journal import MemoryJournal
from liteagent.testing import FakeClock
from liteagent.testing.chat import FakeChat


async def test_an_item_is_new_once() -> None:
    journal, said = MemoryJournal(), FakeChat().says("hello")
    doors = [ChatDoor(journal, "slack", FakeClock()) for _ in range(2)]
    assert [await door.receive(said) for door in (*doors, *doors)] == [True, False, False, False]
    inbox = ChatInbox(journal, "slack")
    (pending,) = await inbox.page("", 0.0)
    assert pending.item == said
    await inbox.done(said.id, 1.0)
    assert await inbox.page("", 0.0) == []
    assert not await doors[0].receive(said)
    assert await ChatDoor(journal, "discord", FakeClock()).receive(said)


async def test_what_cannot_be_stored_is_not_taken() -> None:
    journal = MemoryJournal()
    await journal.close()
    with pytest.raises(JournalUnavailableError):
        await ChatDoor(journal, "slack", FakeClock()).receive(FakeChat().says("hello"))


def test_an_item_is_stored_as_plain_json() -> None:
    said = FakeChat().says("hello", mentions_us=True)
    assert from_json(to_json(said)) == said


async def test_identities_are_forgotten_page_by_page_once_they_are_old() -> None:
    inbox = ChatInbox(MemoryJournal(), "slack")
    for number in range(1500):
        await inbox.done(f"{number:04}", float(number))
    after = await inbox.forget("", 1200.0)
    assert after == "0999"
    assert await inbox.is_seen("1100")
    assert await inbox.forget(after, 1200.0) == ""
    assert not await inbox.is_seen("1100")
    assert await inbox.is_seen("1300")


async def test_what_another_version_stored_is_set_aside_and_not_lost() -> None:
    journal = MemoryJournal()
    await journal.put_record("chat-inbox/slack", "x", {"item": {"kind": "sung"}})
    inbox = ChatInbox(journal, "slack")
    assert await inbox.page("", 7.0) == []
    (problem,) = [each async for each in inbox.problems()]
    assert (problem.id, problem.ts, problem.item) == ("x", 7.0, {"kind": "sung"})


@pytest.mark.parametrize("value", [{}, {"item": None}, {"item": 5}, {"item": {"kind": []}}])
async def test_whatever_was_stored_stops_nobody(value: dict[str, Any]) -> None:
    journal, said = MemoryJournal(), FakeChat().says("hello")
    await journal.put_record("chat-inbox/slack", "0", value)
    inbox = ChatInbox(journal, "slack")
    await inbox.put(said, 0.0)
    assert [pending.item for pending in await inbox.page("", 7.0)] == [said]
    assert len([each async for each in inbox.problems()]) == 1


async def test_what_is_given_up_while_the_journal_is_away_waits_for_it() -> None:
    clock, journal = FakeClock(), MemoryJournal()
    inbox = ChatInbox(journal, "slack")
    pending = await inbox.put(FakeChat().says("hello"), 0.0)
    assert pending is not None

    async def handle(item: Inbound) -> None:
        await journal.close()
        raise ValidationError("It cannot be handled.")

    async def gave_up(item: Inbound, cause: Exception) -> None:
        raise AssertionError

    work = asyncio.ensure_future(Worker(inbox, handle, gave_up, clock=clock).work(pending))
    await clock.advance(1)
    assert (clock.sleeping, work.done()) == (1, False)
    work.cancel()


async def given_up() -> tuple[ChatInbox, Pending]:
    """An inbox, and an item that was set aside there."""
    inbox = ChatInbox(MemoryJournal(), "slack")
    pending = await inbox.put(FakeChat().says("hello"), 0.0)
    assert pending is not None
    await inbox.set_aside(pending, "It broke.", 1.0)
    return inbox, pending


async def problems(inbox: ChatInbox) -> list[str]:
    return [problem.error async for problem in inbox.problems()]


async def test_an_item_that_is_tried_again_comes_once_and_is_no_problem_meanwhile() -> None:
    inbox, given = await given_up()
    assert [await inbox.retry(given.id, 2.0) for _ in range(2)] == [True, True]
    (pending,) = await inbox.page("", 2.0)
    assert (pending.item, pending.received_at, pending.tries) == (given.item, 2.0, 0)
    assert not await inbox.is_seen(given.id)
    assert await problems(inbox) == []


async def test_an_item_that_is_handled_at_last_is_no_problem_any_more() -> None:
    inbox, given = await given_up()
    await inbox.retry(given.id, 2.0)
    await inbox.done(given.id, 1.0)  # by a process whose clock is behind
    assert await problems(inbox) == []
    assert not await inbox.retry(given.id, 3.0)
    assert not await inbox.dismiss(given.id)
    await inbox.forget("", 10.0)
    assert await problems(inbox) == []


async def test_an_item_that_breaks_again_is_a_problem_again() -> None:
    inbox, given = await given_up()
    await inbox.retry(given.id, 2.0)
    await inbox.set_aside(given, "It broke anew.", 3.0)
    await inbox.forget("", 0.0)
    assert await problems(inbox) == ["It broke anew."]
    await inbox.forget("", 10.0)
    assert await problems(inbox) == ["It broke anew."]
    assert await inbox.dismiss(given.id)
    assert await problems(inbox) == []
