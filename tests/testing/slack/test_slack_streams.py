"""Native streaming, with the library's own stream."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing import FakeClock
from liteagent.testing.slack import FakeSlack
from tests.testing.slack.conftest import QUICK_PING


async def refused(answer: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await answer
    return str(caught.value.response["error"])


async def test_a_stream_shows_its_text_and_its_tasks(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "explain")
    to = {"recipient_team_id": slack.team, "recipient_user_id": ann}
    stream = await client.chat_stream(channel=channel, thread_ts=root, buffer_size=1, **to)
    await stream.append(markdown_text="**Hel")
    await stream.append(markdown_text="lo**")
    for status in ("in_progress", "complete"):
        await stream.append(chunks=[TaskUpdateChunk(id="1", title="Read it", status=status)])
    (message,) = slack.messages(channel, root)[1:]
    assert (message.streamed, message.markdown) == (True, "**Hello**")
    assert [chunk["status"] for chunk in message.chunks] == ["complete"]
    conflict = client.chat_update(channel=channel, ts=message.ts, text="x")
    assert await refused(conflict) == "streaming_state_conflict"
    await stream.stop(metadata={"event_type": "d", "event_payload": {"key": "1"}})
    assert slack.text_of(message) == "**Hello**\nRead it"
    assert message.metadata is not None
    late = client.chat_appendStream(channel=channel, ts=message.ts, markdown_text="x")
    assert await refused(late) == "message_not_in_streaming_state"


async def test_a_stream_stands_in_a_thread_and_is_for_somebody(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "explain")
    anonymous = client.chat_startStream(channel=channel, thread_ts=root)
    assert await refused(anonymous) == "missing_recipient_team_id"
    nowhere = client.chat_startStream(channel=channel, thread_ts="1.000000")
    assert await refused(nowhere) == "thread_not_found"
    direct = slack.open_dm(ann)
    root = await slack.say(ann, direct, "explain")
    assert (await client.chat_startStream(channel=direct, thread_ts=root))["ok"]


async def test_a_stream_takes_no_more_than_its_limit_and_shows_nothing_of_what_is_too_much(
    slack: FakeSlack, client: AsyncWebClient, ann: str
) -> None:
    direct = slack.open_dm(ann)
    root = await slack.say(ann, direct, "explain")
    ts = (await client.chat_startStream(channel=direct, thread_ts=root))["ts"]
    await client.chat_appendStream(channel=direct, ts=ts, markdown_text="x" * 11_999)
    much = client.chat_appendStream(channel=direct, ts=ts, markdown_text="xx")
    assert await refused(much) == "msg_too_long"
    assert len(slack.message(direct, ts).markdown) == 11_999
    chunk: dict[str, Any] = {"type": "task_update", "id": "1", "title": "t", "status": "done"}
    wrong = client.chat_appendStream(channel=direct, ts=ts, chunks=[chunk])
    assert await refused(wrong) == "invalid_chunks"


async def test_a_stream_ends_after_five_minutes_of_the_clock_and_can_be_edited_then() -> None:
    clock = FakeClock()
    async with FakeSlack(clock) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        ann = slack.add_user("ann")
        direct = slack.open_dm(ann)
        root = await slack.say(ann, direct, "explain")
        ts = (await client.chat_startStream(channel=direct, thread_ts=root))["ts"]
        await clock.advance(299)
        await client.chat_appendStream(channel=direct, ts=ts, markdown_text="still")
        await clock.advance(1)
        late = client.chat_appendStream(channel=direct, ts=ts, markdown_text="late")
        assert await refused(late) == "message_not_in_streaming_state"
        assert await refused(client.chat_stopStream(channel=direct, ts=ts)) == (
            "message_not_in_streaming_state"
        )
        await client.chat_update(channel=direct, ts=ts, text="still late")
        assert slack.text_of(slack.message(direct, ts)) == "still late"


async def test_a_stream_can_be_ended_in_the_midst_of_it(
    slack: FakeSlack, client: AsyncWebClient, ann: str
) -> None:
    direct = slack.open_dm(ann)
    root = await slack.say(ann, direct, "explain")
    ts = (await client.chat_startStream(channel=direct, thread_ts=root))["ts"]
    slack.faults.expire_stream_after("chat.appendStream")
    await client.chat_appendStream(channel=direct, ts=ts, markdown_text="one")
    two = client.chat_appendStream(channel=direct, ts=ts, markdown_text="two")
    assert await refused(two) == "message_not_in_streaming_state"


async def test_the_status_line_goes_when_the_app_answers(
    slack: FakeSlack, client: AsyncWebClient, ann: str, channel: str
) -> None:
    root = await slack.say(ann, channel, "explain")
    await client.assistant_threads_setStatus(
        channel_id=channel, thread_ts=root, status="is thinking", loading_messages=["hm"]
    )
    assert slack.status(channel, root) == "is thinking"
    await client.chat_postMessage(channel=channel, thread_ts=root, text="so")
    assert slack.status(channel, root) == ""
    await client.agents_sessions_setStatus(channel_id=channel, thread_ts=root, status="processing")
    assert slack.statuses[-1].status == "processing"
    odd = client.agents_sessions_setStatus(channel_id=channel, thread_ts=root, status="busy")
    assert await refused(odd) == "invalid_status"


async def test_four_prompts_can_be_suggested_and_no_fifth(
    slack: FakeSlack, client: AsyncWebClient, ann: str
) -> None:
    direct = slack.open_dm(ann)
    prompts = [{"title": str(n), "message": f"do {n}"} for n in range(5)]
    await client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=prompts[:4])
    assert slack.prompts(direct) == prompts[:4]
    many = client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=prompts)
    assert await refused(many) == "invalid_arguments"


async def test_the_socket_can_be_refreshed_in_the_midst_of_a_stream(
    slack: FakeSlack, client: AsyncWebClient, app: AsyncApp, ann: str, connected: Any
) -> None:
    direct = slack.open_dm(ann)
    root = await slack.say(ann, direct, "explain")
    async with connected(app, QUICK_PING):
        ts = (await client.chat_startStream(channel=direct, thread_ts=root))["ts"]
        slack.faults.refresh_after("chat.appendStream")
        await client.chat_appendStream(channel=direct, ts=ts, markdown_text="one")
        await slack.until(lambda: slack.sockets_opened >= 2)
        await client.chat_stopStream(channel=direct, ts=ts, session_status="active")
    assert slack.statuses[-1].status == "active"
