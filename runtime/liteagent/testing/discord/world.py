"""Everything that is there: one plain object that knows nothing of HTTP or sockets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from liteagent.clock import Clock
from liteagent.testing.discord.errors import (
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    UNKNOWN_MEMBER,
    UNKNOWN_MESSAGE,
    UNKNOWN_USER,
    ApiError,
    Json,
)
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.messages import Attachment, Message
from liteagent.testing.discord.people import Guild, Member, User
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.snowflakes import Snowflakes
from liteagent.testing.discord.windows import OldEdits

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """An event on its way to whoever is connected. `message` is given where the event shows one,
    whose text not everybody may read.
    """

    name: str
    data: Json
    guild_id: int | None = None
    channel: Channel | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Somebody typed in a channel."""

    channel_id: int
    user_id: int
    at: float


@dataclass(slots=True, kw_only=True)
class Commands:
    """The bot's slash commands: global ones (key None) and each guild's, by name.

    `syncs` counts how often a whole set was put.
    """

    by_guild: dict[int | None, dict[str, Json]] = field(
        default_factory=dict[int | None, dict[str, Json]]
    )
    syncs: int = 0

    def of(self, guild_id: int | None) -> dict[str, Json]:
        return self.by_guild.setdefault(guild_id, {})

    def find(self, guild_id: int | None, name: str) -> Json | None:
        """The command somebody in this guild (None: in a direct message) can use."""
        return self.of(guild_id).get(name) or self.of(None).get(name)

    def __contains__(self, name: str) -> bool:
        return any(name in commands for commands in self.by_guild.values())

    def __len__(self) -> int:
        return sum(map(len, self.by_guild.values()))


class World:
    """Users, guilds, channels with their messages, commands and interactions, by id.

    `emit` is told of every event; looking up what is not there raises Discord's refusal.
    """

    def __init__(
        self, clock: Clock, emit: Callable[[Dispatch], None], answer_seconds: float
    ) -> None:
        self.clock = clock
        self.emit = emit
        self.answer_seconds = answer_seconds
        """How long an interaction waits for its first answer."""
        self.snowflakes = Snowflakes(clock)
        self.bot = User(id=self.snowflakes.next(), name="agent", bot=True)
        self.owner = User(id=self.snowflakes.next(), name="owner")
        self.application_id = self.bot.id
        self.is_public = False
        """Whether anybody may add the application to a guild."""
        self.allowed_intents = {"message_content", "members", "presences"}
        self.base_url = ""
        self.gateway_url = ""
        self.shards = 1
        self.users: dict[int, User] = {one.id: one for one in (self.bot, self.owner)}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.hidden_messages: dict[int, Message] = {}
        self.files: dict[int, Attachment] = {}
        self.interactions: dict[int, Interaction] = {}
        self.typing: list[Typing] = []
        self.commands = Commands()
        self.nonce_seconds = 300.0
        self.old_edits = OldEdits()

    def user(self, user_id: int) -> User:
        return _known(self.users.get(user_id), ApiError(UNKNOWN_USER))

    def guild(self, guild_id: int) -> Guild:
        return _known(self.guilds.get(guild_id), ApiError(UNKNOWN_GUILD))

    def member(self, guild_id: int, user_id: int) -> Member:
        return _known(self.guild(guild_id).members.get(user_id), ApiError(UNKNOWN_MEMBER))

    def channel(self, channel_id: int) -> Channel:
        return _known(self.channels.get(channel_id), ApiError(UNKNOWN_CHANNEL))

    def thread(self, channel_id: int) -> Thread:
        channel = self.channel(channel_id)
        return _known(channel if isinstance(channel, Thread) else None, ApiError(UNKNOWN_CHANNEL))

    def message(self, channel_id: int, message_id: int) -> Message:
        return _known(self.channel(channel_id).messages.get(message_id), ApiError(UNKNOWN_MESSAGE))

    def any_message(self, message_id: int) -> Message | None:
        """A message of any channel, also one that only one person sees."""
        everywhere = (channel.messages.get(message_id) for channel in self.channels.values())
        return self.hidden_messages.get(message_id) or next(filter(None, everywhere), None)

    def channels_of(self, guild_id: int) -> list[Channel]:
        """A guild's channels without its threads."""
        return [
            channel
            for channel in self.channels.values()
            if channel.guild_id == guild_id and not isinstance(channel, Thread)
        ]

    def threads_of(self, guild_id: int) -> list[Thread]:
        return [
            channel
            for channel in self.channels.values()
            if isinstance(channel, Thread) and channel.guild_id == guild_id
        ]

    def bot_may(self, channel: Channel) -> frozenset[str]:
        """What the bot may do there; a thread has its parent's permissions."""
        if isinstance(channel, Thread):
            return self.channels[channel.parent_id].bot_may
        return channel.bot_may


def _known(found: T | None, error: ApiError) -> T:
    if found is None:
        raise error
    return found
