"""What people tell the chat service itself."""

from __future__ import annotations

import asyncio

from liteagent.agents import AgentSpec
from liteagent.chat.places import Place
from liteagent.testing import Answer
from tests.chat.intake.desk import GUEST, Desk
from tests.fixtures.rigs import gated

FIRST = "T1:C1:1"


def held(gate: asyncio.Event) -> dict[str, Answer]:
    return {"first": Answer(pieces=("done",), gate=gate)}


async def test_anybody_in_a_thread_stops_what_runs_there() -> None:
    gate = asyncio.Event()
    async with Desk(gated(held(gate))) as desk:
        await desk.says("first", mentions_us=True)
        await desk.says("!stop", by="U2")
        (cancelled,) = await desk.rig.of_type(FIRST, "turn.cancelled")
        assert cancelled["by"]["id"] == "slack:T1:U2"
        assert desk.told == []


async def test_stopping_says_what_still_waits_and_when_there_is_nothing_to_stop() -> None:
    gate = asyncio.Event()
    async with Desk(gated(held(gate))) as desk:
        await desk.says("first", mentions_us=True)
        await desk.says("first again?")
        await desk.says("!stop")
        await desk.says("!stop")
        assert desk.told[-1] == "Nothing is going on here."


async def test_the_status_tells_the_agent_the_turn_what_waits_and_what_is_to_be_approved() -> None:
    gate = asyncio.Event()
    async with Desk(gated(held(gate))) as desk:
        await desk.says("!status", mentions_us=True)
        await desk.says("first", mentions_us=True)
        await desk.says("go")
        await desk.says("!status")
        gate.set()
        await desk.rig.advance(5)
        await desk.says("!status")
        assert desk.told == [
            "`agent` answers here. Nothing was said to me here yet.",
            "`agent` answers here. It is at work. 1 message waits.",
            "`agent` answers here. It waits for a person. Waiting for approval: `restart`.",
        ]


async def test_another_agent_goes_on_in_a_session_of_its_own_with_what_was_said() -> None:
    async with Desk() as desk:
        ops = desk.rig.agents.get("agent").model_copy(update={"name": "ops", "purpose": "Runs it."})
        desk.rig.agents.put(AgentSpec.model_validate(ops))
        await desk.says("hello", mentions_us=True)
        await desk.says("!agent")
        await desk.says("!agent opps")
        await desk.says("!agent ops")
        await desk.says("are you there?")
        assert "- `agent` (answers here)\n- `ops`: Runs it." in desk.told[0]
        assert "did you mean ops" in desk.told[1]
        assert await desk.heard() == ["hello"]
        second = f"{FIRST}~2"
        assert await desk.heard(second) == ["are you there?"]
        (created,) = await desk.rig.of_type(second, "session.created")
        assert (created["agent"], len(created["history"])) == ("ops", 1)
        assert "`ops` answers here." in desk.chat.texts
        bindings = desk.service.account.bindings
        assert (await bindings.of_session(FIRST)) is not None
        assert (await bindings.of_session(f"{FIRST}~3")) is None


async def test_a_mistyped_command_gets_a_hint_and_a_mention_alone_help() -> None:
    async with Desk() as desk:
        await desk.says("!stats", mentions_us=True)
        await desk.says("", mentions_us=True)
        assert "did you mean `!status`?" in desk.told[0]
        assert "`!agent NAME`" in desk.told[1]
        assert await desk.heard() == []


async def test_everybody_sees_what_they_may_decide() -> None:
    async with Desk(gated()) as desk:
        await desk.says("go", mentions_us=True)
        await desk.says("!approvals", by="U2")
        assert desk.told[0].startswith("Requests that you may decide: 1.")
        await desk.commands("approvals", by="U2")
        assert "You may decide:\n- agent asks to run restart" in desk.told[1]
        desk.chat.people["G1"] = GUEST
        await desk.commands("approvals", by="G1")
        assert "guests" in desk.told[2]


async def test_a_slash_command_in_a_channel_that_others_share_is_refused() -> None:
    async with Desk() as desk:
        desk.chat.shared.add("C1")
        await desk.commands("what time is it?")
        assert "shared with other workspaces" in desk.told[0]
        assert await desk.heard() == []


async def test_a_slash_command_is_answered_to_whoever_gave_it() -> None:
    async with Desk() as desk:
        await desk.commands("status")
        await desk.commands("stop")
        (status, stop) = desk.chat.told
        assert status.handle == "h"
        assert "`agent` answers here" in status.text
        assert "in its thread" in stop.text


async def test_what_is_said_by_a_slash_command_begins_a_conversation() -> None:
    async with Desk() as desk:
        await desk.commands("is the server up?")
        (root, *_) = desk.chat.messages
        assert root.text == "is the server up?"
        assert await desk.heard(f"T1:C1:{root.order}") == ["is the server up?"]
        assert desk.told == ["I answer in the thread."]


async def test_a_slash_command_in_a_direct_message_goes_on_with_it() -> None:
    async with Desk() as desk:
        place = Place(team="T1", channel="D1", direct=True)
        await desk.says("hello", conversation="T1:D1", place=place, source=place)
        await desk.commands("and now?", place=place, conversation="T1:D1")
        await desk.commands("status", place=place, conversation="T1:D1")
        assert await desk.heard("T1:D1") == ["hello", "and now?"]
        assert desk.told[-1] == "`agent` answers here. Nothing is going on."
