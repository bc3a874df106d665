"""What is said while nobody listens is found, and answered once, or offered."""

from __future__ import annotations

from itertools import pairwise

from liteagent.chat.adapter import find_no_tool
from liteagent.chat.offers import can_act
from liteagent.kernel import SendError
from liteagent.testing.runtime import AgentRig
from liteagent.testing.sink import Sink
from tests.chat.intake.desk import Desk
from tests.fixtures.rigs import gated, script

HOUR = 3600.0


async def away(desk: Desk, seconds: float) -> None:
    """Nobody serves for so long."""
    await desk.close()
    await desk.rig.clock.advance(seconds)


async def back(desk: Desk) -> None:
    await desk.open()
    await desk.rig.advance(30)


async def test_what_was_said_in_a_known_thread_while_nobody_served_is_answered() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("are you there?")
        desk.chat.says("hey, wait", opens_with_other=True)
        await back(desk)
        assert await desk.heard() == ["hello", "are you there?"]
        await away(desk, 60)
        await back(desk)
        assert await desk.heard() == ["hello", "are you there?"]


async def test_a_message_lost_on_the_line_is_found_although_a_later_one_came() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        desk.chat.says("lost")
        await desk.says("came")
        desk.service.reconnected()
        await desk.rig.advance(30)
        assert sorted(await desk.heard()) == ["came", "hello", "lost"]


async def test_however_many_mentions_came_all_are_found() -> None:
    async with Desk() as desk:
        await desk.rig.advance(120)
        await away(desk, 600)
        for number in range(150):
            await desk.rig.clock.advance(0.1)
            desk.chat.says("hello", mentions_us=True, conversation=f"T1:C{number}:1")
        await back(desk)
        assert await desk.heard("T1:C149:1") == ["hello"]


async def test_a_mention_in_an_unknown_place_is_found_but_none_from_before_the_first_start() -> (
    None
):
    async with Desk() as desk:
        desk.chat.says("before you were here", mentions_us=True, conversation="T1:C9:1", ts=0.0)
        await desk.rig.advance(120)
        await away(desk, 600)
        desk.chat.says("hello", mentions_us=True, conversation="T1:C9:2")
        await back(desk)
        assert await desk.heard("T1:C9:1") == []
        assert await desk.heard("T1:C9:2") == ["hello"]


async def test_what_is_older_than_three_days_is_let_be() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("old")
        await desk.rig.clock.advance(73 * HOUR)
        desk.chat.says("new")
        await back(desk)
        assert await desk.heard() == ["hello", "new"]


async def test_conversations_take_turns_and_none_is_taken_up_beyond_its_share() -> None:
    async with Desk() as desk:
        for number in range(3):
            await desk.says("hello", mentions_us=True, conversation=f"T1:C1:{number}")
        await away(desk, 60)
        for _ in range(250):
            desk.chat.says("more", conversation="T1:C1:0")
        desk.chat.says("one", conversation="T1:C1:1")
        await back(desk)
        asked = [call.ts for call in desk.chat.calls if call.method == "missed"]
        assert all(later - earlier >= 1.25 for earlier, later in pairwise(asked))
        assert await desk.heard("T1:C1:1") == ["hello", "one"]
        assert 100 <= len(await desk.heard("T1:C1:0")) <= 200


async def test_a_platform_that_does_not_answer_is_asked_again_later() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("are you there?")
        desk.chat.faults.fail("missed", *[SendError("Away.") for _ in range(4)])
        await back(desk)
        assert await desk.heard() == ["hello"]
        await desk.rig.advance(700)
        assert await desk.heard() == ["hello", "are you there?"]


async def test_a_reconnect_after_a_look_without_an_answer_is_looked_at_at_once() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        desk.chat.faults.fail("missed", *[SendError("Away.") for _ in range(4)])
        desk.service.reconnected()
        await desk.rig.advance(29)
        desk.chat.says("are you there?")
        desk.service.reconnected()
        await desk.rig.advance(5)
        assert await desk.heard() == ["hello", "are you there?"]


async def test_a_platform_that_says_how_long_to_wait_is_asked_until_it_answers() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("are you there?")
        desk.chat.faults.fail("missed", *[SendError("Wait.", retry_after=1.0) for _ in range(9)])
        await back(desk)
        assert await desk.heard() == ["hello", "are you there?"]


async def test_a_reconnect_looks_at_what_is_in_use_and_a_start_at_older_threads_too() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 4 * 24 * HOUR)
        await back(desk)
        asked = [call.method for call in desk.chat.calls].count("missed")
        desk.service.reconnected()
        await desk.rig.advance(30)
        assert [call.method for call in desk.chat.calls].count("missed") == asked
        await desk.says("are you there?")
        desk.service.reconnected()
        await desk.rig.advance(30)
        assert [call.method for call in desk.chat.calls].count("missed") == asked + 1
        assert asked == 1


# -- what is old and does something


async def test_old_requests_to_an_agent_that_acts_are_offered_and_taken_up_when_told_to() -> None:
    async with Desk(gated()) as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("go")
        desk.chat.says("go again", by="U2")
        await desk.rig.clock.advance(2 * HOUR)
        desk.chat.says("and hurry", by="U3")
        await back(desk)
        assert await desk.heard() == ["hello", "and hurry"]
        assert any(text.startswith("2 messages came here") for text in desk.chat.texts)
        await desk.says("!catchup", by="U3")
        await desk.rig.advance(30)
        events = await desk.rig.of_type("T1:C1:1", "message.received")
        assert [(e["text"], e["principal"]["id"]) for e in events[2:]] == [
            ("go", "slack:T1:U1"),
            ("go again", "slack:T1:U2"),
        ]
        assert "I took up what came while I was away." in desk.chat.texts
        await desk.says("!catchup")
        assert desk.told[-1] == "Nothing is left to be taken up here."


async def test_an_offered_request_of_somebody_who_is_gone_keeps_no_other_waiting() -> None:
    async with Desk(gated()) as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("go")
        desk.chat.says("go again", by="U2")
        await desk.rig.clock.advance(2 * HOUR)
        await back(desk)
        desk.chat.faults.pass_one("person")  # who says it
        desk.chat.faults.refuse("person")
        await desk.says("!catchup", by="U3")
        await desk.rig.advance(30)
        assert await desk.heard() == ["hello", "go again"]
        assert "gave up trying" in desk.told[-1]


async def test_old_requests_to_an_agent_that_only_talks_are_answered() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("are you there?")
        await desk.rig.clock.advance(2 * HOUR)
        await back(desk)
        assert await desk.heard() == ["hello", "are you there?"]


async def test_an_offer_outlives_a_death() -> None:
    async with Desk(gated()) as desk:
        await desk.says("hello", mentions_us=True)
        await away(desk, 60)
        desk.chat.says("go")
        await desk.rig.clock.advance(2 * HOUR)
        await back(desk)
        await desk.restart()
        await desk.says("!catchup")
        assert await desk.heard() == ["hello", "go"]
        assert desk.told == ["I take up 1."]


def test_an_agent_acts_if_a_tool_of_its_asks_for_approval_or_cannot_be_repeated() -> None:
    sink = Sink()
    tools = {
        "look": sink.tool("look", effect="pure"),
        "ask": sink.tool("ask", effect="pure", approval="always"),
        "restart": sink.tool("restart", effect="unsafe"),
    }
    spec = AgentRig(script()).agents.get("agent")

    def acts(*names: str, **fields: object) -> bool:
        return can_act(spec.model_copy(update={"tools": names, **fields}), tools.get)

    assert not acts()
    assert not acts("look")
    assert acts("ask")
    assert acts("look", "restart")
    assert acts("look", approval={"look": "always"})
    assert not acts("ask", approval={"ask": "never"})
    assert can_act(spec.model_copy(update={"tools": ("look",)}), find_no_tool)
