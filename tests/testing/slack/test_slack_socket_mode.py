"""Socket Mode: who gets what, and what happens when nobody answers."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing import FakeClock
from liteagent.testing.slack import FakeSlack
from tests.testing.slack.conftest import QUICK_PING


async def test_a_mention_in_a_channel_arrives_as_two_events_with_different_ids(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app):
        ts = await slack.say(ann, channel, f"<@{slack.bot}> hi")
        await slack.until(lambda: len(heard.bodies) == 2)
    assert sorted(heard.types) == ["app_mention", "message"]
    assert len(set(heard.event_ids)) == 2
    assert {body["event"]["ts"] for body in heard.bodies} == {ts}


async def test_a_direct_message_is_one_event_and_no_mention(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, connected: Any
) -> None:
    direct = slack.open_dm(ann)
    async with connected(app):
        await slack.say(ann, direct, f"<@{slack.bot}> hi")
        await slack.until(lambda: slack.acks)
    (event,) = (body["event"] for body in heard.bodies)
    assert (event["type"], event["channel_type"]) == ("message", "im")


async def test_what_the_app_says_itself_is_told_too_and_the_library_drops_it(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, channel: str, connected: Any
) -> None:
    async with connected(app):
        await client.chat_postMessage(channel=channel, text="me")
        await slack.until(lambda: slack.acks)
    assert slack.events[0]["event"]["bot_id"]


async def test_an_event_that_is_not_acknowledged_comes_three_times_more_and_is_lost(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    heard.polite = False
    async with connected(app):
        await slack.say(ann, channel, "hello")
        await slack.until(lambda: len(heard.bodies) == 1)
        for attempts in (2, 3, 4):
            assert await slack.redeliver() == 1
            await slack.until(lambda n=attempts: len(heard.bodies) == n)
        assert slack.lost == []
        assert await slack.redeliver() == 0
        await slack.until(lambda: slack.lost)
    assert heard.attempts == [0, 1, 2, 3]
    assert heard.headers[1]["x-slack-retry-reason"] == ["timeout"]
    assert len(set(heard.event_ids)) == 1


async def test_an_acknowledged_event_does_not_come_again(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app):
        await slack.say(ann, channel, "hello")
        await slack.until(lambda: slack.acks)
        assert await slack.redeliver() == 0
    assert heard.attempts == [0]
    assert slack.unacknowledged == []


async def test_retries_follow_the_clock_three_seconds_a_minute_and_five_minutes() -> None:
    clock = FakeClock()
    async with FakeSlack(clock) as slack:
        ann = slack.add_user("ann")
        await slack.say(ann, slack.add_channel("general"), "is anybody there?")
        await clock.sleepers(1)
        await clock.advance(3 + 3 + 60 + 3 + 300)
        assert slack.lost == []
        await clock.advance(3)
        assert [payload["event"]["text"] for payload in slack.lost] == ["is anybody there?"]


async def test_an_event_waits_for_a_socket_until_its_retry(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    await slack.say(ann, channel, "early")
    async with connected(app):
        await slack.redeliver()
        await slack.until(lambda: heard.bodies)
    assert heard.attempts == [1]


async def test_a_command_nobody_answers_fails_after_three_seconds_and_is_not_repeated() -> None:
    clock = FakeClock()
    async with FakeSlack(clock) as slack, aiohttp.ClientSession() as session:
        ann = slack.add_user("ann")
        general = slack.add_channel("general")
        client = AsyncWebClient(slack.app_token, base_url=slack.api_url, session=session)
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        async with session.ws_connect(url) as socket:
            await socket.receive_json()
            typed = asyncio.ensure_future(slack.command(ann, general, "/agent", "status"))
            assert (await socket.receive_json())["payload"]["command"] == "/agent"
            await clock.advance(3)
            done = await typed
        assert (done.acked, slack.lost, slack.unacknowledged) == (False, [], [])


async def test_two_sockets_share_the_work(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app), connected(app):
        assert slack.sockets == 2
        for text in "abcd":
            await slack.say(ann, channel, text)
        await slack.until(lambda: len(slack.acks) == 4)
    assert sorted(body["event"]["text"] for body in heard.bodies) == list("abcd")


async def test_a_refresh_makes_the_app_open_another_socket(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app, QUICK_PING):
        assert await slack.faults.refresh_sockets() == 1
        await slack.until(lambda: slack.sockets_opened >= 2 and slack.sockets == 1)
        await slack.say(ann, channel, "still there?")
        await slack.until(lambda: slack.acks)
    assert heard.types == ["message"]


async def test_a_broken_socket_is_opened_again(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app, QUICK_PING):
        assert slack.faults.drop_sockets() == 1
        await slack.until(lambda: slack.sockets_opened >= 2)
        await slack.say(ann, channel, "back?")
        await slack.until(lambda: slack.acks)


async def test_a_dead_socket_is_noticed_by_its_missing_pongs(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app, QUICK_PING):
        assert slack.faults.stall_sockets() == 1
        await slack.say(ann, channel, "into the void?")
        await slack.until(lambda: slack.sockets_opened >= 2)
        await slack.redeliver()
        await slack.until(lambda: slack.acks)
    assert heard.attempts[-1] == 1


async def test_refused_sockets_come_when_they_are_let_in(
    slack: FakeSlack, app: AsyncApp, connected: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    slack.faults.refuse_sockets(2)
    async with connected(app, QUICK_PING):
        assert slack.sockets == 1


async def test_the_socket_can_break_between_the_acknowledgement_and_the_work(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app, QUICK_PING):
        slack.faults.drop_after_ack()
        await slack.say(ann, channel, "go")
        await slack.until(lambda: slack.acks and slack.sockets_opened >= 2)
        assert await slack.redeliver() == 0


async def test_a_ticket_admits_one_socket(slack: FakeSlack) -> None:
    app_client = AsyncWebClient(slack.app_token, base_url=slack.api_url)
    url = (await app_client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_a_socket_is_opened_with_an_app_token_only(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=slack.bot_token)


async def test_an_eleventh_socket_is_one_too_many(slack: FakeSlack, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(11):
            opened = await client.apps_connections_open(app_token=slack.app_token)
            sockets.append(await session.ws_connect(opened["url"]))
        refused = await sockets[-1].receive_json()
        assert refused == {"type": "disconnect", "reason": "too_many_websockets"}
        for socket in sockets:
            await socket.close()


async def test_duplicates_lost_acknowledgements_and_disorder_happen_on_demand(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app):
        slack.faults.duplicate()
        await slack.say(ann, channel, "twice")
        await slack.until(lambda: len(slack.acks) == 2)
        assert len(set(heard.event_ids)) == 1

        slack.faults.lose_acks()
        await slack.say(ann, channel, "late")
        await slack.until(lambda: len(slack.acks) == 3)
        assert await slack.redeliver() == 1
        await slack.until(lambda: len(slack.acks) == 4)
        assert heard.attempts == [0, 0, 0, 1]

        slack.faults.reorder(2)
        await slack.say(ann, channel, "one")
        await slack.say(ann, channel, "two")
        await slack.until(lambda: len(slack.acks) == 6)
    assert [body["event"]["text"] for body in heard.bodies[-2:]] == ["two", "one"]


async def test_acknowledgements_are_timed(
    slack: FakeSlack, app: AsyncApp, heard: Any, ann: str, channel: str, connected: Any
) -> None:
    async with connected(app):
        before = time.monotonic()
        await slack.say(ann, channel, "tick")
        await slack.until(lambda: slack.acks)
        waited = time.monotonic() - before
    (ack,) = slack.acks
    assert (ack.kind, ack.what, ack.attempt) == ("events_api", "message", 0)
    assert 0 < ack.seconds <= waited
