"""Which session a conversation is, for ever."""

from __future__ import annotations

import asyncio

from liteagent.chat.bindings import Binding, Bindings
from liteagent.chat.places import Place
from liteagent.journal import MemoryJournal

PLACE = Place(team="9", channel="42", parent="7")


async def bound(bindings: Bindings, conversation: str = "9:42", agent: str = "ops") -> Binding:
    return await bindings.bind(
        conversation, agent=agent, place=PLACE, person_id="3", since="1", ts=5.0
    )


async def test_the_first_binding_of_a_conversation_stands() -> None:
    journal = MemoryJournal()
    first = await bound(Bindings(journal, "discord"))
    assert first.session_id == "9:42"
    assert await bound(Bindings(journal, "discord"), agent="other") == first
    assert await Bindings(journal, "discord").get("9:42") == first
    assert await Bindings(journal, "slack").get("9:42") is None


async def test_a_session_is_found_back_to_its_conversation() -> None:
    bindings = Bindings(MemoryJournal(), "discord")
    binding = await bound(bindings)
    assert await bindings.of_session("9:42") == binding
    for other in ("discord:9:42", "9:43", "9:42~2", "sess_1", ""):
        assert await bindings.of_session(other) is None


async def test_another_agent_gets_a_session_with_the_next_number() -> None:
    bindings = Bindings(MemoryJournal(), "discord")
    assert await bindings.switch("9:42", "dev") is None
    await bound(bindings)
    second = await bindings.switch("9:42", "dev")
    assert second is not None
    assert (second.session_id, second.agent, second.place) == ("9:42~2", "dev", PLACE)
    assert await bindings.switch("9:42", "dev") == second
    both = await asyncio.gather(bindings.switch("9:42", "ops"), bindings.switch("9:42", "ops"))
    assert {each.session_id for each in both if each is not None} == {"9:42~3"}
    earlier = await bindings.of_session("9:42~2")
    assert earlier is not None
    assert earlier.session_id == "9:42~2"
