"""Which channels are threads, and where; and opening threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from liteagent.chat.places import Place
from liteagent_discord.errors import (
    ARCHIVED_THREAD,
    THREAD_EXISTS,
    UNKNOWN_MESSAGE,
    DiscordError,
)
from liteagent_discord.events import conversation_of, place_of
from liteagent_discord.rest import Rest

MOST_NAME = 100
MOST_KNOWN = 10_000
ARCHIVE_MINUTES = 10_080
"""A week without a message, after which a thread leaves the list; a message brings it back."""
CHANNEL = "GET", "/channels/{channel_id}"
Bound = Callable[[str], Awaitable[Place | None]]


async def nothing_bound(conversation: str) -> Place | None:
    return None


class Channels:
    """What a channel is never changes, so that it is asked for once."""

    def __init__(self, rest: Rest, bound: Bound = nothing_bound) -> None:
        """`bound` tells which place a conversation was begun in."""
        self._rest, self._bound = rest, bound
        self._parents: dict[str, str] = {}
        """By channel; empty for what is no thread."""

    async def place(self, guild: str, channel: str) -> Place:
        """Where a channel is. Raises `DiscordError` and `JournalUnavailableError`."""
        if not guild:
            return Place(team="", channel=channel, direct=True)
        parent = self._parents.get(channel)
        if parent is None:
            parent = self._rest.parent_of(channel)
        if parent is None:
            parent = await self._parent(guild, channel)
        if parent is not None:
            self._know(channel, parent)
        return Place(team=guild, channel=channel, parent=parent or "")

    async def open(self, place: Place, title: str) -> None:
        """Make the thread out of the message whose id it has; one that is there is fine. Raises
        `DiscordError`.
        """
        if not place.parent or self._is_thread(place.channel):
            return
        try:
            await self._rest.call(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/threads",
                body={"name": _name(title), "auto_archive_duration": ARCHIVE_MINUTES},
                channel_id=place.parent,
                message_id=place.channel,
            )
        except DiscordError as error:
            if error.code == UNKNOWN_MESSAGE:
                # a thread that was never made from a message, or whose message was deleted
                await self._rest.call(*CHANNEL, channel_id=place.channel)
            elif error.code != THREAD_EXISTS:
                raise
        self._know(place.channel, place.parent)

    async def unarchived(self, place: Place, method: str, path: str, **call: Any) -> Any:
        """A call that Discord refuses in an archived thread, which is opened again for it."""
        try:
            return await self._rest.call(method, path, **call)
        except DiscordError as error:
            if error.code != ARCHIVED_THREAD:
                raise
        await self._rest.call(
            "PATCH", "/channels/{channel_id}", body={"archived": False}, channel_id=place.channel
        )
        return await self._rest.call(method, path, **call)

    def _is_thread(self, channel: str) -> bool:
        return bool(self._parents.get(channel) or self._rest.parent_of(channel))

    async def _parent(self, guild: str, channel: str) -> str | None:
        """Of a channel that the gateway told nothing of; where nobody can be asked, the threads in
        which we answer are known, and None for all else. Raises `JournalUnavailableError`.
        """
        asked = await self._rest.look(CHANNEL[1], dict, channel_id=channel)
        if asked is not None:
            return place_of(asked, guild).parent
        found = await self._bound(conversation_of(Place(team=guild, channel=channel)))
        return None if found is None else found.parent

    def _know(self, channel: str, parent: str) -> None:
        if len(self._parents) >= MOST_KNOWN:
            self._parents.clear()
        self._parents[channel] = parent


def _name(title: str) -> str:
    return " ".join(title.split())[:MOST_NAME] or "Conversation"
