"""The platform over an unchanged discord.py and a stand-in that is as strict as Discord."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liteagent.chat.places import Person, PersonKind, Place
from liteagent.chat.platform import FileOut, Mark, MessageGoneError, Text
from liteagent.kernel import SendError
from liteagent.testing.discord import EVERYDAY, SENDS, Calls, FakeDiscord
from liteagent.testing.discord.messages import SUPPRESS_EMBEDS
from liteagent_discord.errors import DiscordError, TokenRefusedError
from liteagent_discord.platform import DiscordPlatform
from tests.discord_adapter.stage import Stage
from tests.discord_adapter.test_discord_cards import card

KEY, OTHER = "a" * 32, "b" * 32


async def opened(stage: Stage, platform: DiscordPlatform) -> Place:
    place = await stage.thread()
    await platform.open(place, "hello")
    return place


async def test_a_message_is_posted_once_for_its_key_and_found_by_it(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await opened(stage, platform)
    first = await platform.post(place, Text("one"), KEY)
    again = await platform.post(place, Text("one"), KEY)

    assert first == again
    assert await platform.find(place, KEY, Text("one")) == first
    assert await platform.find(place, OTHER, Text("one")) is None


async def test_a_message_without_a_nonce_is_found_by_what_it_says_below_what_people_said(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await opened(stage, platform)
    first = await platform.post(place, Text("done"), KEY)
    for message in discord.messages(int(place.channel)):
        message.nonce = None  # as Discord's history has it

    assert await platform.find(place, KEY, Text("done")) == first
    assert await platform.find(place, KEY, Text("other")) is None
    await discord.say(stage.ann, int(place.channel), "again")
    assert await platform.find(place, OTHER, Text("done")) is None


async def test_what_was_posted_before_all_of_it_had_come_is_brought_up_to_date(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await opened(stage, platform)
    first = await platform.post(place, Text("The answer is lo"), KEY)
    assert await platform.post(place, Text("The answer is long"), KEY) == first
    message = discord.message(int(first))
    assert message is not None
    assert message.content == "The answer is long"

    message.nonce = None
    assert await platform.find(place, KEY, Text("The answer is long, and longer")) == first


async def test_nothing_that_is_posted_notifies_anybody(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    text = f"@everyone <@{stage.bob}> <@&{stage.ops}>"
    posted = await platform.post(stage.place, Text(text), KEY)
    await platform.edit(stage.place, posted, Text(f"{text}!"))

    [message] = discord.messages(stage.channel)
    assert message.content == f"{text}!"
    assert (message.mentions, message.mentioned_roles, message.mentions_everyone) == ([], [], False)


async def test_discord_fetches_no_address_that_an_agent_writes(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    await platform.post(stage.place, Text("see https://evil.example/?secret"), KEY)
    [message] = discord.messages(stage.channel)
    assert message.flags & SUPPRESS_EMBEDS


async def test_a_thread_is_opened_once_and_one_that_is_there_is_fine(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await stage.thread()
    await platform.open(place, "x" * 200)
    platform.channels._parents.clear()  # as after a restart
    await platform.open(place, "x")

    assert [(one.id, one.name) for one in discord.threads] == [(int(place.channel), "x" * 100)]


async def test_a_thread_whose_message_is_gone_cannot_be_opened(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await stage.thread()
    await discord.delete(stage.ann, int(place.channel))
    with pytest.raises(SendError) as error:
        await platform.open(place, "x")
    assert error.value.permanent


async def test_an_archived_thread_is_opened_again_for_an_edit_and_a_removal(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await opened(stage, platform)
    posted = await platform.post(place, Text("one"), KEY)
    discord.archive(int(place.channel))
    await platform.edit(place, posted, Text("two"))
    assert [one.content for one in discord.messages(int(place.channel))][-1] == "two"
    discord.archive(int(place.channel))
    await platform.remove(place, posted)
    await platform.remove(place, posted)
    assert discord.message(int(posted)) is None
    with pytest.raises(MessageGoneError):
        await platform.edit(place, posted, Text("three"))


async def test_a_card_is_drawn_in_plain_text_where_nothing_may_be_embedded(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    discord.set_permissions(stage.channel, EVERYDAY - {"embed_links"})
    posted = await platform.post(stage.place, card(), KEY)

    [message] = discord.messages(stage.channel)
    assert "ops asks to run restart" in message.content
    assert len(message.buttons) == 2
    assert await platform.find(stage.place, KEY, card()) == posted


async def test_a_file_is_posted_found_and_changed(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    file = FileOut(name="answer.md", content=b"all of it", title="The whole answer")
    posted = await platform.post(stage.place, file, KEY)
    [message] = discord.messages(stage.channel)
    message.nonce = None
    assert await platform.find(stage.place, KEY, file) == posted
    await platform.edit(stage.place, posted, replace(file, content=b"more of it"))
    [attachment] = message.attachments
    assert (attachment.filename, attachment.content) == ("answer.md", b"more of it")


async def test_faults_say_whether_another_try_makes_sense(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    async def error() -> SendError:
        with pytest.raises(SendError) as raised:
            await platform.post(stage.place, Text("x"), KEY)
        return raised.value

    discord.faults.rate_limited(on=SENDS, via=False, retry_after=2.5)
    assert (await error()).retry_after == 2.5
    discord.faults.rate_limited(on=SENDS, retry_after=40.0)
    assert (await error()).retry_after == 40.0
    discord.faults.server_error(on=SENDS)
    assert (await error()).may_have_arrived
    discord.faults.reset_after(on=SENDS)
    assert (await error()).may_have_arrived
    discord.set_permissions(stage.channel, EVERYDAY - {"send_messages"})
    refused = await error()
    assert refused.permanent
    assert "Send Messages" in str(refused)
    assert len(discord.messages(stage.channel)) == 1


async def test_a_rate_limit_of_discord_itself_is_waited_for(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    discord.faults.rate_limited(2, on=SENDS, retry_after=0.01)
    await platform.post(stage.place, Text("x"), KEY)
    assert len(discord.messages(stage.channel)) == 1


async def test_a_token_that_is_refused_is_said_to_be_until_it_is_good(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    discord.faults.revoke_token()
    with pytest.raises(TokenRefusedError, match="DISCORD_TOKEN"):
        await platform.post(stage.place, Text("x"), KEY)


async def test_a_person_has_the_roles_that_the_guild_gives_them_now(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    asked = Person(id=str(stage.bob))
    bob = await platform.person(asked, stage.place)
    assert (bob.name, bob.kind, bob.complete) == ("Bob", PersonKind.MEMBER, True)
    assert bob.groups == (str(stage.ops), "ops")

    discord.take_role(stage.guild, stage.bob, stage.ops)
    platform.people._members.clear()  # what was asked three seconds ago
    assert (await platform.person(asked, stage.place, fresh=True)).groups == ()


async def test_somebody_who_is_in_no_guild_of_ours_is_a_stranger(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    other = discord.add_guild("Elsewhere")
    eve = discord.add_member(other, "Eve")
    found = await platform.person(Person(id=str(eve)), stage.place)
    assert found.kind is PersonKind.EXTERNAL
    discord.world.guilds[other].members.pop(eve)
    direct = Place(team="", channel="4", direct=True)
    platform.people._members.clear()
    found = await platform.person(Person(id=str(eve)), direct)
    assert found.kind is PersonKind.EXTERNAL


async def test_roles_count_by_name_in_direct_messages_only_where_there_is_one_guild(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    direct = Place(team="", channel="4", direct=True)
    bob = await platform.person(Person(id=str(stage.bob)), direct)
    assert bob.groups == (str(stage.ops), "ops")

    other = discord.add_guild("Elsewhere")
    discord.join(other, stage.bob, roles=[discord.add_role(other, "admin")])
    platform.people._guilds = None
    bob = await platform.person(Person(id=str(stage.bob)), direct)
    assert all(role.isdigit() for role in bob.groups)
    assert len(bob.groups) == 2


async def test_a_role_of_another_guild_is_none_of_ours_by_its_name(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    other = discord.add_guild("Elsewhere")
    eve = discord.add_member(other, "Eve", roles=[discord.add_role(other, "ops")])
    place = Place(team=str(other), channel="4")
    found = await platform.person(Person(id=str(eve)), place, fresh=True)
    assert "ops" not in found.groups
    assert len(found.groups) == 1


async def test_whom_nothing_can_be_told_alone_is_told_in_the_conversation(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    await platform.tell(stage.place, str(stage.ann), "psst")
    dm = discord.open_dm(stage.ann)
    assert [one.content for one in discord.messages(dm)] == ["psst"]

    open_dm = Calls(method="POST", route="/channels/{channel_id}/messages", channel=dm)
    discord.faults.server_error(on=open_dm)
    with pytest.raises(DiscordError):
        await platform.tell(stage.place, str(stage.ann), "psst")
    robot = discord.add_member(stage.guild, "Robot", bot=True)
    await platform.tell(stage.place, str(robot), "no")
    [reply] = discord.messages(stage.channel)
    assert reply.content == f"<@{robot}> no"


async def test_a_mark_is_a_reaction_and_one_that_cannot_be_is_let_be(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    said = await discord.say(stage.ann, stage.channel, "hi")
    await platform.mark(stage.place, str(said), Mark.QUEUED, on=True)
    assert discord.messages(stage.channel)[0].reactions == {"👀": [discord.bot_id]}
    await platform.mark(stage.place, str(said), Mark.QUEUED, on=False)
    assert not discord.messages(stage.channel)[0].reactions.get("👀")
    await discord.delete(stage.ann, said)
    await platform.mark(stage.place, str(said), Mark.QUEUED, on=True)


async def test_it_types_while_the_agent_works_and_not_while_it_waits_for_people(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    await platform.status(stage.place, "is thinking…")
    await discord.until(lambda: discord.typing)
    assert platform._typing._tasks
    await platform.status(stage.place, "waits for approval")
    assert not platform._typing._tasks
    await platform.status(stage.place, "is thinking…")
    await platform.status(stage.place, "")
    assert not platform._typing._tasks


async def test_what_was_said_meanwhile_is_found(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await opened(stage, platform)
    thread = int(place.channel)
    first = await discord.say(stage.ann, thread, "one")
    await platform.post(place, Text("answer"), KEY)
    await discord.say(stage.bob, thread, "two")
    elsewhere = discord.add_channel(stage.guild, "elsewhere")
    await discord.say(stage.bob, elsewhere, "not for you")
    await discord.say(stage.bob, elsewhere, f"<@{discord.bot_id}> for you")

    missed = await platform.missed("", place, str(first).zfill(20))
    assert [(each.text, each.late) for each in missed] == [("two", True)]
    assert [each.text for each in await platform.missed("", place, "")] == ["one", "two"]
    mentions = await platform.missed_mentions(0.0)
    assert [each.text for each in mentions] == ["for you"]
    so_far = await platform.thread_so_far(place, "9" * 20)
    assert [each.text for each in so_far][-3:] == ["one", "answer", "two"]
    assert so_far[-2].person.kind is PersonKind.SELF


async def test_a_command_is_shown_once_and_opens_its_thread(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    ann = Person(id=str(stage.ann))
    first = await platform.begin(stage.place, ann, "restart web", KEY)
    again = await platform.begin(stage.place, ann, "restart web", KEY)

    assert first == again
    [root] = discord.messages(stage.channel)
    assert root.content == f"<@{stage.ann}> asks: restart web"
    assert first == (
        f"{stage.guild}:{root.id}",
        Place(team=str(stage.guild), channel=str(root.id), parent=str(stage.channel)),
    )
    assert [one.id for one in discord.threads] == [root.id]
    assert await platform.begin(first[1], ann, "more", OTHER) == first


async def test_files_of_people_are_fetched(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    said = await discord.say(stage.ann, stage.channel, "look", attachments=[("a.txt", b"abc")])
    [item] = await platform.thread_so_far(stage.place, "9" * 20)
    assert item.message_id == str(said)
    assert await platform.fetch(item.files[0]) == b"abc"
    with pytest.raises(DiscordError, match="has more than"):
        await platform.fetch(replace(item.files[0], size=10**9))


def test_tables_are_drawn_and_nothing_else_is_changed(platform: DiscordPlatform) -> None:
    text = "# Head\n[link](https://x.y) **b**\n```py\n1\n```\n"
    assert platform.render(text) == text
    drawn = platform.render("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert drawn.startswith("```\na  b\n")


async def test_messages_have_addresses(platform: DiscordPlatform, stage: Stage) -> None:
    assert await platform.permalink(stage.place, "9") == (
        f"https://discord.com/channels/{stage.guild}/{stage.channel}/9"
    )
