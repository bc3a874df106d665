"""Files in both directions."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing.slack import FakeSlack


async def test_the_app_uploads_a_file_into_a_thread(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "the report, please")
    await client.files_upload_v2(
        content="a,b", filename="r.csv", channel=channel, thread_ts=root, initial_comment="here"
    )
    (message,) = slack.messages(channel, root)[1:]
    (file,) = (slack.workspace.files[id] for id in message.files)
    assert (message.text, file.name, file.content) == ("here", "r.csv", b"a,b")


async def test_what_was_not_uploaded_cannot_be_completed(client: AsyncWebClient) -> None:
    opened = await client.files_getUploadURLExternal(filename="r.csv", length=3)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": opened["file_id"]}])


async def test_a_file_somebody_sends_is_read_with_the_apps_token_only(
    slack: FakeSlack, ann: str, channel: str
) -> None:
    file = slack.add_file(ann, "notes.txt", b"secret plans")
    await slack.say(ann, channel, "see file", files=[file])
    (event,) = (payload["event"] for payload in slack.events)
    assert event["subtype"] == "file_share"
    url = event["files"][0]["url_private_download"]
    async with aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {slack.bot_token}"}
        async with session.get(url, headers=bearer) as response:
            assert await response.read() == b"secret plans"
        async with session.get(url) as response:
            assert (response.status, response.content_type) == (200, "text/html")
