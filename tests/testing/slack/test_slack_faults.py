"""The menu of faults, and what the unmodified client makes of each."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing import FakeClock
from liteagent.testing.slack import FakeSlack


async def test_a_rate_limit_says_how_long_unless_it_does_not(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=7)
    slack.faults.rate_limit("chat.postMessage", retry_after=None)
    await client.auth_test()
    headers = []
    for _ in range(2):
        with pytest.raises(SlackApiError, match="ratelimited") as caught:
            await client.chat_postMessage(channel=channel, text="x")
        headers.append(caught.value.response.headers.get("Retry-After"))
    assert headers == ["7", None]
    assert slack.messages(channel) == []


async def test_a_server_error_is_no_json(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    slack.faults.server_error(status=502)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="x")
    assert caught.value.response.status_code == 502


async def test_a_reset_after_the_call_was_applied_makes_the_client_post_twice(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    slack.faults.reset("chat.postMessage", applied=True)
    await client.chat_postMessage(channel=channel, text="x")
    assert [message.text for message in slack.messages(channel)] == ["x", "x"]


async def test_a_reset_before_the_call_was_applied_costs_nothing(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    slack.faults.reset("chat.postMessage", applied=False)
    await client.chat_postMessage(channel=channel, text="x")
    assert [message.text for message in slack.messages(channel)] == ["x"]
    assert [call.fault for call in slack.calls] == ["reset_before", None]


async def test_a_held_answer_comes_when_it_is_released(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    hold = slack.faults.hold("chat.postMessage", channel=channel)
    posting = asyncio.ensure_future(client.chat_postMessage(channel=channel, text="x"))
    await slack.until(lambda: hold.waiting)
    assert len(slack.messages(channel)) == 1
    assert not posting.done()
    hold.release()
    await posting


async def test_refusals_and_missing_scopes_come_on_demand(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    slack.faults.refuse("fatal_error", "chat.postMessage")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.chat_postMessage(channel=channel, text="x")
    slack.faults.missing_scope("assistant:write")
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response["needed"] == "assistant:write"


async def test_a_channel_can_be_singled_out(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    other = slack.add_channel("other")
    slack.faults.rate_limit(channel=other)
    await client.chat_postMessage(channel=channel, text="x")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel=other, text="x")


async def test_chance_is_the_same_for_the_same_seed() -> None:
    async def befallen() -> list[str | None]:
        async with FakeSlack() as slack, aiohttp.ClientSession() as session:
            client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
            slack.faults.at_random(seed=3, rate=0.5, menu=("rate_limit", "server_error"))
            for _ in range(10):
                try:
                    await client.auth_test()
                except SlackApiError:
                    continue
            return [call.fault for call in slack.calls]

    first = await befallen()
    assert first == await befallen()
    assert {None, "rate_limit", "server_error"} == set(first)


async def test_a_message_can_vanish_under_a_card(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    ts = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    slack.faults.vanish(channel, ts)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=channel, ts=ts, text="y")


async def test_what_does_not_happen_is_told_with_what_is_there(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    await client.chat_postMessage(channel=channel, text="something else")
    with pytest.raises(AssertionError, match=r"something else(.|\n)*chat.postMessage ok"):
        await slack.until(lambda: False, seconds=0)


async def test_a_quota_is_kept_by_the_clock_and_says_what_is_left_of_it() -> None:
    clock = FakeClock()
    async with FakeSlack(clock) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        one, two = slack.add_channel("one"), slack.add_channel("two")
        slack.faults.enforce_rate("chat.postMessage", 1, seconds=10, per_channel=True)
        for channel in (one, two):
            await client.chat_postMessage(channel=channel, text="x")
        await clock.advance(4)
        with pytest.raises(SlackApiError, match="ratelimited") as caught:
            await client.chat_postMessage(channel=one, text="y")
        assert caught.value.response.headers["Retry-After"] == "6"
        await clock.advance(6)
        await client.chat_postMessage(channel=one, text="y")
