"""Whole conversations through an unchanged discord.py."""

from __future__ import annotations

import asyncio

from liteagent.testing import Answer, ScriptedModel
from liteagent.testing.discord import Interaction
from tests.discord_adapter.office import Office


async def test_a_mention_opens_a_thread_in_which_an_edited_request_is_approved_and_answered() -> (
    None
):
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        opened = await office.press(card, "Edit")
        await office.until(lambda: opened.modal)
        filled = await office.discord.submit(office.bob, opened, {"name": "web", "times": "3"})
        await office.until(lambda: "restarted web 3 times" in office.texts(thread)[-1])
        await office.until(lambda: not office.cards(thread)[0].buttons)

        assert filled.response_type == 6
        assert office.world.restarted == ["web*3"]
        assert [one.name for one in office.discord.threads] == ["restart web"]
        assert "Bob" in str(office.cards(thread)[0].embeds)

        await office.discord.say(office.ann, thread, "thanks")
        await office.until(lambda: "You said: thanks" in office.texts(thread))


async def test_an_answer_is_shown_while_it_is_written_and_it_types_meanwhile() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("The first line.\n", *["and one more\n"] * 3), gate=gate, gate_after=2)
    async with Office(model=ScriptedModel({"tell": answer})) as office:
        thread = await office.ask("tell")
        await office.until(lambda: office.texts(thread))
        assert answer.text.startswith(office.texts(thread)[0])
        await office.until(lambda: office.discord.typing)
        gate.set()
        await office.until(
            lambda: [each.strip() for each in office.texts(thread)] == [answer.text.strip()]
        )


async def test_a_message_behind_another_is_marked_while_it_waits() -> None:
    gate = asyncio.Event()
    model = ScriptedModel({"slow": Answer(pieces=("done",), gate=gate), "next": "me too"})
    async with Office(model=model) as office:
        thread = await office.ask("slow")
        await office.until(lambda: office.discord.threads)
        waiting = await office.discord.say(office.ann, thread, "next")
        message = office.discord.message(waiting)
        assert message is not None
        await office.until(lambda: message.reactions.get("👀"))
        gate.set()
        await office.until(lambda: office.texts(thread) == ["done", "me too"])
        await office.until(lambda: not message.reactions.get("👀"))


async def test_a_thread_of_others_is_joined_by_a_mention_and_its_beginning_is_known() -> None:
    async with Office() as office:
        root = await office.discord.say(office.bob, office.channel, "the web is down")
        thread = await office.discord.open_thread(office.bob, office.channel, "down", message=root)
        await office.discord.say(office.bob, thread, "since noon")
        await office.ask("what is up?", channel=thread)
        await office.until(lambda: "You said: what is up?" in office.texts(thread))
        request = office.rig.model.requests[-1]
        told = " ".join(message.content for message in request.messages)
        assert "Bob: since noon" in told


async def test_a_direct_message_needs_no_mention_and_no_thread() -> None:
    async with Office() as office:
        dm = office.discord.open_dm(office.ann)
        await office.discord.say(office.ann, dm, "restart db")
        card = await office.card(dm)
        click = await office.press(card, "Approve", by=office.ann)
        await office.until(lambda: "You said: restarted db 1 times" in office.texts(dm))

        assert click.response_type == 6
        assert office.discord.threads == []


async def test_a_slash_command_opens_a_thread_of_its_own() -> None:
    async with Office() as office:
        command = await office.discord.command(
            office.ann, office.channel, "agent", {"text": "restart web"}
        )
        await office.until(lambda: office.discord.threads)
        thread = office.discord.threads[0].id
        card = await office.card(thread)
        await office.press(card, "Approve")
        await office.until(lambda: "You said: restarted web 1 times" in office.texts(thread))
        await office.until(lambda: command.content)

        assert command.ephemeral
        assert command.content == "I answer in the thread."
        assert "asks: restart web" in office.texts(office.channel)[0]


async def test_a_forged_button_an_outsider_and_a_second_click_are_answered_alone() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        first = await office.press(card, "Approve", by=office.ann)
        second = await office.press(card, "Approve", by=office.bob)
        await office.until(lambda: _said(first) or _said(second))

        late = second if _said(second) else first
        assert "approved this already" in _said(late)
        assert office.world.restarted == ["web*1"]


def _said(one: Interaction) -> str:
    texts = [each.content for each in one.followups if each.ephemeral]
    if one.response is not None and one.ephemeral:
        texts.append(one.response.content)
    return " ".join(texts)
