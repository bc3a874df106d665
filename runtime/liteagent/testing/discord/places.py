"""Where messages are: the channels of a guild, its threads, and direct messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from liteagent.testing.discord.messages import THREAD_STARTER, Message
from liteagent.testing.discord.people import User
from liteagent.testing.discord.permissions import EVERYDAY

TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12


@dataclass(slots=True, kw_only=True)
class Channel:
    """A text channel of a guild, or (without a guild) the bot's conversation with `recipient`."""

    id: int
    name: str
    type: int = TEXT
    guild_id: int | None = None
    recipient: User | None = None
    topic: str | None = None
    bot_may: frozenset[str] = EVERYDAY
    messages: dict[int, Message] = field(default_factory=dict[int, Message])

    @property
    def written(self) -> list[Message]:
        """What somebody wrote, the oldest first: all but the message that a thread begins with."""
        ordered = (self.messages[each] for each in sorted(self.messages))
        return [one for one in ordered if one.type != THREAD_STARTER]

    @property
    def last_message_id(self) -> int | None:
        return max(self.messages, default=None)


@dataclass(slots=True, kw_only=True)
class Thread(Channel):
    """A thread. Made from a message, it has that message's id."""

    parent_id: int
    owner_id: int
    created_at: float
    archived_at: float
    auto_archive_minutes: int = 1440
    archived: bool = False
    locked: bool = False
    member_ids: set[int] = field(default_factory=set[int])
    sent: int = 0
