"""Socket Mode with the unmodified library: everything is stored before it is acknowledged."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from liteagent.chat.inbound import Clicked, Commanded, Said
from liteagent.chat.places import Place
from liteagent.chat.platform import Text
from liteagent.errors import ConfigurationError
from liteagent.testing.runtime import AgentRig
from liteagent.testing.slack import FakeSlack, courier, socket_mode
from liteagent_slack.feedback import COLLECTION, feedback_block
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import SlackSettings
from tests.slack.listening import QUICK_PING, Listener, listening

BUTTON = {"type": "button", "action_id": "la:approve", "text": {"type": "plain_text", "text": "A"}}


@pytest.fixture
async def rig() -> AsyncIterator[AgentRig]:
    async with AgentRig() as rig:
        yield rig


def said(chat: Listener) -> list[str]:
    return [item.text for item in chat.items if isinstance(item, Said)]


async def test_a_mention_is_handed_on_by_both_of_its_events_under_one_identity(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str, channel: str
) -> None:
    chat = Listener()
    async with listening(slack, settings, rig, chat):
        await slack.say(ann, channel, f"<@{slack.bot}> restart web")
        await slack.until(lambda: len(slack.acks) == 2)

    assert said(chat) == ["restart web", "restart web"]
    assert len({item.id for item in chat.items}) == 1


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str, caplog: Any
) -> None:
    dm, chat = slack.open_dm(ann), Listener(away=1)
    async with listening(slack, settings, rig, chat):
        await slack.say(ann, dm, "hello")
        await slack.until(lambda: chat.away == 0)
        await slack.redeliver()
        await slack.until(lambda: said(chat) == ["hello"] and not slack.unacknowledged)
    assert "is to come again" in caplog.text


async def test_everything_is_acknowledged_even_what_nobody_knows(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str, channel: str
) -> None:
    chat = Listener()
    async with listening(slack, settings, rig, chat):
        ts = await slack.say(ann, channel, "one")
        await slack.react(ann, channel, ts, "tada")
        await slack.edit(ann, channel, ts, "two")
        await slack.delete(ann, channel, ts)
        await slack.until(lambda: len(slack.acks) >= 3 and not slack.unacknowledged)
    assert [item.text for item in chat.items if isinstance(item, Said)] == ["one"]
    assert slack.lost == []


async def test_our_own_messages_are_acknowledged_and_not_heard(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, platform: SlackPlatform, channel: str
) -> None:
    chat = Listener()
    async with listening(slack, settings, rig, chat):
        await platform.post(Place(team="T1", channel=channel), Text("ours"), "a" * 32)
        await slack.until(lambda: slack.acks)
    assert said(chat) == []


async def test_a_click_and_a_command_are_handed_on_and_acknowledged(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str, thread: Place
) -> None:
    chat = Listener()
    async with listening(slack, settings, rig, chat):
        button = BUTTON | {"value": "la:a1:approve:x"}
        click = await slack.click_old(ann, thread.channel, thread.thread, button)
        command = await slack.command(ann, thread.channel, "/agent", "status")

    assert click.acked
    assert command.acked
    clicked, commanded = (item for item in chat.items if not isinstance(item, Said))
    assert isinstance(clicked, Clicked)
    assert clicked.value == "la:a1:approve:x"
    assert isinstance(commanded, Commanded)
    assert commanded.text == "status"


async def test_a_click_that_could_not_be_stored_shows_a_warning_and_no_success(
    slack: FakeSlack,
    settings: SlackSettings,
    rig: AgentRig,
    ann: str,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier, "PATIENCE", 0.3)
    chat = Listener()
    async with listening(slack, settings, rig, chat):
        root = await slack.say(ann, channel, "hello")
        await slack.until(lambda: slack.acks)
        chat.away = 1
        button = BUTTON | {"value": "la:a1:approve:x"}
        click = await slack.click_old(ann, channel, root, button)
    assert not click.acked


async def test_a_button_of_nobody_knows_what_is_answered(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str, thread: Place
) -> None:
    async with listening(slack, settings, rig, Listener()):
        button = BUTTON | {"action_id": "poll_vote", "value": "7"}
        click = await slack.click_old(ann, thread.channel, thread.thread, button)
        assert click.acked
        await slack.until(lambda: slack.ephemerals)
    assert "older version" in slack.text_of(slack.ephemerals[0])


async def test_an_opinion_about_an_answer_is_kept(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str, thread: Place
) -> None:
    element = feedback_block()["elements"][0]
    bad = element["negative_button"] | {"type": "feedback_buttons", "action_id": "feedback"}
    async with listening(slack, settings, rig, Listener()):
        assert (await slack.click_old(ann, thread.channel, thread.thread, bad)).acked
    (record,) = await rig.journal.records(COLLECTION)
    assert record.value["opinion"] == "bad"
    assert record.value["person"] == f"slack:T1:{ann}"


async def test_suggested_prompts_stand_in_a_new_assistant_thread(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str
) -> None:
    dm = slack.open_dm(ann)
    root = await slack.say(ann, dm, "New conversation")
    thread = {"user_id": ann, "channel_id": dm, "thread_ts": root, "context": {}}
    slack.subscriptions.add("assistant_thread_started")
    async with listening(slack, settings, rig, Listener()):
        slack._parts.stage.announcer.event(
            {"type": "assistant_thread_started", "assistant_thread": thread}
        )
        await slack.until(lambda: slack.prompts(dm, root))


async def test_suggested_prompts_stand_in_the_apps_messages(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str
) -> None:
    async with listening(slack, settings, rig, Listener()):
        await slack.open_home(ann, tab="messages")
        prompts = await slack.until(lambda: slack.prompts(slack.open_dm(ann)))
    assert [prompt["message"] for prompt in prompts][1:] == ["!approvals", "!help"]


async def test_the_home_says_what_waits_and_what_runs(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str
) -> None:
    async with listening(slack, settings, rig, Listener()):
        await slack.open_home(ann)
        home = await slack.until(lambda: slack.views.home(ann))
    assert "Nothing waits for your decision." in str(home.body)


async def test_a_socket_that_breaks_is_opened_again_and_the_core_is_told(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str
) -> None:
    dm, chat = slack.open_dm(ann), Listener()
    async with listening(slack, settings, rig, chat, ping_seconds=QUICK_PING) as running:
        before = chat.connections
        assert slack.faults.drop_sockets()
        await slack.until(lambda: chat.connections > before)
        before = chat.connections
        await slack.faults.refresh_sockets()
        await slack.until(lambda: chat.connections > before)
        await slack.say(ann, dm, "still there?")
        await slack.until(lambda: said(chat) == ["still there?"])
        await slack.until(lambda: running.health().connected)


async def test_told_to_leave_a_socket_it_asks_for_another_until_slack_gives_one(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str
) -> None:
    dm, chat = slack.open_dm(ann), Listener()
    async with listening(slack, settings, rig, chat, ping_seconds=QUICK_PING):
        slack.faults.server_error("apps.connections.open", times=3)
        await slack.faults.refresh_sockets()
        await slack.until(lambda: chat.connections >= 2)
        await slack.say(ann, dm, "still there?")
        await slack.until(lambda: said(chat) == ["still there?"])


async def test_refused_sockets_are_tried_again_with_new_addresses_and_health_says_so(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, caplog: Any
) -> None:
    chat = Listener()
    async with listening(slack, settings, rig, chat, ping_seconds=QUICK_PING) as running:
        slack.faults.refuse_sockets()
        slack.faults.drop_sockets()
        opened = len(slack.calls_of("apps.connections.open"))
        await slack.until(lambda: len(slack.calls_of("apps.connections.open")) > opened + 1)
        health = running.health()
        assert not health.connected
        assert "No socket is open" in health.text
        assert "ticket" not in health.text + caplog.text
        slack.faults.accept_sockets()
        await slack.until(lambda: chat.connections >= 2)
        await slack.until(lambda: running.health().connected)
    assert caplog.text.count("No socket to Slack") <= 2


async def test_a_socket_that_slack_sends_away_is_opened_again_after_a_while_and_it_says_why(
    slack: FakeSlack,
    settings: SlackSettings,
    rig: AgentRig,
    caplog: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chat = Listener()
    async with listening(slack, settings, rig, chat, ping_seconds=QUICK_PING) as running:
        monkeypatch.setattr(socket_mode, "MOST", 0)
        slack.faults.drop_sockets()
        await slack.until(lambda: "ten sockets are open" in caplog.text.lower())
        began, asked = time.monotonic(), len(slack.calls_of("apps.connections.open"))
        await slack.until(lambda: len(slack.calls_of("apps.connections.open")) >= asked + 5)
        assert time.monotonic() - began >= 4 * QUICK_PING
        monkeypatch.undo()
        await slack.until(lambda: chat.connections == 2)
        await slack.until(lambda: running.health().connected)
    assert caplog.text.lower().count("ten sockets are open") <= 2


async def test_health_tells_the_last_pong_and_the_last_event(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, ann: str
) -> None:
    dm, chat = slack.open_dm(ann), Listener()
    async with listening(slack, settings, rig, chat) as running:
        await slack.until(lambda: running.health().connected)
        assert running.health().details["last_event_age"] is None
        await slack.say(ann, dm, "hello")
        await slack.until(lambda: said(chat))
        assert running.health().details["last_event_age"] < 60
    assert not running.health().connected


@pytest.mark.parametrize(
    ("token", "variable"), [("bot_token", "SLACK_BOT_TOKEN"), ("app_token", "SLACK_APP_TOKEN")]
)
async def test_a_token_that_is_refused_ends_it_with_one_sentence(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig, token: str, variable: str
) -> None:
    wrong = replace(settings, **{token: getattr(settings, token) + "-old"})
    with pytest.raises(ConfigurationError, match=f"Slack refuses the token in {variable}"):
        async with listening(slack, wrong, rig, Listener()):
            pass


async def test_a_token_that_is_revoked_meanwhile_ends_it_at_the_next_socket(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig
) -> None:
    async def lose_the_token() -> None:
        async with listening(slack, settings, rig, Listener(), ping_seconds=QUICK_PING) as running:
            slack.revoke(slack.app_token)
            slack.faults.drop_sockets()
            await slack.until(lambda: running.health().text == "It has stopped.")

    with pytest.raises(ConfigurationError, match="SLACK_APP_TOKEN"):
        await lose_the_token()


async def test_while_slack_is_away_it_is_asked_again(
    slack: FakeSlack, settings: SlackSettings, rig: AgentRig
) -> None:
    slack.faults.rate_limit("auth.test", retry_after=0)
    slack.faults.rate_limit("apps.connections.open", retry_after=0)
    async with listening(slack, settings, rig, Listener(), ping_seconds=QUICK_PING):
        assert len(slack.calls_of("auth.test")) == 2
