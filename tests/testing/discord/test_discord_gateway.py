"""The gateway: sessions, intents, resumes and shards, with an unchanged discord.py."""

from __future__ import annotations

import json
import zlib

import aiohttp
import discord as library
import pytest

from liteagent.testing.discord import FakeDiscord, pointed_at
from tests.testing.discord.bot import Bot, Office, Run


async def test_a_ready_bot_knows_its_guild_channel_and_permissions(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    reading = discord.add_channel(office.guild, "news", bot_may=["view_channel"])
    async with run(bot):
        guild = bot.get_guild(office.guild)
        assert guild is not None
        channel, news = guild.get_channel(office.channel), guild.get_channel(reading)
        assert channel is not None
        assert news is not None

        assert (guild.name, channel.name, bot.user.id) == ("Office", "general", discord.bot_id)
        assert channel.permissions_for(guild.me).send_messages
        assert not news.permissions_for(guild.me).send_messages


async def test_what_is_added_while_the_bot_is_connected_is_known_to_it(
    discord: FakeDiscord, bot: Bot, run: Run
) -> None:
    async with run(bot):
        office = Office(discord)
        discord.add_role(office.guild, "ops")
        await discord.say(office.ann, office.channel, "welcome")
        await discord.until(lambda: bot.heard)
        guild = bot.heard[0].guild

        assert (guild.name, guild.text_channels[0].name) == ("Office", "general")
        assert [role.name for role in guild.roles] == ["@everyone", "ops"]


async def test_a_channel_that_the_bot_does_not_see_is_silent_to_it(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    secret = discord.add_channel(office.guild, "secret", bot_may=[])
    async with run(bot):
        await discord.say(office.ann, secret, "not for you")
        await discord.say(office.ann, office.channel, "for you")
        await discord.until(lambda: bot.heard)
        assert bot.get_channel(secret) is None

    assert [m.content for m in bot.heard] == ["for you"]


async def test_without_the_intent_the_text_is_blank_but_for_mentions_and_direct_messages(
    discord: FakeDiscord, office: Office, run: Run
) -> None:
    bot = Bot(intents=library.Intents.default())
    async with run(bot):
        await discord.say(office.ann, office.channel, "secret")
        await discord.say(office.ann, office.channel, f"<@{discord.bot_id}> hello")
        await discord.say(office.ann, discord.open_dm(office.ann), "private")
        await discord.until(lambda: bot.heard[2:])

    assert [m.content for m in bot.heard] == ["", f"<@{discord.bot_id}> hello", "private"]


async def test_an_intent_that_is_not_switched_on_is_refused(
    discord: FakeDiscord, office: Office, bot: Bot
) -> None:
    discord.allow_intents.discard("message_content")
    with pytest.raises(library.PrivilegedIntentsRequired):
        await bot.start(discord.token)
    await bot.close()


async def test_what_was_missed_while_the_line_was_down_is_replayed_once(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async with run(bot):
        discord.faults.cut_gateway()
        await discord.until(lambda: not discord.connected)
        await discord.say(office.ann, office.channel, "missed")
        await discord.until(lambda: bot.heard)
        await discord.say(office.ann, office.channel, "heard")
        await discord.until(lambda: bot.heard[1:])

    assert [m.content for m in bot.heard] == ["missed", "heard"]
    assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)


async def test_a_bot_that_starts_cold_gets_nothing_of_before(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async with run(bot):
        pass
    await discord.say(office.ann, office.channel, "while it was away")
    again = Bot()
    async with run(again):
        await discord.say(office.ann, office.channel, "now")
        await discord.until(lambda: again.heard)
        channel = again.get_channel(office.channel)
        assert isinstance(channel, library.TextChannel)
        history = [m.content async for m in channel.history()]

    assert [m.content for m in again.heard] == ["now"]
    assert history == ["now", "while it was away"]


@pytest.mark.parametrize(
    ("fault", "identified", "resumed"),
    [
        ("reconnect", 1, 1),
        ("closed", 1, 1),
        ("resumable", 1, 1),
        ("not resumable", 2, 0),
    ],
)
async def test_the_bot_comes_back_as_the_gateway_asks(
    discord: FakeDiscord,
    office: Office,
    bot: Bot,
    run: Run,
    fault: str,
    identified: int,
    resumed: int,
) -> None:
    async with run(bot):
        if fault == "reconnect":
            discord.faults.reconnect_gateway()
        elif fault == "closed":
            discord.faults.close_gateway(4000)
        else:
            discord.faults.invalidate_session(resumable=fault == "resumable")
        gateway = discord.gateway
        await discord.until(lambda: (gateway.identified, gateway.resumed) == (identified, resumed))
        await discord.say(office.ann, office.channel, "hello again")
        await discord.until(lambda: bot.heard)


async def test_a_line_that_fell_silent_is_noticed_by_its_missing_acks(
    discord: FakeDiscord, office: Office, run: Run
) -> None:
    discord.gateway.heartbeat_seconds = 0.1
    bot = Bot(heartbeat_timeout=1.0)
    async with run(bot):
        discord.faults.silence_gateway()
        await discord.say(office.ann, office.channel, "is anybody there?")
        await discord.until(lambda: bot.heard)

    assert discord.gateway.resumed >= 1


async def test_a_revoked_token_ends_the_bot_for_good(
    discord: FakeDiscord, office: Office, bot: Bot
) -> None:
    await bot.login(discord.token)
    discord.faults.revoke_token()
    with pytest.raises(library.ConnectionClosed) as closed:
        await bot.connect()
    with pytest.raises(library.LoginFailure):
        await (again := Bot()).login(discord.token)
    await bot.close()
    await again.close()

    assert closed.value.code == 4004


async def test_events_come_twice_late_or_never_when_a_fault_says_so(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async with run(bot):
        discord.faults.lose_events(name="MESSAGE_CREATE")
        discord.faults.duplicate_events(name="MESSAGE_CREATE")
        discord.faults.delay_events(name="MESSAGE_CREATE")
        for text in ("lost", "twice", "late", "before it"):
            await discord.say(office.ann, office.channel, text)
        await discord.until(lambda: bot.heard[3:])

    assert [m.content for m in bot.heard] == ["twice", "twice", "before it", "late"]


async def test_edits_deletions_reactions_and_roles_reach_the_bot(
    discord: FakeDiscord, office: Office, run: Run
) -> None:
    intents = library.Intents.all()
    bot = Bot(intents=intents)
    role = discord.add_role(office.guild, "ops")
    async with run(bot):
        said = await discord.say(office.ann, office.channel, "helo")
        await discord.edit(office.ann, said, "hello")
        await discord.react(office.bob, said, "👀")
        await discord.unreact(office.bob, said, "👀")
        await discord.delete(office.ann, said)
        discord.give_role(office.guild, office.ann, role)
        await discord.until(lambda: "member_update" in bot.events)
        ann = bot.get_guild(office.guild).get_member(office.ann)

        assert [r.name for r in ann.roles] == ["@everyone", "ops"]
    names = ["message_edit", "reaction_add", "reaction_remove", "message_delete"]
    assert [e for e in bot.events if e in names] == names


async def test_with_several_shards_each_guild_is_told_to_its_own_and_direct_messages_to_the_first(
    discord: FakeDiscord, run: Run
) -> None:
    discord.shards = 3
    offices = [Office(discord) for _ in range(4)]

    class Sharded(Bot, library.AutoShardedClient):
        pass

    bot = Sharded()
    async with run(bot):
        for office in offices:
            await discord.say(office.ann, office.channel, str(office.guild))
        await discord.say(offices[0].ann, discord.open_dm(offices[0].ann), "private")
        await discord.until(lambda: len(bot.heard) == 5)

        assert {guild.id: guild.shard_id for guild in bot.guilds} == {
            one.guild: (one.guild >> 22) % 3 for one in offices
        }
    assert {m.content for m in bot.heard} == {"private", *(str(one.guild) for one in offices)}
    assert discord.gateway.identified == 3


async def test_compression_is_one_zlib_stream_when_it_is_asked_for(
    discord: FakeDiscord, office: Office
) -> None:
    url = f"{discord.gateway_url}?compress=zlib-stream"
    inflate = zlib.decompressobj()

    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:

        async def receive() -> dict[str, object]:
            data = await socket.receive_bytes()
            assert data.endswith(b"\x00\x00\xff\xff")
            return json.loads(inflate.decompress(data))

        assert (await receive())["op"] == 10
        await socket.send_json({"op": 1, "d": None})
        assert (await receive())["op"] == 11
        identify = {"token": discord.token, "intents": 1 << 9, "properties": {}}
        await socket.send_json({"op": 2, "d": identify})
        assert [(await receive())["t"] for _ in range(2)] == ["READY", "GUILD_CREATE"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", 4002),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "intents": 1}}', 4004),
        ('{"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}', 4004),
        ('{"op": 2, "d": {"token": "T", "intents": 1, "shard": [2, 2]}}', 4010),
        ('{"op": 2, "d": {"token": "T"}}', 4013),
    ],
)
async def test_what_the_gateway_cannot_take_closes_with_its_code(frame: str, code: int) -> None:
    async with (
        FakeDiscord(token="T") as discord,
        aiohttp.ClientSession() as session,
        session.ws_connect(discord.gateway_url) as socket,
    ):
        await socket.receive()
        await socket.send_str(frame)
        await socket.receive()

        assert socket.close_code == code


async def test_discord_py_is_pointed_elsewhere_only_for_a_while() -> None:
    before = library.http.Route.BASE
    async with FakeDiscord() as discord:
        with pointed_at(discord):
            assert discord.api_url == library.http.Route.BASE

    assert before == library.http.Route.BASE
