"""What the methods of the Web API work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from liteagent.testing.slack.announcer import Announcer
from liteagent.testing.slack.payloads import message_json
from liteagent.testing.slack.records import Channel, Json, Message, Violation
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.tickets import ResponseUrls, Triggers
from liteagent.testing.slack.workspace import Workspace

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)


@dataclass(slots=True, kw_only=True)
class Secrets:
    """What the app has to show, and what it has to be shown."""

    signing_secret: str
    bot_token: str
    app_token: str
    client_id: str = "1000.2000"
    client_secret: str = "client-secret"
    revoked: set[str] = field(default_factory=set[str])
    codes: dict[str, bool] = field(default_factory=dict[str, bool])
    """The codes of OAuth, and whether each has been used."""

    def issue_code(self) -> str:
        code = f"code-{self.bot_token}-{len(self.codes) + 1}"
        self.codes[code] = False
        return code


@dataclass(slots=True, kw_only=True)
class Stage:
    """The workspace, who tells the app of changes, and the app's installation."""

    workspace: Workspace
    announcer: Announcer
    triggers: Triggers
    response_urls: ResponseUrls
    secrets: Secrets
    base: Callable[[], str]
    """Where the stand-in serves, without a slash at the end."""
    socket_url: Callable[[], str]
    """A new address for one socket."""
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    strict: bool = True
    violations: list[Violation] = field(default_factory=list[Violation])

    def channel(self, id: str) -> Channel:
        """A channel the app can see. Slack knows public ones by name as well."""
        channels = self.workspace.channels
        channel = channels.get(id) or next(
            (c for c in channels.values() if c.kind != "im" and f"#{c.name}" == id), None
        )
        if channel is None and id in self.workspace.users:
            channel = self.workspace.direct(id)
        hidden = channel is not None and channel.kind == "group"
        if channel is None or (hidden and self.workspace.bot not in channel.members):
            raise SlackRefusal("channel_not_found")
        return channel

    def joined(self, id: str) -> Channel:
        """A channel the app is in."""
        channel = self.channel(id)
        if self.workspace.bot not in channel.members:
            raise SlackRefusal("not_in_channel")
        if channel.archived:
            raise SlackRefusal("is_archived")
        return channel

    def message(self, channel: Channel, ts: str) -> Message:
        """A message that is there, not an ephemeral one."""
        message = self.workspace.messages[channel.id].get(ts)
        if message is None or message.tombstone:
            raise SlackRefusal("message_not_found")
        return message

    def violate(self, method: str, what: str) -> None:
        """Record what Slack would spoil; raises where the stand-in is strict."""
        self.violations.append(Violation(method=method, what=what))
        if self.strict:
            raise SlackRefusal("msg_too_long", (f"[ERROR] {what}",))

    def json(self, message: Message, *, metadata: bool = True) -> Json:
        """The message as methods answer it."""
        return message_json(self.workspace, message, self.base(), metadata=metadata)
