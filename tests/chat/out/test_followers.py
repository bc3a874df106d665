"""What a session says reaches its conversation, in order, once, whatever woke it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import pytest

from liteagent.chat.bindings import Bindings
from liteagent.chat.places import Place
from liteagent.chat.platform import Content
from liteagent.journal import MemoryJournal, Record
from liteagent.kernel import SendError
from liteagent.testing import call, calls
from liteagent.testing.chat import FakeChat
from liteagent.testing.runtime import ANN, BOB, AgentRig
from tests.chat.out.worlds import APPROVALS, LIMITS, PLACE, SESSION_ID, chat_world
from tests.fixtures.rigs import gated, script


async def test_an_answer_is_shown_and_its_message_waits_no_longer() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        await world.say("hello")
        await world.rig.advance(1)
        assert world.texts == ["Hi!"]
        assert len(world.marks.begun_turns) == 1
        assert world.chat.violations == []


async def test_whatever_wakes_a_session_reaches_its_thread() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        await world.say("hello", follow=False)
        assert world.texts == []
        await world.rig.advance(4)
        assert world.texts == ["Hi!"]


async def test_a_request_is_shown_as_a_card_that_says_how_it_was_decided() -> None:
    async with chat_world(gated({"done": "ok"})) as world:
        await world.say("go")
        await world.rig.advance(1)
        (card,) = world.chat.visible(PLACE)
        assert card.is_card
        (approval,) = await world.rig.pending()
        await world.rig.decide(approval)
        await world.rig.advance(1)
        card, *_ = world.chat.visible(PLACE)
        assert card.content.outcome.startswith("Approved by")
        assert len(card.edits) == 1


async def test_a_request_stands_in_the_channel_for_all_of_them_too() -> None:
    async with chat_world(gated(), approvals=APPROVALS) as world:
        await world.say("go")
        await world.rig.sessions.send("web", "go", principal=ANN, create_with="agent")
        await world.rig.advance(4)
        cards = world.chat.visible(APPROVALS)
        assert [card.is_card for card in cards] == [True, True]
        for approval in await world.rig.pending():
            await world.rig.decide(approval, "reject")
        await world.rig.advance(4)
        assert all(card.content.outcome for card in world.chat.visible(APPROVALS))
        assert world.chat.visible(PLACE)[0].content.outcome


async def test_a_card_of_a_session_that_was_let_go_is_rewritten_as_soon_as_it_is_decided() -> None:
    async with chat_world(gated({"done": "ok"})) as world:
        await world.say("go")
        await world.rig.advance(90)
        assert world.followers.count == 0
        (approval,) = await world.rig.pending()
        await world.rig.decide(approval)
        world.followers.look()
        await world.chat.until(lambda: world.chat.visible(PLACE)[0].content.outcome)


async def test_a_session_that_is_still_is_let_go_and_found_again() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!", "more": "More."}))) as world:
        await world.say("hello")
        await world.rig.advance(90)
        assert world.followers.count == 0
        await world.say("more", follow=False)
        await world.rig.advance(4)
        assert world.texts == ["Hi!", "More."]
        await world.restart()
        await world.rig.advance(90)
        assert world.texts == ["Hi!", "More."]
        assert world.followers.count == 0


async def test_what_was_said_while_nobody_served_is_shown_afterwards() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        await world.stop()
        await world.rig.sessions.send(SESSION_ID, "hello", principal=ANN, create_with="agent")
        await world.rig.settle()
        await world.start()
        await world.rig.advance(1)
        assert world.texts == ["Hi!"]


@pytest.mark.parametrize("seconds", [3600.0, -50.0])
async def test_sessions_are_found_whatever_the_clocks_of_their_hosts_say(seconds: float) -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        await world.rig.sessions.send("web", "hello", principal=ANN, create_with="agent")
        await world.rig.advance(10)
        for session in ("web", SESSION_ID):
            if session == SESSION_ID:
                await world.say("hello", follow=False)
            ahead = seconds if (session == "web") is (seconds > 0) else 0.0
            entity = world.rig.journal._entities[f"session/{session}"]
            entity.row = replace(entity.row, updated_at=entity.row.updated_at + ahead)
            await world.rig.advance(5)
        assert world.texts == ["Hi!"]


async def test_a_card_that_somebody_deleted_is_posted_again_while_it_is_open() -> None:
    rule = {"quorum": 2}
    async with chat_world(gated(approval={"restart": rule})) as world:
        await world.say("go")
        await world.rig.advance(1)
        (card,) = world.chat.visible(PLACE)
        world.chat.delete(card.id)
        (approval,) = await world.rig.pending()
        await world.rig.decide(approval, by=BOB)
        await world.rig.advance(1)
        (again,) = world.chat.visible(PLACE)
        assert (again.is_card, again.content.votes) == (True, ("Bob",))
        world.chat.delete(again.id)
        await world.rig.decide(approval, by=ANN)
        await world.rig.advance(1)
        assert not any(message.is_card for message in world.chat.visible(PLACE))


async def test_a_turn_that_is_stopped_is_told_of_with_who_stopped_it() -> None:
    async with chat_world(gated()) as world:
        await world.say("go")
        await world.rig.advance(1)
        await world.rig.cancel(SESSION_ID, by=BOB)
        await world.rig.advance(2)
        card, told = world.chat.visible(PLACE)
        assert card.content.outcome.startswith("Withdrawn")
        assert told.text == "Stopped by Bob."


async def test_nothing_is_kept_of_what_was_delivered() -> None:
    async with chat_world(gated()) as world:
        await world.say("go")
        await world.rig.advance(1)
        (approval,) = await world.rig.pending()
        await world.rig.decide(approval)
        await world.rig.advance(2)
        assert len(world.texts) == 2
        assert list(await world.rig.journal.records("chat-posts/slack")) == []


async def test_no_move_is_passed_over_while_a_post_waits() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        world.chat.faults.hold("post")
        await world.say("hello")
        await world.rig.sessions.send("web", "hello", principal=ANN, create_with="agent")
        for _ in range(6):
            await world.rig.advance(30)
            await world.rig.sessions.send("web", "hello", principal=ANN)
        await world.stop()
        world.chat.faults.clear()
        await world.start()
        await world.rig.advance(30)
        assert world.texts == ["Hi!"]


class Counting(MemoryJournal):
    """A journal that tells which conversations were looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: list[str] = []

    async def get_record(self, collection: str, key: str) -> Record | None:
        if collection.startswith("outbox/"):
            self.looked_up.append(key)
        return await super().get_record(collection, key)


class Choosy(FakeChat):
    """A platform that takes nothing in some channels for now."""

    closed: Set[str] = frozenset()

    async def post(self, place: Place, content: Content, key: str) -> str:
        if place.channel in self.closed:
            raise SendError("Not now.", retry_after=30.0)
        return await super().post(place, content, key)


async def test_a_session_that_cannot_be_delivered_lets_a_start_pass_over_the_others() -> None:
    journal = Counting()
    rig = AgentRig(script({"hello": "Hi!"}), journal=journal)
    async with chat_world(rig, kind=Choosy, streams=False) as world:
        world.chat.closed = {PLACE.channel}
        await world.say("hello")
        bindings = Bindings(journal, "slack")
        for number in range(5):
            key, place = f"T1:C2:{number}", Place(team="T1", channel="C2", thread=str(number))
            await bindings.bind(key, agent="agent", place=place, person_id="U1", since="", ts=0.0)
            await rig.sessions.send(key, "hello", principal=ANN, create_with="agent")
            await rig.advance(120)
        assert world.chat.texts == ["Hi!"] * 5
        await world.stop()
        await rig.advance(3600)
        journal.looked_up.clear()
        await world.start()
        await rig.advance(5)
        assert set(journal.looked_up) == {f"session/{SESSION_ID}", "session/T1:C2:4"}
        world.chat.closed = set()
        await rig.advance(120)
        assert world.texts == ["Hi!"]


async def test_sessions_that_cannot_be_delivered_hold_no_other_up() -> None:
    async with chat_world(AgentRig(script()), kind=Choosy, streams=False) as world:
        world.chat.closed = {"C2"}
        bindings = Bindings(world.rig.journal, "slack")
        await world.stop()
        for number in range(25):
            key, place = f"T1:C2:{number}", Place(team="T1", channel="C2", thread=str(number))
            await bindings.bind(key, agent="agent", place=place, person_id="U1", since="", ts=0.0)
            await world.rig.sessions.send(key, "hello", principal=ANN, create_with="agent")
        await world.rig.settle()
        await world.start()
        await world.rig.advance(2)
        await world.say("hello", follow=False)
        await world.rig.advance(60)
        assert world.texts == ["ok"]


async def test_a_conversation_whose_record_cannot_be_read_holds_no_other_up() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        await world.rig.journal.put_record("chat-bindings/slack", "T1:C2:1", {"of": "old"})
        await world.rig.sessions.send("T1:C2:1", "hello", principal=ANN, create_with="agent")
        await world.rig.advance(4)
        await world.say("hello", follow=False)
        await world.rig.advance(4)
        assert world.texts == ["Hi!"]


async def test_people_are_reminded_below_a_card_that_is_posted_again_if_it_is_gone() -> None:
    rule = {"remind": "5m"}
    async with chat_world(gated(approval={"restart": rule}), approvals=APPROVALS) as world:
        await world.say("go")
        await world.rig.advance(4)
        (card,) = world.chat.visible(PLACE)
        world.chat.delete(card.id)
        await world.rig.advance(330)
        for place in (PLACE, APPROVALS):
            again, reminder = world.chat.visible(place)
            assert again.is_card
            assert reminder.text.startswith("Still open: agent asks to run restart.")


async def test_what_is_handed_on_while_it_closes_is_found_by_whoever_runs_next() -> None:
    async with chat_world(AgentRig(script({"hello": "Hi!"}))) as world:
        await world.stop()
        await world.say("hello")
        assert world.followers.count == 0
        await world.start()
        await world.rig.advance(1)
        assert world.texts == ["Hi!"]


async def test_arguments_that_a_card_does_not_wholly_show_stand_below_it() -> None:
    hidden = f"web{' ' * 400}; rm -rf /"
    rig = gated({"go": calls(call("restart", name=hidden))})
    async with chat_world(rig, approvals=APPROVALS, limits=replace(LIMITS, text=2000)) as world:
        await world.say("go")
        await world.rig.advance(5)
        for place in (PLACE, APPROVALS):
            card, below = world.chat.visible(place)
            assert card.is_card
            assert hidden in below.text
