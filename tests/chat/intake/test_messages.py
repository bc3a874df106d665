"""What people say reaches its session, once, in order and in their name."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from liteagent.chat.door import ChatDoor
from liteagent.chat.inbound import FileIn
from liteagent.chat.platform import Mark
from liteagent.kernel import SendError
from liteagent.testing import Answer
from liteagent.testing.runtime import AgentRig
from tests.chat.intake.desk import BOT, GUEST, Desk
from tests.fixtures.rigs import gated

FIRST = "T1:C1:1"


async def test_a_mention_begins_a_session_and_its_thread() -> None:
    async with Desk() as desk:
        said = desk.chat.says("hello", mentions_us=True)
        await desk.receive(said)
        assert await desk.heard(FIRST) == ["hello"]
        assert desk.chat.opened == [(said.place, "hello")]


async def test_what_comes_twice_is_answered_once() -> None:
    async with Desk() as desk:
        said = desk.chat.says("hello", mentions_us=True)
        await desk.receive(said, said)
        await desk.receive(said)
        assert await desk.heard() == ["hello"]


async def test_a_bound_thread_needs_no_mention_and_a_new_one_does() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        await desk.says("and now")
        await desk.says("nobody asked you", conversation="T1:C1:2")
        assert await desk.heard() == ["hello", "and now"]
        assert await desk.heard("T1:C1:2") == []


async def test_messages_that_change_places_on_their_way_keep_their_order() -> None:
    async with Desk() as desk:
        await desk.says("hello", mentions_us=True)
        said = [desk.chat.says(text) for text in "abc"]
        await desk.receive(said[2], said[0], said[1])
        assert await desk.heard() == ["hello", "a", "b", "c"]


async def test_whoever_speaks_is_the_principal() -> None:
    async with Desk(people={"ann": ("slack:T1:U1",)}) as desk:
        await desk.says("hello", mentions_us=True)
        await desk.says("me too", by="U2")
        events = await desk.rig.of_type(FIRST, "message.received")
        assert [event["principal"]["id"] for event in events] == ["ann", "slack:T1:U2"]


async def test_the_channel_chooses_the_agent() -> None:
    rig = AgentRig()
    rig.agents.put(rig.agents.get("agent").model_copy(update={"name": "ops"}))
    async with Desk(rig, channels={"C1": {"agent": "ops"}}) as desk:
        await desk.says("hello", mentions_us=True)
        row = await desk.rig.journal.head(f"session/{FIRST}")
        assert row is not None
        assert row.head.agent == "ops"


async def test_an_agent_that_is_not_there_is_told_of() -> None:
    async with Desk(agent="opps") as desk:
        await desk.says("hello", mentions_us=True)
        assert "No agent named 'opps'" in desk.told[0]
        assert len(await desk.problems()) == 1


async def test_an_answer_in_somebody_elses_thread_knows_what_was_said_there() -> None:
    async with Desk() as desk:
        desk.chat.says("the server is down", by="U2")
        desk.chat.says("which one?", by="U3")
        await desk.says("can you help?", mentions_us=True)
        created = (await desk.rig.of_type(FIRST, "session.created"))[0]
        (told,) = created["history"]
        assert "U2: the server is down\n" in told["content"]
        assert "U3: which one?" in told["content"]
        assert "can you help" not in told["content"]


async def test_a_mention_that_opens_a_thread_asks_for_no_history() -> None:
    async with Desk() as desk:
        said = desk.chat.says("hello", mentions_us=True)
        await desk.receive(replace(said, source=replace(said.place, thread="")))
        assert not [call for call in desk.chat.calls if call.method == "thread_so_far"]
        assert await desk.heard() == ["hello"]


async def test_a_text_file_is_read_and_another_one_is_named() -> None:
    async with Desk() as desk:
        desk.chat.files["u1"] = b"a: ```\n"
        log = FileIn(name="a.yaml", url="u1", size=7)
        picture = FileIn(name="b.png", url="u2", size=1_200_000, mime="image/png")
        gone = FileIn(name="c.txt", url="u3", size=9)
        await desk.says("look", mentions_us=True, files=(log, picture, gone))
        assert await desk.heard() == [
            "look\n\nThe file a.yaml:\n````\na: ```\n````"
            "\n\n(The file b.png, 1.2 MB, came with it; you cannot read it.)"
            "\n\n(The file c.txt, 9 bytes, came with it; you cannot read it.)"
        ]


async def test_a_message_behind_another_one_is_marked_until_its_turn_begins() -> None:
    gate = asyncio.Event()
    async with Desk(gated({"first": Answer(pieces=("ok",), gate=gate)})) as desk:
        await desk.says("first", mentions_us=True)
        second = desk.chat.says("second")
        await desk.receive(second)
        assert desk.chat.marks == {second.message_id: {Mark.QUEUED}}
        gate.set()
        await desk.rig.advance(5)
        assert desk.chat.marks == {second.message_id: set()}


async def test_a_busy_agent_that_takes_one_at_a_time_says_so() -> None:
    gate = asyncio.Event()
    held = {"first": Answer(pieces=("ok",), gate=gate)}
    async with Desk(gated(held, overlap="reject")) as desk:
        await desk.says("first", mentions_us=True)
        await desk.says("second")
        assert "I am busy with the message before this one" in desk.told[0]
        assert await desk.heard() == ["first"]
        gate.set()


# -- who is not served


async def test_a_guest_is_refused_once_in_a_conversation() -> None:
    async with Desk() as desk:
        desk.chat.people["G1"] = GUEST
        await desk.says("hello", by="G1", mentions_us=True)
        await desk.says("hello?", by="G1", mentions_us=True)
        assert len(desk.told) == 1
        assert "allow_guests: true" in desk.told[0]
        assert await desk.heard() == []


async def test_another_bot_is_refused_once_in_a_channel_and_then_ignored() -> None:
    async with Desk() as desk:
        desk.chat.people["B1"] = BOT
        for number in range(5):
            await desk.says(
                "hello",
                mentions_us=True,
                conversation=f"T1:C1:{number}",
                person=BOT,
            )
        assert len(desk.told) == 1


# -- what goes wrong


async def test_a_platform_that_is_away_for_a_while_costs_time_only() -> None:
    async with Desk() as desk:
        desk.chat.faults.fail("person", *[SendError("Away.") for _ in range(5)])
        await desk.says("hello", mentions_us=True)
        await desk.says("again")
        assert await desk.heard() == []
        await desk.rig.advance(60)
        assert await desk.heard() == ["hello", "again"]


async def test_a_journal_that_is_away_refuses_what_comes_and_keeps_what_came() -> None:
    async with Desk() as desk:
        said = desk.chat.says("hello", mentions_us=True)
        await desk.service.receive(said)
        desk.rig.wire.away = True
        await desk.rig.advance(30)
        desk.rig.wire.away = False
        await desk.rig.advance(60)
        assert await desk.heard() == ["hello"]


async def test_what_breaks_again_and_again_is_set_aside_and_stops_nobody() -> None:
    async with Desk() as desk:
        for _ in range(6):
            desk.chat.faults.fail("open", ZeroDivisionError("a defect"))  # type: ignore[arg-type]
        bad = desk.chat.says("bad", mentions_us=True)
        await desk.receive(bad, desk.chat.says("good", mentions_us=True), seconds=120)
        assert await desk.problems() == ["ZeroDivisionError: a defect"]
        assert "gave up trying" in desk.told[0]
        assert await desk.heard() == ["good"]
        assert await desk.inbox.dismiss(bad.id)
        assert await desk.problems() == []


async def test_what_came_just_before_the_clock_was_set_back_is_handled_at_once() -> None:
    async with Desk() as desk:
        await desk.service.receive(desk.chat.says("hello", mentions_us=True))
        desk.rig.clock.turn(-3600)
        await desk.rig.advance(1)
        assert await desk.heard() == ["hello"]


async def test_who_was_told_that_they_are_not_served_is_forgotten_after_a_month() -> None:
    async with Desk() as desk:
        desk.chat.people["G1"] = GUEST
        await desk.says("hello", by="G1", mentions_us=True)
        refused = "chat-refused/slack"
        assert len(await desk.rig.journal.records(refused)) == 1
        await desk.close()
        desk.rig.clock.turn(29 * 86400)
        await desk.open()
        await desk.says("hello again", by="G1", mentions_us=True)
        assert len(desk.told) == 1
        await desk.close()
        desk.rig.clock.turn(2 * 86400)
        await desk.open()
        await desk.rig.settle()
        assert await desk.rig.journal.records(refused) == []
        await desk.says("me once more", by="G1", mentions_us=True)
        assert len(desk.told) == 2


async def test_what_was_set_aside_is_handled_once_somebody_has_it_tried_again() -> None:
    async with Desk() as desk:
        for _ in range(6):
            desk.chat.faults.fail("open", ZeroDivisionError("a defect"))  # type: ignore[arg-type]
        bad = desk.chat.says("bad", mentions_us=True)
        await desk.receive(bad, seconds=120)
        assert await desk.inbox.retry(bad.id, desk.rig.clock.now())
        await desk.rig.advance(2)
        assert await desk.heard() == ["bad"]
        assert await desk.problems() == []
        assert not await desk.inbox.retry(bad.id, desk.rig.clock.now())
        await desk.receive(bad)
        assert await desk.heard() == ["bad"]


async def test_what_another_process_received_is_handled() -> None:
    async with Desk() as desk:
        door = ChatDoor(desk.rig.journal, "slack", desk.rig.clock)
        assert await door.receive(desk.chat.says("hello", mentions_us=True))
        await desk.rig.advance(1)
        assert await desk.heard() == ["hello"]


async def test_a_conversation_without_anything_to_do_costs_nothing() -> None:
    async with Desk() as desk:
        for number in range(20):
            await desk.says("hello", mentions_us=True, conversation=f"T1:C1:{number}")
        await desk.rig.advance(5)
        assert desk.service.open_lanes == 0


async def test_a_call_that_never_returns_is_given_up_and_made_again() -> None:
    async with Desk() as desk:
        desk.chat.faults.hold("open")
        await desk.says("hello", mentions_us=True)
        await desk.rig.advance(130)
        desk.chat.faults.release("open")
        await desk.rig.advance(10)
        assert [call.method for call in desk.chat.calls].count("open") == 2
        assert await desk.heard() == ["hello"]


async def test_clicks_do_not_wait_behind_messages_that_hang() -> None:
    async with Desk() as desk:
        desk.chat.faults.hold("fetch")
        file = FileIn(name="a.txt", url="u", size=1)
        for number in range(40):
            where = f"T1:C1:{number}"
            await desk.says("x", conversation=where, mentions_us=True, files=(file,))
        await desk.commands("help")
        assert len(desk.told) == 1
        desk.chat.faults.release("fetch")
