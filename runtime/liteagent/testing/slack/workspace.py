"""A Slack workspace as plain state: who and what is there. It knows nothing of HTTP or events."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from liteagent.clock import Clock
from liteagent.testing.slack.records import (
    Channel,
    File,
    Group,
    Json,
    Message,
    Status,
    Stream,
    User,
    View,
)

IDS = 1_000_000
"""At most in one team."""


class Workspace:
    """People, places and messages of one team, in which one app is installed."""

    def __init__(self, clock: Clock, team: str, *, number: int = 0) -> None:
        """`number` tells teams apart that have the same app: their ids differ."""
        self.clock = clock
        self.team = team
        self.title = f"Stand-in {number + 1}" if number else "Stand-in"
        self.app = "A0LITE"
        self.bot_id = f"B{number}LITE"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.files: dict[str, File] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        """By channel and ts, oldest first."""
        self.ephemerals: list[Message] = []
        self.streams: dict[tuple[str, str], Stream] = {}
        self.modals: dict[str, View] = {}
        """The open ones, by id; of one person's the last is on top."""
        self.homes: dict[str, View] = {}
        self.statuses: list[Status] = []
        self.prompts: dict[tuple[str, str | None], list[Json]] = {}
        self._numbers = count(number * IDS + 1)
        self._last_micros = 0
        self.bot = self.new_user("liteagent", bot=True).id

    def new_id(self, prefix: str) -> str:
        """An id as Slack's look: the prefix, then digits and capitals."""
        return f"{prefix}{next(self._numbers):08d}"

    def new_ts(self) -> str:
        """The time as Slack writes it; never the same twice, always later than the last."""
        micros = max(int(self.clock.now() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def new_user(
        self,
        name: str,
        *,
        guest: bool = False,
        bot: bool = False,
        team: str | None = None,
        email: str | None = None,
        id: str | None = None,
    ) -> User:
        user = User(
            id=id or self.new_id("U"),
            name=name,
            email=email or f"{name}@example.com",
            team=team or self.team,
            guest=guest,
            bot=bot,
        )
        self.users[user.id] = user
        return user

    def new_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        return channel

    def direct(self, user: str) -> Channel:
        """The conversation between somebody and the app, opened if there is none."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        members = [user, self.bot]
        return self.new_channel(
            Channel(id=self.new_id("D"), name="directmessage", kind="im", members=members)
        )

    def post(self, message: Message) -> Message:
        """Put it where it belongs; the status line over its thread goes when the app answers."""
        if message.only_for is not None:
            self.ephemerals.append(message)
        else:
            self.messages[message.channel][message.ts] = message
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """A message of the channel, or an ephemeral one."""
        found = self.messages.get(channel, {}).get(ts)
        if found is not None:
            return found
        return next((m for m in self.ephemerals if (m.channel, m.ts) == (channel, ts)), None)

    def replies(self, channel: str, root: str) -> list[Message]:
        """The answers in a thread, oldest first, without the root."""
        return [m for m in self.messages.get(channel, {}).values() if m.thread == root]

    def standing(self, channel: str) -> list[Message]:
        """What is read in the channel itself, oldest first."""
        messages = self.messages.get(channel, {}).values()
        return [m for m in messages if m.thread is None or m.broadcast]

    def remove(self, message: Message) -> None:
        """Take it away; of one with replies a tombstone stays."""
        if message.only_for is not None:
            self.ephemerals.remove(message)
        elif self.replies(message.channel, message.ts):
            message.tombstone = True
            message.text, message.markdown = "This message was deleted.", ""
            message.blocks, message.files, message.chunks = [], [], []
        else:
            del self.messages[message.channel][message.ts]
        self.streams.pop((message.channel, message.ts), None)

    def modals_of(self, user: str) -> list[View]:
        """From the bottom to the top."""
        return [view for view in self.modals.values() if view.user == user]

    def views(self) -> Iterator[View]:
        yield from self.modals.values()
        yield from self.homes.values()
