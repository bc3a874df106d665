"""A stand-in Slack with two people and a channel, and the adapter's parts over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from liteagent.chat.places import Place
from liteagent.clock import SystemClock
from liteagent.testing.slack import FakeSlack
from liteagent_slack.account import Account, identify
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import SlackSettings
from liteagent_slack.web import SlackWeb, open_web


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "")
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(answer_seconds=60.0) as slack:
        yield slack


@pytest.fixture
def ann(slack: FakeSlack) -> str:
    return slack.add_user("ann")


@pytest.fixture
def bob(slack: FakeSlack) -> str:
    return slack.add_user("bob")


@pytest.fixture
def channel(slack: FakeSlack, ann: str, bob: str) -> str:
    return slack.add_channel("general", members=[ann, bob])


@pytest.fixture
def settings(slack: FakeSlack) -> SlackSettings:
    return SlackSettings(
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
    )


@pytest.fixture
async def web(settings: SlackSettings) -> AsyncIterator[SlackWeb]:
    async with open_web(settings) as web:
        yield web


@pytest.fixture
async def account(web: SlackWeb) -> Account:
    return await identify(web)


@pytest.fixture
def platform(web: SlackWeb, account: Account) -> SlackPlatform:
    return SlackPlatform(web, account, SystemClock())


@pytest.fixture
async def thread(slack: FakeSlack, ann: str, channel: str) -> Place:
    """A thread whose root is Ann's."""
    root = await slack.say(ann, channel, "hello")
    return Place(team=slack.team, channel=channel, thread=root)
