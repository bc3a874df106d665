"""Which events a change in the workspace causes, and whether the app is told."""

from __future__ import annotations

from collections.abc import Callable

from liteagent.testing.slack.payloads import envelope_of_event, message_json
from liteagent.testing.slack.records import Channel, Json, Message
from liteagent.testing.slack.workspace import Workspace

SUBSCRIPTIONS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)

_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Announcer:
    """Tells the app of what it has subscribed to, in the channels it is in."""

    def __init__(
        self, workspace: Workspace, carry: Callable[[Json], object], base: Callable[[], str]
    ) -> None:
        self.subscriptions = set[str](SUBSCRIPTIONS)
        self._workspace = workspace
        self._carry = carry
        self._base = base

    def posted(self, message: Message) -> None:
        """A new message: a mention in a channel is told twice, with two event ids."""
        if message.only_for is not None:
            return
        channel = self._workspace.channels[message.channel]
        event = self._of(message)
        if message.files and not message.bot:
            event["subtype"] = "file_share"
        mentioned = f"<@{self._workspace.bot}>" in message.text
        if mentioned and channel.kind != "im" and not message.bot:
            self._tell("app_mention", {**event, "type": "app_mention"}, channel)
        self._message(event, channel)

    def edited(self, before: Json, message: Message) -> None:
        """`before` is the message's JSON as it stood."""
        if message.only_for is not None:
            return
        now = message_json(self._workspace, message, self._base())
        self._change("message_changed", message, message=now, previous_message=before)

    def deleted(self, before: Json, message: Message) -> None:
        if message.only_for is None:
            ts = message.ts
            self._change("message_deleted", message, deleted_ts=ts, previous_message=before)

    def reacted(self, message: Message, user: str, name: str, *, added: bool) -> None:
        channel = self._workspace.channels[message.channel]
        kind = "reaction_added" if added else "reaction_removed"
        event: Json = {
            "type": kind,
            "user": user,
            "reaction": name,
            "item_user": message.user,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "event_ts": self._workspace.new_ts(),
        }
        self._tell(kind, event, channel)

    def joined(self, channel: Channel, user: str) -> None:
        event: Json = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.kind == "group" else "C",
            "team": self._workspace.team,
            "event_ts": self._workspace.new_ts(),
        }
        self._tell("member_joined_channel", event, channel)

    def event(self, event: Json) -> None:
        """One that belongs to no channel."""
        if event["type"] in self.subscriptions:
            self.emit(event)

    def emit(self, event: Json) -> None:
        """Tell the app of it, subscribed or not."""
        dated = {"event_ts": self._workspace.new_ts(), **event}
        self._carry(envelope_of_event(self._workspace, dated, channel=None))

    def _of(self, message: Message) -> Json:
        event = message_json(self._workspace, message, self._base())
        event |= {"channel": message.channel, "event_ts": message.ts}
        author = self._workspace.users.get(message.user)
        if author is not None and author.team != self._workspace.team:
            event |= {"user_team": author.team, "source_team": author.team}
        return event

    def _change(self, subtype: str, changed: Message, **more: object) -> None:
        ts = self._workspace.new_ts()
        event: Json = {"type": "message", "subtype": subtype, "hidden": True, **more}
        event |= {"channel": changed.channel, "ts": ts, "event_ts": ts}
        self._message(event, self._workspace.channels[changed.channel])

    def _message(self, event: Json, channel: Channel) -> None:
        event["channel_type"] = channel.kind
        self._tell(_MESSAGES[channel.kind], event, channel)

    def _tell(self, subscription: str, event: Json, channel: Channel) -> None:
        outside = self._workspace.bot not in channel.members
        if subscription in self.subscriptions and not outside:
            self._carry(envelope_of_event(self._workspace, event, channel=channel))
