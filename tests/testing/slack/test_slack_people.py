"""What people do, as the app is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing.slack import FakeSlack


def last(slack: FakeSlack) -> dict[str, Any]:
    return slack.events[-1]["event"]


async def test_edits_and_deletions_carry_what_was_there_before(
    slack: FakeSlack, ann: str, channel: str
) -> None:
    ts = await slack.say(ann, channel, "one")
    await slack.edit(ann, channel, ts, "two")
    event = last(slack)
    assert event["subtype"] == "message_changed"
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("one", "two")
    assert event["message"]["edited"]["user"] == ann
    assert event["ts"] != ts
    await slack.delete(ann, channel, ts)
    assert (last(slack)["subtype"], last(slack)["deleted_ts"]) == ("message_deleted", ts)
    assert slack.messages(channel) == []


async def test_a_reply_names_its_thread(slack: FakeSlack, ann: str, channel: str) -> None:
    root = await slack.say(ann, channel, "root")
    await slack.say(ann, channel, "reply", thread=root)
    event = last(slack)
    assert (event["thread_ts"], event["parent_user_id"]) == (root, ann)
    assert [message.text for message in slack.messages(channel)] == ["root"]
    assert [message.text for message in slack.messages(channel, root)] == ["root", "reply"]


async def test_reactions_are_told(slack: FakeSlack, ann: str, channel: str) -> None:
    ts = await slack.say(ann, channel, "look")
    await slack.react(ann, channel, ts, "eyes")
    assert (last(slack)["type"], last(slack)["item"]["ts"]) == ("reaction_added", ts)
    await slack.react(ann, channel, ts, "eyes", remove=True)
    assert last(slack)["type"] == "reaction_removed"
    assert slack.message(channel, ts).reactions == {}


async def test_strangers_and_bots_are_recognised(slack: FakeSlack, ann: str) -> None:
    stranger = slack.add_user("eve", team="T2")
    robot = slack.add_user("robot", bot=True)
    shared = slack.add_channel("shared", shared=True)
    await slack.say(stranger, shared, "hello")
    assert slack.events[-1]["is_ext_shared_channel"]
    assert (slack.events[-1]["team_id"], last(slack)["user_team"]) == ("T1", "T2")
    await slack.say(robot, shared, f"<@{slack.bot}> loop?")
    assert "bot_id" in last(slack)
    assert "client_msg_id" not in last(slack)


async def test_where_the_app_is_not_it_hears_nothing(slack: FakeSlack, ann: str) -> None:
    away = slack.add_channel("away", bot_in=False)
    await slack.say(ann, away, f"<@{slack.bot}> hello?")
    assert slack.events == []
    slack.join(slack.bot, away)
    assert last(slack)["type"] == "member_joined_channel"
    await slack.say(ann, away, "now")
    assert last(slack)["text"] == "now"


async def test_only_what_is_subscribed_to_is_told(slack: FakeSlack, ann: str, channel: str) -> None:
    slack.subscriptions.discard("message.channels")
    await slack.say(ann, channel, f"<@{slack.bot}> hi")
    assert [payload["event"]["type"] for payload in slack.events] == ["app_mention"]


async def test_people_cannot_do_what_slack_would_not_let_them(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    bob = slack.add_user("bob")
    with pytest.raises(AssertionError, match="is not in"):
        await slack.say(bob, channel, "hi")
    ts = await slack.say(ann, channel, "hi")
    with pytest.raises(AssertionError, match="people edit only"):
        await slack.edit(bob, channel, ts, "bye")


async def test_times_of_messages_are_the_clocks_and_never_the_same(
    slack: FakeSlack, ann: str, channel: str
) -> None:
    stamps = [await slack.say(ann, channel, "x") for _ in range(50)]
    assert stamps == sorted(set(stamps))


async def test_what_is_typed_is_written_down_as_slack_does(
    slack: FakeSlack, ann: str, channel: str
) -> None:
    ts = await slack.say(ann, channel, f"<@{slack.bot}> a < b & c, see https://x.org/?a=1&b=2")
    text = last(slack)["text"]
    assert text == f"<@{slack.bot}> a &lt; b &amp; c, see <https://x.org/?a=1&amp;b=2>"
    (section,) = last(slack)["blocks"][0]["elements"]
    assert section["elements"][1]["text"].startswith(" a < b & c, see")
    assert slack.text_of(slack.message(channel, ts)).startswith(f"<@{slack.bot}> a < b & c")
