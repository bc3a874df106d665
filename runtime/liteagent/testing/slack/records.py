"""What a workspace is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object, as it stands on Slack's wire."""

ChannelKind = Literal["channel", "group", "im"]
DeliveryKind = Literal["events_api", "interactive", "slash_commands"]


STREAM_SECONDS = 300.0
"""Of the clock, from start to the end of a stream, whatever goes on in it."""


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot; `team` is another workspace's for who is here through Slack Connect."""

    id: str
    name: str
    email: str
    team: str
    guest: bool = False
    bot: bool = False


@dataclass(slots=True, kw_only=True)
class Channel:
    """A public channel, a private one (`group`) or a direct conversation (`im`)."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    shared: bool = False
    archived: bool = False


@dataclass(slots=True, kw_only=True)
class Group:
    """A user group: `@handle` means its members."""

    id: str
    handle: str
    members: list[str]


@dataclass(slots=True, kw_only=True)
class File:
    """A file; `content` is missing until its bytes have been uploaded."""

    id: str
    name: str
    title: str
    mimetype: str
    size: int
    user: str
    content: bytes | None = None
    shared: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands now; edits and streams change it in place."""

    ts: str
    channel: str
    user: str
    text: str = ""
    bot: bool = False
    """Written by the app."""
    thread: str | None = None
    """Of a reply: the ts of the message it answers."""
    broadcast: bool = False
    """A reply that is shown in the channel as well."""
    markdown: str = ""
    """What was streamed, or given as `markdown_text`."""
    chunks: list[Json] = field(default_factory=list[Json])
    """The tasks and plans of a stream, each as it stands now."""
    blocks: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    metadata: Json | None = None
    files: list[str] = field(default_factory=list[str])
    reactions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Who reacted, by the name of the reaction."""
    edited: str | None = None
    """The ts of the last edit."""
    streamed: bool = False
    tombstone: bool = False
    """Deleted while it had replies: "This message was deleted."."""
    only_for: str | None = None
    """Of an ephemeral message: who sees it."""


@dataclass(slots=True, kw_only=True)
class Stream:
    """A message that is being streamed since `started`, seconds of the clock."""

    message: Message
    started: float
    stopped: bool = False

    def runs(self, now: float) -> bool:
        """Whether it can be appended to."""
        return not self.stopped and now - self.started < STREAM_SECONDS


@dataclass(slots=True, kw_only=True)
class View:
    """A modal somebody has open, or their App Home."""

    id: str
    user: str
    body: Json
    """The view as the app gave it, ids filled in."""
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict[str, str])
    """What the app said about a submission, by block."""

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status line, or an agent session's status, as it was set."""

    channel: str
    thread: str | None
    status: str
    method: str
    loading_messages: tuple[str, ...] = ()
    at: float


@dataclass(slots=True, kw_only=True)
class Call:
    """A call of the Web API. `answer` is what the method answered, `fault` what befell the call."""

    method: str
    args: Json
    token: str | None
    time: float
    """Seconds of the clock."""
    verb: str = "POST"
    answer: Json | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The app's answer to one delivery."""

    envelope_id: str
    kind: DeliveryKind
    what: str
    """The event's, interaction's or command's name."""
    attempt: int
    seconds: float
    """From delivery to acknowledgement, by the machine's monotonic clock."""
    payload: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something that Slack would have taken and spoiled, and the stand-in refuses."""

    method: str
    what: str
