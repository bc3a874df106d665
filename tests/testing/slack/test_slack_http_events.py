"""The HTTP door, with the library's own signature check behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from liteagent.testing.slack import FakeSlack


@pytest.fixture
async def listening(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    """The app's own server, known to the stand-in."""
    runner = web.AppRunner(app.web_app("/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield
    await runner.cleanup()


async def test_events_interactions_and_commands_come_signed(
    slack: FakeSlack, app: AsyncApp, ann: str, channel: str, listening: None
) -> None:
    heard = list[str]()

    @app.event("message")
    async def said(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    @app.command("/agent")
    async def command(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"you said {command['text']}")

    await slack.say(ann, channel, "by post")
    await slack.until(lambda: heard == ["by post"])
    done = await slack.command(ann, channel, "/agent", "status")
    assert done.acked
    assert [slack.text_of(m) for m in slack.ephemerals] == ["you said status"]


async def test_the_address_proves_itself(slack: FakeSlack, listening: None) -> None:
    assert await slack.challenge()


async def test_an_old_and_a_forged_request_are_turned_away(
    slack: FakeSlack, heard: Any, ann: str, channel: str, listening: None
) -> None:
    await slack.say(ann, channel, "hello")
    await slack.until(lambda: slack.acks)
    payload = slack.events[0]
    assert await slack.post_signed(payload) == 200
    assert await slack.post_signed(payload, age=301) == 401
    assert await slack.post_signed(payload, secret="guessed") == 401
    assert len(heard.bodies) == 2


async def test_an_error_is_answered_with_a_retry_at_once_that_says_why(
    slack: FakeSlack, heard: Any, ann: str, channel: str, listening: None
) -> None:
    heard.polite = False
    await slack.say(ann, channel, "hello")
    await slack.until(lambda: len(heard.bodies) == 2)
    assert heard.headers[1]["x-slack-retry-num"] == ["1"]
    assert heard.headers[1]["x-slack-retry-reason"] == ["http_error"]
    heard.polite = True
    await slack.redeliver()
    await slack.until(lambda: slack.acks)


async def test_nobody_at_the_address_is_a_failed_delivery(
    slack: FakeSlack, ann: str, channel: str
) -> None:
    slack.events_url = "http://127.0.0.1:9/slack/events"
    await slack.say(ann, channel, "hello")
    await slack.until(lambda: slack.unacknowledged)
    done = await slack.command(ann, channel, "/agent")
    assert not done.acked


async def test_an_app_can_ask_for_no_more_attempts(
    slack: FakeSlack, ann: str, channel: str
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    server = web.Application()
    server.router.add_post("/", refuse)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await slack.say(ann, channel, "hello")
    await slack.until(lambda: slack.lost)
    await runner.cleanup()
