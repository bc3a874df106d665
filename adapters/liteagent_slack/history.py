"""What stands in a channel: our own messages by their key, and what people said meanwhile."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from liteagent.chat.inbound import Said
from liteagent.chat.places import PersonKind, Place
from liteagent.chat.platform import Content, FileOut, Text
from liteagent_slack.account import Account
from liteagent_slack.errors import UNKNOWN, MissingScopeError, SlackError
from liteagent_slack.events import is_direct, said
from liteagent_slack.files import title_of
from liteagent_slack.messages import is_broken_stream, is_keyed
from liteagent_slack.web import SlackWeb

PAGE = 200
MOST_PAGES = 10
"""Of a thread, which comes oldest first; of a channel, newest first, the first two are enough."""
MOST_MISSED, MOST_SO_FAR = 100, 50
MOST_CHANNELS = 200
_GONE = frozenset({"channel_not_found", "not_in_channel", "thread_not_found"})
_KINDS = ("public_channel", "private_channel", "im")
"""Each needs a scope of its own."""

Message = dict[str, Any]
log = logging.getLogger(__name__)


class History:
    """Looks back, page by page and never without end: Slack gives old messages sparingly."""

    def __init__(self, web: SlackWeb, account: Account) -> None:
        self._web, self._account = web, account
        self._since = 0.0
        self._looked: dict[str, list[Said]] = {}
        """What was found since then in channels, of a look that was broken off."""

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        """See `Platform.find`."""
        broken: str | None = None
        async with aclosing(self._messages(place)) as messages:
            async for message in messages:
                if not self._is_ours(message):
                    continue
                if is_keyed(message, key) or _shows(message, content, key):
                    return message["ts"]
                if isinstance(content, Text) and is_broken_stream(message, content):
                    broken = max(broken or "", message["ts"])
        return broken

    async def missed(self, place: Place, after: str) -> Sequence[Said]:
        """What people said in a conversation since `after`, oldest first."""
        found = await self._said(place, after=after)
        mine = [each for each in found if each.order > after and each.place.thread == place.thread]
        return [replace(each, late=True) for each in mine if _by_people(each)][:MOST_MISSED]

    async def mentions(self, after: float) -> Sequence[Said]:
        """Mentions and direct messages in all of the app's channels since `after`, oldest first.
        Slack lets us look at about 50 channels a minute: asked again, it goes on where it was.
        """
        if self._since != after:
            self._since, self._looked = after, {}
        for channel in (await self._channels())[:MOST_CHANNELS]:
            if channel["id"] not in self._looked:
                self._looked[channel["id"]] = await self._to_us(channel, after)
        found = [each for said in self._looked.values() for each in said]
        self._since, self._looked = 0.0, {}
        return sorted(found, key=lambda each: each.order)[:MOST_MISSED]

    async def _to_us(self, channel: Mapping[str, Any], after: float) -> list[Said]:
        id, shared = channel["id"], bool(channel.get("is_ext_shared"))
        place = Place(team=self._account.team, channel=id, direct=is_direct(id))
        said = await self._said(place, after=f"{after:.6f}")
        to_us = (each for each in said if each.place.direct or each.mentions_us)
        return [replace(each, late=True, shared=shared) for each in to_us if _by_people(each)]

    async def so_far(self, place: Place, before: str) -> Sequence[Said]:
        """What stands in a thread before `before`, ours too, oldest first."""
        found = await self._said(place, before=before)
        return [each for each in found if each.order < before][-MOST_SO_FAR:]

    async def _said(self, place: Place, *, after: str = "", before: str = "") -> list[Said]:
        found: list[Said] = []
        try:
            async with aclosing(self._messages(place, after=after, before=before)) as messages:
                async for message in messages:
                    each = said(message, self._account, team=place.team, channel=place.channel)
                    if each is not None:
                        found.append(each)
        except SlackError as error:
            if error.code not in _GONE:
                raise
        return sorted(found, key=lambda each: each.order)

    async def _messages(
        self, place: Place, *, after: str = "", before: str = ""
    ) -> AsyncGenerator[Message, None]:
        """A thread's messages oldest first, a channel's newest first, as Slack pages them."""
        method = "conversations.replies" if place.thread else "conversations.history"
        cursor: str | None = None
        for _ in range(MOST_PAGES if place.thread else 2):
            page = await self._page(
                method,
                channel=place.channel,
                ts=place.thread or None,
                oldest=after or None,
                latest=before or None,
                include_all_metadata=True,
                limit=PAGE,
                cursor=cursor,
            )
            for message in page.get("messages") or ():
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _page(self, method: str, **asked: Any) -> Mapping[str, Any]:
        try:
            return await self._web.read(method, **asked)
        except SlackError as error:
            if error.code != UNKNOWN:
                raise
            log.warning("What was written before is not seen: %s", error)
            return {}

    async def _channels(self) -> list[Mapping[str, Any]]:
        """The channels that the app is in, of those kinds that it may list."""
        found: list[Mapping[str, Any]] = []
        for kind in _KINDS:
            try:
                page = await self._web.read(
                    "users.conversations", types=kind, exclude_archived=True, limit=PAGE
                )
            except MissingScopeError as error:
                log.info("Mentions there are not looked for: %s", error)
                continue
            found += page.get("channels") or ()
        return found

    def _is_ours(self, message: Message) -> bool:
        return message.get("user") == self._account.user or (
            bool(self._account.bot) and message.get("bot_id") == self._account.bot
        )


def _shows(message: Message, content: Content, key: str) -> bool:
    """Whether the message shows the file that was posted with this key."""
    if not isinstance(content, FileOut):
        return False
    return any(file.get("title") == title_of(content, key) for file in message.get("files") or ())


def _by_people(each: Said) -> bool:
    return each.person.kind not in (PersonKind.SELF, PersonKind.BOT)
