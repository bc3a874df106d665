"""chat.*, conversations.*, reactions: what the app says, and what it is refused."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing.slack import FakeSlack

pytestmark = pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")


async def refused(answer: Any) -> str:
    """The error that a call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await answer
    return str(caught.value.response["error"])


async def test_the_app_knows_who_it_is(slack: FakeSlack, client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["team_id"], me["ok"]) == (slack.bot, "T1", True)
    assert "chat:write" in me.headers["x-oauth-scopes"].split(",")


async def test_tokens_of_the_wrong_kind_unknown_and_revoked_are_refused(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    assert await refused(client.auth_test(token="xoxb-guessed")) == "invalid_auth"
    assert await refused(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"
    slack.revoke()
    assert await refused(client.auth_test()) == "token_revoked"
    assert await refused(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"


async def test_a_missing_scope_is_named(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    slack.scopes.discard("chat:write")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="hi")
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "chat:write"
    assert "chat:write" not in caught.value.response["provided"].split(",")


async def test_only_channels_the_app_is_in_can_be_written_to(
    slack: FakeSlack, client: AsyncWebClient, ann: str
) -> None:
    public = slack.add_channel("public", bot_in=False)
    private = slack.add_channel("private", private=True, bot_in=False)
    assert await refused(client.chat_postMessage(channel=public, text="x")) == "not_in_channel"
    for unseen in (private, "C404"):
        call = client.chat_postMessage(channel=unseen, text="x")
        assert await refused(call) == "channel_not_found"


async def test_a_thread_and_its_messages_must_be_there(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    post = client.chat_postMessage(channel=channel, text="x", thread_ts="1.000000")
    assert await refused(post) == "thread_not_found"
    update = client.chat_update(channel=channel, ts="1.000000", text="x")
    assert await refused(update) == "message_not_found"
    theirs = await slack.say(ann, channel, "mine")
    assert await refused(client.chat_update(channel=channel, ts=theirs, text="x")) == (
        "cant_update_message"
    )
    assert await refused(client.chat_delete(channel=channel, ts=theirs)) == "cant_delete_message"


async def test_texts_have_their_limits(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    assert await refused(client.chat_postMessage(channel=channel)) == "no_text"
    long = client.chat_postMessage(channel=channel, text="x" * 40_001)
    assert await refused(long) == "msg_too_long"
    assert slack.violations == []
    split = client.chat_postMessage(channel=channel, text="x" * 4_001)
    assert await refused(split) == "msg_too_long"
    assert [violation.method for violation in slack.violations] == ["chat.postMessage"]
    slack.strict = False
    await client.chat_postMessage(channel=channel, text="x" * 4_001)
    assert len(slack.violations) == 2


async def test_a_fault_in_blocks_is_told_with_its_place(
    client: AsyncWebClient, channel: str
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_a_whole_message_has_a_limit_of_its_own(client: AsyncWebClient, channel: str) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_700}}] * 5
    call = client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    assert await refused(call) == "msg_blocks_too_long"


async def test_metadata_is_kept_and_found_again(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "go")
    mark = {"event_type": "delivery", "event_payload": {"key": "k1"}}
    await client.chat_postMessage(channel=channel, thread_ts=root, text="x", metadata=mark)
    plain = await client.conversations_replies(channel=channel, ts=root)
    assert all("metadata" not in message for message in plain["messages"])
    found = await client.conversations_replies(channel=channel, ts=root, include_all_metadata=True)
    assert [message.get("metadata") for message in found["messages"]] == [None, mark]
    wrong = client.chat_postMessage(channel=channel, text="x", metadata={"event_type": 1})
    assert await refused(wrong) == "invalid_metadata_format"


async def test_text_alone_takes_the_place_of_blocks_and_blocks_stay_without_text(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Card"}}]
    ts = (await client.chat_postMessage(channel=channel, text="fallback", blocks=blocks))["ts"]
    assert slack.text_of(slack.message(channel, ts)) == "Card"
    await client.chat_update(channel=channel, ts=ts, text="done")
    assert slack.text_of(slack.message(channel, ts)) == "done"


async def test_history_and_replies_come_in_pages(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    stamps = [await slack.say(ann, channel, str(number)) for number in range(5)]
    for number in range(3):
        await slack.say(ann, channel, f"reply {number}", thread=stamps[0])
    pages = list[list[dict[str, Any]]]()
    async for page in await client.conversations_history(channel=channel, limit=2):
        pages.append(page["messages"])
    assert [[m["text"] for m in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
    root = pages[-1][-1]
    assert (root["reply_count"], root["thread_ts"]) == (3, stamps[0])
    later = await client.conversations_history(channel=channel, oldest=stamps[3])
    assert [message["text"] for message in later["messages"]] == ["4"]
    thread = await client.conversations_replies(channel=channel, ts=stamps[0], limit=2)
    assert [message["text"] for message in thread["messages"]] == ["0", "reply 0"]
    assert thread["has_more"]
    lost = client.conversations_replies(channel=channel, ts="1.000000")
    assert await refused(lost) == "thread_not_found"


async def test_a_deleted_root_leaves_a_tombstone(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "go")
    await client.chat_postMessage(channel=channel, thread_ts=root, text="gone?")
    await slack.delete(ann, channel, root)
    thread = await client.conversations_replies(channel=channel, ts=root)
    assert thread["messages"][0]["subtype"] == "tombstone"


async def test_ephemeral_messages_are_seen_by_one(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    await client.chat_postEphemeral(channel=channel, user=ann, text="only you")
    (message,) = slack.ephemerals
    assert (message.only_for, slack.text_of(message)) == (ann, "only you")
    assert slack.messages(channel) == []
    bob = slack.add_user("bob")
    call = client.chat_postEphemeral(channel=channel, user=bob, text="x")
    assert await refused(call) == "user_not_in_channel"


async def test_reactions_come_once_and_go(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    ts = await slack.say(ann, channel, "look")
    await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    assert slack.message(channel, ts).reactions == {"eyes": [slack.bot]}
    again = client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    assert await refused(again) == "already_reacted"
    await client.reactions_remove(channel=channel, timestamp=ts, name="eyes")
    gone = client.reactions_remove(channel=channel, timestamp=ts, name="eyes")
    assert await refused(gone) == "no_reaction"


async def test_people_groups_and_channels_are_looked_up(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    guest = slack.add_user("gus", guest=True)
    sre = slack.add_group("sre", [ann])
    found = await client.users_lookupByEmail(email="ann@example.com")
    assert found["user"]["id"] == ann
    assert (await client.users_info(user=guest))["user"]["is_restricted"]
    eve = slack.add_user("eve", team="T2")
    assert (await client.users_info(user=eve))["user"]["is_stranger"]
    groups = await client.usergroups_list(include_users=True)
    assert [(g["id"], g["users"]) for g in groups["usergroups"]] == [(sre, [ann])]
    assert (await client.usergroups_users_list(usergroup=sre))["users"] == [ann]
    assert (await client.conversations_info(channel=channel))["channel"]["is_member"]
    direct = await client.conversations_open(users=ann)
    assert direct["channel"]["id"] == slack.open_dm(ann)
    listed = await client.conversations_list(types="public_channel")
    assert [c["id"] for c in listed["channels"]] == [channel]
    assert (await client.conversations_members(channel=channel))["members"] == [ann, slack.bot]
    assert await refused(client.users_info(user="U404")) == "user_not_found"


async def test_a_permalink_leads_into_the_thread(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "go")
    reply = await client.chat_postMessage(channel=channel, thread_ts=root, text="here")
    link = await client.chat_getPermalink(channel=channel, message_ts=reply["ts"])
    assert f"thread_ts={root}" in link["permalink"]


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
async def test_an_installation_is_bought_with_a_code_once(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    secrets, code = slack.secrets, slack.issue_code()
    keys = {"client_id": secrets.client_id, "client_secret": secrets.client_secret}
    installed = await client.oauth_v2_access(**keys, code=code)
    assert installed["access_token"] == slack.bot_token
    assert await refused(client.oauth_v2_access(**keys, code=code)) == "code_already_used"
    wrong = client.oauth_v2_access(client_id=secrets.client_id, client_secret="x", code=code)
    assert await refused(wrong) == "bad_client_secret"


async def test_bodies_that_are_no_json_and_methods_that_are_none_are_refused(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    assert await refused(client.api_call("chat.shout")) == "unknown_method"
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
            url = f"{slack.api_url}chat.postMessage"
            async with session.post(url, data=body, headers=headers) as response:
                assert (await response.json())["error"] == error


async def test_structures_may_come_as_text_in_a_form(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "in a form"}}]
    form = {"channel": channel, "text": "x", "blocks": json.dumps(blocks)}
    await client.api_call("chat.postMessage", data=form)
    assert [slack.text_of(message) for message in slack.messages(channel)] == ["in a form"]


async def test_the_app_joins_a_channel_and_knows_where_it_is(
    slack: FakeSlack, client: AsyncWebClient, channel: str
) -> None:
    other = slack.add_channel("other", bot_in=False)
    await client.conversations_join(channel=other)
    mine = await client.users_conversations(types="public_channel")
    assert [c["id"] for c in mine["channels"]] == [channel, other]
