"""What stands in a channel: our own messages by their key, and what people said meanwhile."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from liteagent.chat.inbound import Said
from liteagent.chat.places import PersonKind, Place
from liteagent.chat.platform import Content, Text
from liteagent_discord.account import Account
from liteagent_discord.errors import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NO_ROUTES,
    UNKNOWN_CHANNEL,
    DiscordError,
)
from liteagent_discord.events import STARTER, THREADS, first_id, id_of, place_of, said
from liteagent_discord.messages import is_keyed, shows
from liteagent_discord.rest import Rest

PAGE = 100
MOST_PAGES = 5
MOST_MISSED, MOST_SO_FAR = 100, 50
MOST_GUILDS, MOST_CHANNELS = 25, 50
_WRITABLE = frozenset({0, 2, 5, *THREADS})
"""Types of channels in which people write."""
_GONE = frozenset({UNKNOWN_CHANNEL, MISSING_ACCESS, MISSING_PERMISSIONS})

Message = dict[str, Any]


class History:
    """Looks back, page by page and never without end."""

    def __init__(self, rest: Rest, account: Account) -> None:
        self._rest, self._account = rest, account

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        """See `Platform.find`. By its nonce, where Discord tells it; else by what it shows, and a
        text then only below the last message of a person's, for the agent may say the same twice.
        """
        is_last = True
        async with aclosing(self._backwards(place)) as messages:
            async for message in messages:
                if str(message["author"]["id"]) != self._account.user:
                    is_last = False
                    continue
                keyed = is_keyed(message, key)
                may_show = keyed is None and (is_last or not isinstance(content, Text))
                if keyed or (may_show and shows(message, content, key)):
                    return str(message["id"])
        return None

    async def missed(self, place: Place, after: str) -> Sequence[Said]:
        """What people said in a conversation since `after`, oldest first; the last of it where
        nothing is known of what was before.
        """
        since = id_of(after) or id_of(place.channel if place.parent else "")
        query = {"limit": MOST_MISSED} | ({"after": since} if since else {})
        found = await self._said(place, query)
        new = (each for each in found if id_of(each.order) > since)
        return [replace(each, late=True) for each in new if _by_people(each)]

    async def mentions(self, after: float) -> Sequence[Said]:
        """Mentions in all channels and threads since `after`, oldest first. A bot can look into no
        list of its direct messages: of those only known conversations are looked at.
        """
        since, found = first_id(after), list[Said]()
        for place in await self._places(since):
            for each in await self._said(place, {"limit": MOST_MISSED, "after": since}):
                if each.mentions_us and _by_people(each) and id_of(each.order) >= since:
                    found.append(replace(each, late=True))
        return sorted(found, key=lambda each: each.order)[:MOST_MISSED]

    async def so_far(self, place: Place, before: str) -> Sequence[Said]:
        """What stands in a thread before `before`, ours too, oldest first."""
        return await self._said(place, {"limit": MOST_SO_FAR, "before": id_of(before)})

    async def unanswered(self, place: Place, before: str, oldest: float) -> Sequence[Said]:
        """What people said there before `before` and since `oldest`, after the last that we said,
        oldest first.
        """
        found: list[Said] = []
        for each in await self.so_far(place, before):
            if each.person.kind is PersonKind.SELF:
                found.clear()
            elif _by_people(each) and each.ts >= oldest:
                found.append(replace(each, late=True))
        return found

    async def _said(self, place: Place, query: dict[str, Any]) -> list[Said]:
        found: list[Said] = []
        for message in await self._page(place, query):
            if message.get("type") == STARTER:
                message = message.get("referenced_message") or message
            each = said(message, self._account, place)
            if each is not None:
                found.append(each)
        return sorted(found, key=lambda each: each.order)

    async def _page(self, place: Place, query: dict[str, Any]) -> list[Message]:
        """The newest first; none of a channel that is gone, or not seen."""
        try:
            return await self._rest.call(
                "GET", "/channels/{channel_id}/messages", query=query, channel_id=place.channel
            )
        except DiscordError as error:
            if error.code not in _GONE and error.code not in NO_ROUTES:
                raise
            return []

    async def _backwards(self, place: Place) -> AsyncGenerator[Message, None]:
        query: dict[str, Any] = {"limit": PAGE}
        for _ in range(MOST_PAGES):
            page = await self._page(place, query)
            for message in page:
                yield message
            if len(page) < PAGE:
                return
            query["before"] = page[-1]["id"]

    async def _places(self, since: int) -> list[Place]:
        """Channels and threads in which something was said since, the latest first."""
        listed = await self._rest.look("/users/@me/guilds", list)
        guilds = self._rest.guilds() if listed is None else [str(each["id"]) for each in listed]
        if not guilds and listed is None:
            raise DiscordError("The gateway has told of no server yet.", 0, retry_after=1.0)
        found: list[tuple[int, Place]] = []
        for guild in guilds[:MOST_GUILDS]:
            for channel in await self._channels(guild, since):
                last = int(channel.get("last_message_id") or 0)
                if channel.get("type") in _WRITABLE and last >= since:
                    found.append((last, place_of(channel, guild)))
        found.sort(key=lambda each: each[0], reverse=True)
        return [place for _, place in found[:MOST_CHANNELS]]

    async def _channels(self, guild: str, since: int) -> list[dict[str, Any]]:
        """Channels and threads that are not archived; something may have been said since in all
        those that only the gateway told of.
        """
        channels = await self._rest.look("/guilds/{guild_id}/channels", list, guild_id=guild)
        active = await self._rest.look("/guilds/{guild_id}/threads/active", dict, guild_id=guild)
        told = self._rest.places(guild)
        if channels is None:
            channels = [{**each, "last_message_id": since} for each in told[0]]
        threads = active.get("threads") if active else None
        if threads is None:
            threads = [{**each, "last_message_id": since} for each in told[1]]
        return [*channels, *threads]


def _by_people(each: Said) -> bool:
    return each.person.kind not in (PersonKind.SELF, PersonKind.BOT)
