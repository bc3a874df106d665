"""Slack as a `Platform` of the chat core."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp

from liteagent.chat.cards.card import Card
from liteagent.chat.cards.form import Form
from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, Place
from liteagent.chat.platform import (
    Content,
    FileOut,
    Limits,
    LiveStream,
    Mark,
    MessageGoneError,
    Text,
)
from liteagent.clock import Clock
from liteagent.errors import LiteAgentException
from liteagent.events import Json
from liteagent_slack import files, streams
from liteagent_slack.account import Account
from liteagent_slack.errors import INVALID_BLOCKS, UNKNOWN, MissingScopeError, SlackError
from liteagent_slack.events import conversation
from liteagent_slack.history import History
from liteagent_slack.markup import as_slack, escaped
from liteagent_slack.messages import bodies_of, body_of, metadata
from liteagent_slack.modals import modal
from liteagent_slack.people import People
from liteagent_slack.settings import NAME
from liteagent_slack.web import SlackWeb

CLAIM = "slack_groups"
LIMITS = Limits(
    text=11_000,
    messages=10,
    stream_text=11_000,
    stream_seconds=230.0,
    edit_seconds=1.2,
    posts_per_second=1.0,
    burst=8,
)
MOST_ASKED = 3000
"""Of a slash command, shown in the channel: longer texts Slack would cut in two."""
UNSEEN = {"unfurl_links": False, "unfurl_media": False}
"""Slack fetches no address that an agent writes: what it was talked into writing there would have
been sent to whoever owns the address, before anybody clicks.
"""
_EMOJI = {Mark.QUEUED: "eyes"}
_ALREADY = frozenset({"already_reacted", "no_reaction", "message_not_found"})
_NO_STATUS = frozenset({"missing_scope", UNKNOWN, "not_allowed_token_type"})
_UNSEEN_THERE = frozenset({"channel_not_found", "not_in_channel", UNKNOWN, "user_not_in_channel"})
"""Why somebody can be told nothing in a channel that is for them alone."""
log = logging.getLogger(__name__)


class SlackPlatform:
    """One workspace's app."""

    name, claim, limits = NAME, CLAIM, LIMITS
    render = staticmethod(as_slack)

    def __init__(self, web: SlackWeb, account: Account, clock: Clock) -> None:
        self._web, self.account = web, account
        self._people = People(web, account, clock)
        self._history = History(web, account)
        self._has_status = True

    @property
    def web(self) -> SlackWeb:
        return self._web

    async def person(self, person: Person, place: Place, *, fresh: bool = False) -> Person:
        return await self._people.complete(person, fresh=fresh)

    async def is_shared(self, place: Place) -> bool:
        try:
            found = await self._web.read("conversations.info", channel=place.channel)
        except SlackError as error:
            if not error.permanent:
                raise
            log.warning("Whether a channel is shared cannot be told: %s", error)
            return False
        return bool((found.get("channel") or {}).get("is_ext_shared"))

    async def open(self, place: Place, title: str) -> None:
        """A thread of Slack's begins with its first reply."""

    # -- messages

    async def post(self, place: Place, content: Content, key: str) -> str:
        if isinstance(content, FileOut):
            posted = await files.upload(self._web, place, content, key)
            # Slack shows a file a moment later, and only then says where
            return await self.find(place, key, content) or posted if posted[0] == "F" else posted
        posted = await self._write(
            "chat.postMessage",
            content,
            channel=place.channel,
            thread_ts=place.thread or None,
            metadata=metadata(key),
            **UNSEEN,
        )
        return posted["ts"]

    async def edit(self, place: Place, message_id: str, content: Content) -> None:
        if isinstance(content, FileOut):
            raise SlackError("Slack edits no files.", "file", permanent=True)
        message = {"channel": place.channel, "ts": message_id}
        try:
            await self._write("chat.update", content, **message)
        except SlackError as error:
            if error.code != streams.RUNNING:
                raise
            # a stream that whoever began it left behind
            await streams.stop(self._web, place, message_id)
            await self._write("chat.update", content, **message)

    async def remove(self, place: Place, message_id: str) -> None:
        try:
            if message_id.startswith("F"):
                await self._web.call("files.delete", file=message_id)
            else:
                await self._web.call("chat.delete", channel=place.channel, ts=message_id)
        except MessageGoneError:
            return
        except SlackError as error:
            if error.code not in ("file_deleted", "file_not_found"):
                raise

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        return await self._history.find(place, key, content)

    async def stream(self, place: Place, person_id: str, text: str) -> LiveStream | None:
        return await streams.begin(self._web, place, person_id, text)

    async def begin(self, place: Place, person: Person, text: str, key: str) -> tuple[str, Place]:
        if place.thread or place.direct:
            return conversation(place.team, place.channel, place.thread), place
        asked = {
            "channel": place.channel,
            "text": f"<@{person.id}> asks: {escaped(text[: LIMITS.text])}",
            "metadata": metadata(key),
        }
        root = await self._history.find(place, key, Text(""))
        if root is None:
            root = (await self._web.call("chat.postMessage", **asked))["ts"]
        thread = Place(team=place.team, channel=place.channel, thread=root)
        return conversation(place.team, place.channel, root), thread

    # -- around messages

    async def status(self, place: Place, text: str) -> None:
        """Without the scope for it, there is none; the log says so once."""
        if not self._has_status or not place.thread:
            return
        try:
            await self._web.call(
                "assistant.threads.setStatus",
                channel_id=place.channel,
                thread_ts=place.thread,
                status=text,
            )
        except SlackError as error:
            if error.code not in _NO_STATUS:
                raise
            self._has_status = False
            log.warning("Threads show no status line: %s", error)

    async def mark(self, source: Place, message_id: str, mark: Mark, *, on: bool) -> None:
        try:
            await self._web.call(
                "reactions.add" if on else "reactions.remove",
                channel=source.channel,
                timestamp=message_id,
                name=_EMOJI[mark],
            )
        except (MessageGoneError, MissingScopeError):
            return
        except SlackError as error:
            if error.code not in _ALREADY:
                raise

    async def tell(self, place: Place, person_id: str, text: str, handle: Json = None) -> None:
        url = (handle or {}).get("response_url")
        if url and await self._respond(url, text):
            return
        content = Text(text)
        where = {"channel": place.channel or person_id, "thread_ts": place.thread or None}
        if place.channel and not place.direct:
            try:
                await self._write("chat.postEphemeral", content, user=person_id, **where)
            except SlackError as error:
                if error.code not in _UNSEEN_THERE:
                    raise
                where = {"channel": person_id, "thread_ts": None}
            else:
                return
        # nobody else reads there
        await self._write("chat.postMessage", content, **where, **UNSEEN)

    async def show_form(self, form: Form, handle: Json) -> None:
        asked = handle or {}
        origin = {name: asked[name] for name in ("place", "message") if name in asked}
        view = modal(form, origin | {"response_url": asked.get("response_url", "")})
        await self._web.call("views.open", trigger_id=asked.get("trigger_id") or "none", view=view)

    async def fetch(self, file: FileIn) -> bytes:
        return await files.fetch(self._web, file, LIMITS.file_in)

    # -- looking back

    async def missed(self, conversation: str, place: Place, after: str) -> Sequence[Said]:
        return await self._history.missed(place, after)

    async def missed_mentions(self, after: float) -> Sequence[Said]:
        return await self._history.mentions(after)

    async def thread_so_far(self, place: Place, before: str) -> Sequence[Said]:
        return await self._history.so_far(place, before)

    async def permalink(self, place: Place, message_id: str) -> str:
        try:
            found = await self._web.read(
                "chat.getPermalink", channel=place.channel, message_ts=message_id
            )
        except LiteAgentException:
            return ""
        return found.get("permalink") or ""

    async def _write(self, method: str, content: Text | Card, **how: Any) -> dict[str, Any]:
        """Show content, with plainer blocks where what answers does not know the best ones."""
        body, *plainer = bodies_of(content)
        while True:
            try:
                return await self._web.call(method, **how, **body)
            except SlackError as error:
                if error.code != INVALID_BLOCKS or not plainer:
                    raise
                log.info("A message is shown more plainly: %s", error)
                body = plainer.pop(0)

    async def _respond(self, url: str, text: str) -> bool:
        """Answer by the address that came with a click or a command: it works for half an hour,
        in channels too that the app is not in. False when it does not.
        """
        body = {
            "response_type": "ephemeral",
            "replace_original": False,
            **body_of(Text(text)),
        }
        try:
            async with self._web.session.post(url, json=body) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
