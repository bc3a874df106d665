"""Messages that grow: Slack's own streams."""

from __future__ import annotations

from liteagent.chat.places import Place
from liteagent.chat.platform import MessageGoneError, Text
from liteagent_slack.errors import INVALID_BLOCKS, UNKNOWN, SlackError
from liteagent_slack.feedback import feedback_block
from liteagent_slack.messages import body_of, streamed
from liteagent_slack.web import SlackWeb

UNABLE = frozenset(
    {
        "access_denied",
        "channel_type_not_supported",
        "feature_not_enabled",
        "method_not_supported_for_channel_type",
        "missing_recipient_team_id",
        "missing_recipient_user_id",
        "missing_scope",
        "not_allowed",
        "team_not_found",
        UNKNOWN,
        "user_not_found",
    }
)
"""What Slack says where there are no streams: messages are edited instead."""
OVER = "message_not_in_streaming_state"
RUNNING = "streaming_state_conflict"


class SlackStream:
    """A stream that Slack began; what was sent is kept, because Slack ends streams on its own."""

    def __init__(self, web: SlackWeb, place: Place, id: str, text: str) -> None:
        self._web, self._place, self._id = web, place, id
        self._text = text

    @property
    def id(self) -> str:
        return self._id

    async def append(self, text: str) -> None:
        """Raises `SendError`: `permanent` when Slack has ended the stream."""
        await self._web.call(
            "chat.appendStream",
            channel=self._place.channel,
            ts=self._id,
            markdown_text=text,
        )
        self._text += text

    async def finish(self, *, closing: bool = False) -> None:
        """End it, and mark it as ended; one that Slack ended is marked too."""
        try:
            await stop(self._web, self._place, self._id, closing=closing)
        except MessageGoneError:
            return
        except SlackError as error:
            if error.code != OVER:
                raise
            await self._mark_as_finished(closing=closing)

    async def _mark_as_finished(self, *, closing: bool) -> None:
        await self._web.call(
            "chat.update",
            channel=self._place.channel,
            ts=self._id,
            metadata=streamed(),
            **body_of(Text(self._text, closing=closing)),
        )


async def begin(web: SlackWeb, place: Place, person_id: str, text: str) -> SlackStream | None:
    """A stream in a thread; None where Slack has none to offer now."""
    if not place.thread:
        return None
    try:
        begun = await web.call(
            "chat.startStream",
            channel=place.channel,
            thread_ts=place.thread,
            recipient_team_id=place.team,
            recipient_user_id=person_id or None,
            markdown_text=text,
        )
    except SlackError as error:
        if error.code in UNABLE or error.retry_after is not None:
            return None
        raise
    return SlackStream(web, place, begun["ts"], text) if begun.get("ts") else None


async def stop(web: SlackWeb, place: Place, id: str, *, closing: bool = False) -> None:
    """End a stream, and mark it as ended."""
    end = {"channel": place.channel, "ts": id, "metadata": streamed()}
    try:
        await web.call("chat.stopStream", **end, blocks=[feedback_block()] if closing else None)
    except SlackError as error:
        if error.code != INVALID_BLOCKS or not closing:
            raise
        await web.call("chat.stopStream", **end)
