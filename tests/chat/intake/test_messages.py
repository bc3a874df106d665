"""What people say reaches its session, once and in order."""

from __future__ import annotations

from tests.chat.intake.desk import Desk


async def test_a_mention_begins_a_session_and_its_thread() -> None:
    async with Desk() as desk:
        said = desk.chat.says("hello", mentions_us=True)
        await desk.receive(said)
        assert await desk.heard("slack:T1:C1:1") == ["hello"]
        assert [place for place, _ in desk.chat.opened] == [said.place]


async def test_what_comes_twice_is_answered_once() -> None:
    async with Desk() as desk:
        said = desk.chat.says("hello", mentions_us=True)
        await desk.receive(said)
        await desk.receive(said)
        assert await desk.heard("slack:T1:C1:1") == ["hello"]
