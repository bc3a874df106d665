"""Tokens, and what the doctor says of them."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from liteagent.chat.adapter import AdapterFinding, collect_adapters, is_wanted
from liteagent.cli.doctor.adapters import adapter_findings
from liteagent.cli.doctor.finding import Level
from liteagent.config import load_settings
from liteagent.errors import ConfigurationError
from liteagent.plugins import PluginHost, Selection
from liteagent.testing.slack import FakeSlack
from liteagent_slack import SlackAdapter
from liteagent_slack.settings import DEFAULT_API_URL, SlackSettings
from liteagent_slack.web import SlackWeb

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxp-1"}, "SLACK_BOT_TOKEN holds a person's token"),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN holds an app-level token"),
        ({"SLACK_BOT_TOKEN": "hunter2"}, "SLACK_BOT_TOKEN holds no token"),
        (GOOD | {"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN holds a bot token"),
        (GOOD | {"SLACK_SIGNING_SECRET": "xapp-1"}, "SLACK_SIGNING_SECRET holds an app-level"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "Neither SLACK_APP_TOKEN"),
        (GOOD | {"LITEAGENT_SLACK_API_URL": "slack"}, "LITEAGENT_SLACK_API_URL should be"),
    ],
)
def test_a_wrong_variable_is_told_in_one_sentence_without_its_secret(
    variables: dict[str, str], complaint: str
) -> None:
    found = SlackAdapter().lacks(variables)

    assert complaint in found
    assert found.endswith(".")
    assert "hunter2" not in found
    with pytest.raises(ConfigurationError, match=complaint):
        SlackSettings.read(variables)


def test_good_variables_are_read_and_their_secrets_not_shown() -> None:
    settings = SlackSettings.read(GOOD)
    assert SlackAdapter().lacks(GOOD) == ""
    assert settings.api_url == DEFAULT_API_URL
    assert "xoxb" not in repr(settings)


async def test_the_plugin_brings_the_adapter_which_the_bot_token_switches_on() -> None:
    plugins = PluginHost.build(Selection(allow=frozenset({"slack"})))
    adapters = await collect_adapters(plugins)
    assert list(adapters) == ["slack"]
    assert is_wanted(adapters["slack"], GOOD)
    assert not is_wanted(adapters["slack"], {"SLACK_APP_TOKEN": "xapp-1"})


def environ(slack: FakeSlack, **more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "LITEAGENT_SLACK_API_URL": slack.api_url,
    } | more


async def examined(variables: dict[str, str]) -> list[AdapterFinding]:
    return [finding async for finding in SlackAdapter().examine(variables)]


async def test_a_good_setup_is_found_good(slack: FakeSlack) -> None:
    found = await examined(environ(slack))
    assert [each.level for each in found] == ["ok", "ok", "ok"]
    assert "T1" in found[0].text


async def test_a_missing_scope_is_named_with_what_it_is_for(slack: FakeSlack) -> None:
    slack.scopes.difference_update({"chat:write", "usergroups:read"})
    texts = {each.level: each.text for each in await examined(environ(slack))}
    assert "lacks the scope chat:write" in texts["wrong"]
    assert "usergroups:read" in texts["note"]
    assert "slack_groups" in texts["note"]


@pytest.mark.parametrize(
    ("token", "variable"), [("bot_token", "SLACK_BOT_TOKEN"), ("app_token", "SLACK_APP_TOKEN")]
)
async def test_a_revoked_token_is_found_wrong(slack: FakeSlack, token: str, variable: str) -> None:
    slack.revoke(getattr(slack, token))
    (wrong,) = [each for each in await examined(environ(slack)) if each.level == "wrong"]
    assert variable in wrong.text


async def wrong_with(slack: FakeSlack, **more: str) -> str:
    found = await examined(environ(slack, **more))
    (wrong,) = [each.text for each in found if each.level == "wrong"]
    return wrong


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("missing_scope", "token with connections:write under Basic Information"),
        ("not_allowed_token_type", "token with connections:write under Basic Information"),
        ("internal_error", "https://slack-status.com"),
    ],
)
async def test_where_no_socket_is_given_the_remedy_is_named(
    slack: FakeSlack, error: str, remedy: str
) -> None:
    slack.faults.refuse(error, "apps.connections.open")
    wrong = await wrong_with(slack)
    assert error in wrong or "connections:write" in wrong
    assert remedy in wrong


async def test_where_no_socket_opens_the_remedy_is_named_and_no_ticket(slack: FakeSlack) -> None:
    slack.faults.refuse_sockets()
    wrong = await wrong_with(slack)
    assert "none opens there (403)" in wrong
    assert "proxy or firewall" in wrong
    assert "ticket" not in wrong


async def test_where_ten_sockets_are_open_already_it_is_told(
    slack: FakeSlack, web: SlackWeb
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            url = await web.open_connection()
            await stack.enter_async_context(web.session.ws_connect(url))
        assert "ten sockets are open already" in await wrong_with(slack)


async def test_where_slack_is_not_reached_the_address_is_named(slack: FakeSlack) -> None:
    nowhere = "http://127.0.0.1:9/api/"
    assert f"reaches {nowhere}" in await wrong_with(slack, LITEAGENT_SLACK_API_URL=nowhere)
    other = slack.api_url.removesuffix("api/") + "elsewhere/"
    assert "is not Slack" in await wrong_with(slack, LITEAGENT_SLACK_API_URL=other)


@pytest.mark.parametrize(
    ("set_", "levels"), [("all", [Level.OK] * 3), ("none", [Level.NOTE]), ("wrong", [Level.WRONG])]
)
async def test_the_doctor_lists_what_the_platform_says(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, set_: str, levels: list[Level]
) -> None:
    chosen = {"all": environ(slack), "none": {}, "wrong": {"SLACK_BOT_TOKEN": "x"}}[set_]
    for name, value in {**chosen, "LITEAGENT_JOURNAL_URL": "memory://"}.items():
        monkeypatch.setenv(name, value)
    plugins = PluginHost.build(Selection(allow=frozenset({"slack"})))

    found = [each async for each in adapter_findings(plugins, load_settings())]

    assert {each.check for each in found} == {"slack"}
    assert [each.level for each in found] == levels
