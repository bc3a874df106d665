"""What goes wrong on demand, as an unchanged discord.py meets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord as library
import pytest

from liteagent.testing import FakeClock
from liteagent.testing.discord import EDITS, SENDS, Calls, FakeDiscord, pointed_at
from tests.testing.discord.bot import Bot, Office


@pytest.fixture
async def channel(
    discord: FakeDiscord, office: Office, bot: Bot
) -> AsyncIterator[library.TextChannel]:
    await bot.login(discord.token)
    found = await bot.fetch_channel(office.channel)
    assert isinstance(found, library.TextChannel)
    yield found
    await bot.close()


def texts(discord: FakeDiscord, office: Office) -> list[str]:
    return [message.content for message in discord.messages(office.channel)]


async def test_a_429_of_discord_is_waited_out_and_one_of_cloudflare_is_raised(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    discord.faults.rate_limited(2, on=SENDS, retry_after=0.001)
    await channel.send("after two refusals")
    discord.faults.rate_limited(on=SENDS, via=False)
    with pytest.raises(library.HTTPException) as refused:
        await channel.send("banned")

    assert refused.value.status == 429
    sends = [call.status for call in discord.calls if SENDS.match(call)]
    assert sends == [429, 429, 200, 429]
    assert texts(discord, office) == ["after two refusals"]


async def test_a_reset_comes_before_or_after_the_call_took_effect(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    discord.faults.reset_before(on=SENDS)
    discord.faults.reset_after(on=SENDS)
    for text in ("never came", "came unheard"):
        with pytest.raises((aiohttp.ClientError, OSError)):
            await channel.send(text, nonce=text)
    again = await channel.send("came unheard", nonce="came unheard")

    assert texts(discord, office) == ["came unheard"]
    assert discord.messages(office.channel)[0].id == again.id
    assert [(c.applied, c.status) for c in discord.calls if SENDS.match(c)] == [
        (False, None),
        (True, None),
        (True, 200),
    ]


async def test_a_server_error_may_hide_a_call_that_was_applied(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    discord.faults.server_error(on=SENDS, status=503)
    discord.faults.server_error(on=SENDS, status=503, applied=True)
    for text in ("lost", "kept"):
        with pytest.raises(library.DiscordServerError):
            await channel.send(text)

    assert texts(discord, office) == ["kept"]


async def test_a_call_is_held_until_the_test_lets_it_go(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    sent = await channel.send("one")
    held = discord.faults.hold(on=EDITS)
    editing = asyncio.create_task(sent.edit(content="two"))
    await discord.until(lambda: held.held)
    assert texts(discord, office) == ["one"]
    held.release()
    await editing

    assert texts(discord, office) == ["two"]


async def test_a_fault_strikes_only_the_calls_it_names(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    elsewhere = discord.add_channel(office.guild, "elsewhere")
    discord.faults.server_error(on=Calls(method="POST", channel=elsewhere))
    await channel.send("fine")

    assert texts(discord, office) == ["fine"]


async def test_a_bucket_that_is_used_up_says_so_before_and_after(
    discord: FakeDiscord, office: Office, channel: library.TextChannel
) -> None:
    clock = FakeClock(1_700_000_000.0)
    async with FakeDiscord(clock) as limited, aiohttp.ClientSession() as session:
        room = Office(limited).channel
        limited.limits.set("POST", "/channels/{channel_id}/messages", number=2, per=5)
        headers = {"Authorization": f"Bot {limited.token}"}
        url = f"{limited.api_url}/channels/{room}/messages"

        async def send() -> tuple[int, str | None, float | None]:
            async with session.post(url, json={"content": "x"}, headers=headers) as answer:
                body = await answer.json()
                remaining = answer.headers.get("X-RateLimit-Remaining")
                return answer.status, remaining, body.get("retry_after")

        assert [await send() for _ in range(3)] == [
            (200, "1", None),
            (200, "0", None),
            (429, "0", 5.0),
        ]
        await clock.advance(5)
        assert await send() == (200, "1", None)


async def test_discords_own_limits_hold_for_each_channel_by_itself() -> None:
    async with FakeDiscord(FakeClock(1_700_000_000.0)) as limited:
        limited.limits.like_discord()
        rooms = [Office(limited).channel for _ in range(2)]
        headers = {"Authorization": f"Bot {limited.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            for room in rooms * 6:
                url = f"{limited.api_url}/channels/{room}/messages"
                async with session.post(url, json={"content": "x"}) as answer:
                    await answer.read()

        assert [call.status for call in limited.calls] == [200] * 10 + [429] * 2


async def test_the_limit_over_all_routes_is_global() -> None:
    async with FakeDiscord(FakeClock(1_700_000_000.0)) as limited:
        limited.limits.set_overall(2)
        bot = Bot()
        with pointed_at(limited):
            await bot.login(limited.token)
            bot.http.max_ratelimit_timeout = 0.5
            with pytest.raises(library.RateLimited):
                await bot.fetch_user(limited.bot_id)
        await bot.close()


async def test_a_storm_is_the_same_for_the_same_seed() -> None:
    async def outcomes(seed: int) -> list[int | None]:
        async with FakeDiscord() as stormy, aiohttp.ClientSession() as session:
            room = Office(stormy).channel
            stormy.faults.storm(seed=seed, share=0.5)
            headers = {"Authorization": f"Bot {stormy.token}", "Connection": "close"}
            for number in range(20):
                url = f"{stormy.api_url}/channels/{room}/messages"
                try:
                    await (
                        await session.post(url, json={"content": str(number)}, headers=headers)
                    ).read()
                except (aiohttp.ClientError, OSError):
                    continue
            return [call.status for call in stormy.calls]

    first = await outcomes(7)
    assert first == await outcomes(7)
    assert len(set(first)) > 2


async def test_waiting_in_vain_shows_what_is_there(discord: FakeDiscord, office: Office) -> None:
    await discord.say(office.ann, office.channel, "anybody?")
    with pytest.raises(AssertionError, match="Ann: 'anybody\\?'"):
        await discord.until(lambda: False, seconds=0.01)


async def test_a_route_that_is_not_there_fails_the_test_on_leaving() -> None:
    async def call_what_is_not_there() -> None:
        async with FakeDiscord() as discord, aiohttp.ClientSession() as session:
            answer = await session.get(f"{discord.api_url}/sticker-packs")
            assert answer.status == 404
            await answer.read()

    with pytest.raises(AssertionError, match="no such routes: GET /sticker-packs"):
        await call_what_is_not_there()


async def test_a_clock_before_discords_first_day_is_refused() -> None:
    with pytest.raises(ValueError, match="start it later"):
        FakeDiscord(FakeClock(0.0))
