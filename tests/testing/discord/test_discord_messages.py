"""Messages of a bot on an unchanged discord.py: what is taken, what is refused, what is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import discord as library
import pytest
from discord import ui

from liteagent.testing import FakeClock
from liteagent.testing.discord import EVERYDAY, FakeDiscord, Upload, pointed_at
from tests.testing.discord.bot import Bot, Office, Run


@pytest.fixture
async def channel(discord: FakeDiscord, office: Office, bot: Bot, run: Run) -> library.TextChannel:
    """The office's channel in a bot that is logged in."""
    await bot.login(discord.token)
    found = await bot.fetch_channel(office.channel)
    assert isinstance(found, library.TextChannel)
    yield found
    await bot.close()


def problems(error: library.HTTPException) -> tuple[int, int, str]:
    return error.status, error.code, error.text


async def test_an_embed_a_file_and_a_reply_arrive_as_they_were_sent(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    asked = await discord.say(office.ann, office.channel, "report?")
    sent = await channel.send(
        "Here",
        embed=library.Embed(title="Q3", description="up"),
        file=library.File(io.BytesIO(b"a,b\n1,2\n"), "q3.csv", description="numbers"),
        reference=channel.get_partial_message(asked),
        nonce="one",
    )
    _, seen = discord.messages(office.channel)

    assert (seen.id, seen.content, seen.nonce) == (sent.id, "Here", "one")
    assert [(e["title"], e["description"]) for e in seen.embeds] == [("Q3", "up")]
    assert [(a.filename, a.content, a.description) for a in seen.attachments] == [
        ("q3.csv", b"a,b\n1,2\n", "numbers")
    ]
    assert (seen.reference.message_id, seen.mentions) == (asked, [office.ann])
    assert await sent.attachments[0].read() == b"a,b\n1,2\n"


async def test_a_file_that_somebody_sends_can_be_read(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    text = Upload(filename="log.txt", content=b"boom", content_type="text/plain")
    said = await discord.say(office.ann, office.channel, "", attachments=[text, ("x", b"y")])
    message = await channel.fetch_message(said)

    assert [await one.read() for one in message.attachments] == [b"boom", b"y"]
    assert message.attachments[0].content_type == "text/plain"


async def test_an_edit_keeps_what_it_does_not_name_and_drops_what_it_says(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    files = [library.File(io.BytesIO(b"1"), "a"), library.File(io.BytesIO(b"2"), "b")]
    sent = await channel.send("one", files=files)
    await sent.edit(content="two")
    [seen] = discord.messages(office.channel)
    assert (seen.content, [a.filename for a in seen.attachments]) == ("two", ["a", "b"])

    more = library.File(io.BytesIO(b"3"), "c")
    await sent.edit(attachments=[sent.attachments[1], more])
    assert (seen.content, [a.filename for a in seen.attachments]) == ("two", ["b", "c"])
    assert seen.edited is not None


async def test_history_comes_newest_first_before_after_and_around_a_message(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    ids = [await discord.say(office.ann, office.channel, str(n)) for n in range(120)]

    async def texts(**options: Any) -> list[int]:
        return [int(m.content) async for m in channel.history(**options)]

    at = [library.Object(each) for each in ids]
    assert await texts(limit=3) == [119, 118, 117]
    assert await texts(limit=3, before=at[10]) == [9, 8, 7]
    assert await texts(limit=3, after=at[10]) == [11, 12, 13]
    assert sorted(await texts(limit=5, around=at[10])) == [8, 9, 10, 11, 12]
    assert len(await texts(limit=None)) == 120


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "nonce": "n" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
        (
            {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3001}]},
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
        ),
    ],
)
async def test_a_form_that_is_wrong_is_refused_with_the_field(
    discord: FakeDiscord,
    office: Office,
    channel: library.TextChannel,
    body: dict[str, Any],
    path: str,
    code: str,
) -> None:
    route = library.http.Route("POST", f"/channels/{channel.id}/messages")
    with pytest.raises(library.HTTPException) as refused:
        await channel._state.http.request(route, json=body)

    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert f"In {path}: " in str(refused.value)
    assert discord.messages(office.channel) == []


Attempt = Callable[[library.TextChannel, int], Any]


@pytest.mark.parametrize(
    ("attempt", "status", "code"),
    [
        (lambda channel, said: channel.send(" ".strip() or None), 400, 50006),
        (lambda channel, said: channel.get_partial_message(said).edit(content="x"), 403, 50005),
        (lambda channel, said: channel.get_partial_message(said).delete(), 403, 50013),
        (lambda channel, said: channel.get_partial_message(1).edit(content="x"), 404, 10008),
        (lambda channel, said: channel._state.http.get_message(1, 2), 404, 10003),
        (lambda channel, said: channel.edit(name="x"), 403, 50013),
        (lambda channel, said: channel.guild.fetch_member(1), 404, 10007),
    ],
)
async def test_what_the_bot_may_not_or_cannot_do_is_refused_with_discords_code(
    discord: FakeDiscord,
    office: Office,
    channel: library.TextChannel,
    attempt: Attempt,
    status: int,
    code: int,
) -> None:
    said = await discord.say(office.ann, office.channel, "hello")
    with pytest.raises(library.HTTPException) as refused:
        await attempt(channel, said)

    assert (refused.value.status, refused.value.code) == (status, code)


@pytest.mark.parametrize(
    ("missing", "attempt", "code"),
    [
        ("view_channel", lambda channel, said: channel.send("x"), 50001),
        ("send_messages", lambda channel, said: channel.send("x"), 50013),
        ("embed_links", lambda channel, said: channel.send(embed=library.Embed(title="x")), 50013),
        (
            "attach_files",
            lambda channel, said: channel.send(file=library.File(io.BytesIO(b"x"), "x")),
            50013,
        ),
        (
            "add_reactions",
            lambda channel, said: channel.get_partial_message(said).add_reaction("👀"),
            50013,
        ),
        (
            "create_public_threads",
            lambda channel, said: channel.get_partial_message(said).create_thread(name="x"),
            50013,
        ),
        (
            "read_message_history",
            lambda channel, said: channel.send("x", reference=channel.get_partial_message(said)),
            160002,
        ),
    ],
)
async def test_without_its_permission_the_bot_is_refused(
    discord: FakeDiscord,
    office: Office,
    channel: library.TextChannel,
    missing: str,
    attempt: Attempt,
    code: int,
) -> None:
    said = await discord.say(office.ann, office.channel, "hello")
    discord.set_permissions(office.channel, EVERYDAY - {missing})
    with pytest.raises(library.HTTPException) as refused:
        await attempt(channel, said)

    assert refused.value.code == code


async def test_a_reply_to_a_message_that_is_gone_is_refused_unless_told_otherwise(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    said = await discord.say(office.ann, office.channel, "hello")
    await discord.delete(office.ann, said)
    gone = library.MessageReference(message_id=said, channel_id=channel.id)
    with pytest.raises(library.HTTPException, match="Unknown message"):
        await channel.send("x", reference=gone)
    gone.fail_if_not_exists = False
    await channel.send("x", reference=gone)

    assert [m.reference for m in discord.messages(office.channel)] == [None]


async def test_reactions_are_those_of_everybody_who_reacted(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    said = await discord.say(office.ann, office.channel, "hello")
    message = channel.get_partial_message(said)
    await message.add_reaction("👀")
    await discord.react(office.bob, said, "👀")
    [seen] = discord.messages(office.channel)
    assert seen.reactions == {"👀": [discord.bot_id, office.bob]}
    [fetched] = (await message.fetch()).reactions
    assert (fetched.count, fetched.me) == (2, True)

    await message.remove_reaction("👀", library.Object(discord.bot_id))
    assert seen.reactions == {"👀": [office.bob]}


async def test_only_what_is_allowed_is_mentioned(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    text = f"<@{office.ann}> <@{office.bob}> @everyone"
    await channel.send(text)
    nobody = library.AllowedMentions.none()
    await channel.send(text, allowed_mentions=nobody)
    ann = library.AllowedMentions(users=[library.Object(office.ann)], everyone=False)
    await channel.send(text, allowed_mentions=ann)

    assert [(m.mentions, m.mentions_everyone) for m in discord.messages(office.channel)] == [
        ([office.ann, office.bob], True),
        ([], False),
        ([office.ann], False),
    ]


async def test_a_nonce_posts_once_within_some_minutes_of_the_clock() -> None:
    clock = FakeClock(1_700_000_000.0)
    async with FakeDiscord(clock) as discord:
        office, bot = Office(discord), Bot()
        with pointed_at(discord):
            await bot.login(discord.token)
            channel = await bot.fetch_channel(office.channel)
            assert isinstance(channel, library.TextChannel)
            first = await channel.send("hello", nonce="n")
            again = await channel.send("hello, is this new?", nonce="n")
            await clock.advance(301)
            later = await channel.send("hello", nonce="n")
            await bot.close()

        assert first.id == again.id != later.id
        assert [m.content for m in discord.messages(office.channel)] == ["hello", "hello"]


async def test_messages_older_than_an_hour_can_be_edited_only_so_often() -> None:
    clock = FakeClock(1_700_000_000.0)
    async with FakeDiscord(clock) as discord:
        office, bot = Office(discord), Bot()
        discord.limits.set_old_edits(2, per=60)
        with pointed_at(discord):
            await bot.login(discord.token)
            channel = await bot.fetch_channel(office.channel)
            assert isinstance(channel, library.TextChannel)
            sent = await channel.send("0")
            await sent.edit(content="1")
            await clock.advance(3601)
            await sent.edit(content="2")
            await sent.edit(content="3")
            bot.http.max_ratelimit_timeout = 30.0
            with pytest.raises(library.RateLimited):
                await sent.edit(content="4")
            await bot.close()

        assert discord.calls[-1].status == 429
        assert discord.messages(office.channel)[0].content == "3"


async def test_components_v2_have_their_own_rules(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    view = ui.LayoutView()
    view.add_item(ui.Container(ui.TextDisplay("# Approve?"), ui.ActionRow(ui.Button(label="Yes"))))
    sent = await channel.send(view=view)
    assert discord.messages(office.channel)[0].buttons[0]["label"] == "Yes"
    with pytest.raises(library.HTTPException, match="cannot be used when using"):
        await sent.edit(content="text")

    long = ui.LayoutView()
    long.add_item(ui.TextDisplay("x" * 3000))
    long.add_item(ui.TextDisplay("x" * 1001))
    with pytest.raises(library.HTTPException, match="4000"):
        await channel.send(view=long)


async def test_the_bot_writes_to_people_but_not_to_bots(
    discord: FakeDiscord, office: Office, bot: Bot, channel: library.TextChannel
) -> None:
    other = discord.add_member(office.guild, "Other", bot=True)
    await (await bot.fetch_user(office.ann)).send("psst")
    with pytest.raises(library.Forbidden):
        await (await bot.fetch_user(other)).send("psst")

    assert [m.content for m in discord.messages(discord.open_dm(office.ann))] == ["psst"]


async def test_typing_is_noted(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    async with channel.typing():
        pass

    assert [one.channel_id for one in discord.typing] == [office.channel]
