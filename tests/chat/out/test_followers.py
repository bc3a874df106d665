"""What a session says reaches its conversation, in order, once, whatever woke it."""

from __future__ import annotations

from tests.chat.out.worlds import APPROVALS, PLACE, SESSION_ID, chat_world
from tests.fixtures.rigs import gated, script

from liteagent.testing.runtime import ANN, AgentRig


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
