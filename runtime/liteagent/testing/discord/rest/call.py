"""One call of the API, and the route it came by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liteagent.testing.discord.errors import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NOT_FOUND,
    ApiError,
    Json,
)
from liteagent.testing.discord.messages import Upload
from liteagent.testing.discord.places import Channel
from liteagent.testing.discord.world import World


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as it arrived: `route` is the path with names in place of ids, `at` when it came, in
    seconds since 1970, `status` what it was answered with (None: not yet, or never).
    """

    method: str
    route: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json | list[Json] | None
    files: Sequence[Upload] = ()
    at: float = 0.0
    status: int | None = None
    malformed: bool = False
    """Whether its body was no JSON."""
    applied: bool = False
    """Whether it took effect, whatever the caller was told."""

    def id(self, name: str) -> int:
        """An id of the path; what is no number is nowhere."""
        try:
            return int(self.params[name])
        except ValueError:
            raise ApiError(NOT_FOUND) from None

    @property
    def channel_id(self) -> int | None:
        number = self.params.get("channel_id", "")
        return int(number) if number.isdigit() else None

    @property
    def json(self) -> Json:
        """The body as an object."""
        return self.body if isinstance(self.body, dict) else {}


Handler = Callable[[World, Call], Any]
"""Answers with JSON, or with None where Discord answers with no content."""


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a method and a path. Only `open` routes need no bot token."""

    method: str
    path: str
    handler: Handler
    status: int = 200
    open: bool = False


def demand(world: World, channel: Channel, *permissions: str) -> None:
    """Refuse what the bot may not do in the channel."""
    may = world.bot_may(channel)
    if channel.guild_id is None:
        return
    if "view_channel" not in may:
        raise ApiError(MISSING_ACCESS)
    if not may.issuperset(permissions):
        raise ApiError(MISSING_PERMISSIONS)


def visible(world: World, call: Call) -> Channel:
    """The channel of the path, if the bot sees it."""
    channel = world.channel(call.id("channel_id"))
    demand(world, channel)
    return channel
