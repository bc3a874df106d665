"""Threads of a bot on an unchanged discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord as library
import pytest

from liteagent.testing.discord import EVERYDAY, CannotDoError, FakeDiscord
from tests.testing.discord.bot import Bot, Office, Run


@pytest.fixture
async def thread(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> AsyncIterator[library.Thread]:
    """A thread made from Ann's message, in a bot that is connected."""
    said = await discord.say(office.ann, office.channel, "hello")
    async with run(bot):
        channel = bot.get_channel(office.channel)
        assert isinstance(channel, library.TextChannel)
        yield await channel.get_partial_message(said).create_thread(name="talk")


async def test_a_thread_has_the_id_of_its_message_and_can_be_made_only_once(
    discord: FakeDiscord, office: Office, thread: library.Thread
) -> None:
    [message] = discord.messages(office.channel)
    assert (thread.id, discord.threads[0].parent_id) == (message.id, office.channel)
    with pytest.raises(library.HTTPException) as refused:
        await thread.parent.get_partial_message(message.id).create_thread(name="again")
    assert refused.value.code == 160004

    fetched = await thread.parent.fetch_message(message.id)
    assert (fetched.flags.has_thread, fetched.thread.id) == (True, thread.id)


async def test_what_is_said_in_a_thread_reaches_the_bot_there(
    discord: FakeDiscord, office: Office, bot: Bot, thread: library.Thread
) -> None:
    await discord.say(office.bob, thread.id, "me too")
    await discord.until(lambda: bot.heard)

    assert bot.heard[0].channel == thread
    assert discord.threads[0].member_ids == {discord.bot_id, office.bob}


async def test_the_history_of_a_thread_begins_with_a_pointer_to_its_message(
    discord: FakeDiscord, thread: library.Thread
) -> None:
    await thread.send("hi")
    start, said = [one async for one in thread.history(oldest_first=True)]

    assert start.type is library.MessageType.thread_starter_message
    assert (start.content, start.system_content, said.content) == ("", "hello", "hi")
    assert [m.content for m in discord.messages(thread.id)] == ["hi"]


async def test_people_open_threads_too(
    discord: FakeDiscord, office: Office, bot: Bot, thread: library.Thread
) -> None:
    said = await discord.say(office.bob, office.channel, "a plan")
    at_message = await discord.open_thread(office.bob, office.channel, "plan", message=said)
    without = await discord.open_thread(office.bob, office.channel, "else")
    await discord.say(office.bob, without, "in there")
    await discord.until(lambda: bot.heard and bot.heard[-1].content == "in there")

    assert at_message == said
    assert bot.heard[-1].channel.name == "else"
    with pytest.raises(CannotDoError, match="no threads in #plan"):
        await discord.open_thread(office.bob, at_message, "inside")


async def test_posting_opens_an_archived_thread_but_not_a_locked_one(
    discord: FakeDiscord, bot: Bot, thread: library.Thread
) -> None:
    discord.archive(thread.id)
    sent = await thread.send("still here")
    assert not discord.threads[0].archived

    discord.archive(thread.id, locked=True)
    with pytest.raises(library.HTTPException) as refused:
        await thread.send("locked out")
    assert refused.value.code == 160005
    with pytest.raises(library.HTTPException) as refused:
        await sent.edit(content="changed")
    assert refused.value.code == 50083

    discord.set_permissions(thread.parent_id, EVERYDAY | {"manage_threads"})
    await thread.send("a moderator")
    assert [m.content for m in discord.messages(thread.id)] == ["still here", "a moderator"]


async def test_the_bot_renames_archives_and_finds_its_own_thread_again(
    discord: FakeDiscord, office: Office, thread: library.Thread
) -> None:
    await thread.edit(name="done", archived=True)
    assert (discord.threads[0].name, discord.threads[0].archived) == ("done", True)
    found = [each async for each in thread.parent.archived_threads()]
    assert [each.id for each in found] == [thread.id]
    assert await thread.guild.active_threads() == []
    with pytest.raises(library.HTTPException) as refused:
        await thread.edit(name="x" * 101)
    assert refused.value.code == 50035


async def test_a_thread_without_a_message_is_found_and_joined_as_well(
    discord: FakeDiscord, office: Office, thread: library.Thread
) -> None:
    kind = library.ChannelType.public_thread
    other = await thread.parent.create_thread(name="other", type=kind)
    await other.leave()
    await other.join()
    await other.add_user(library.Object(office.ann))
    active = await thread.guild.active_threads()

    assert [each.id for each in active] == [thread.id, other.id]
    assert {each.id for each in await other.fetch_members()} == {discord.bot_id, office.ann}
    assert discord.threads_of(office.channel)[1].id == other.id


async def test_a_thread_is_deleted_only_with_the_permission(
    discord: FakeDiscord, office: Office, bot: Bot, thread: library.Thread
) -> None:
    with pytest.raises(library.Forbidden):
        await thread.delete()
    discord.set_permissions(office.channel, EVERYDAY | {"manage_threads"})
    await thread.delete()
    await discord.until(lambda: "thread_delete" in bot.events)

    assert discord.threads == []
