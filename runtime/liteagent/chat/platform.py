"""What a chat platform can do, as the chat core uses it; an adapter implements it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from liteagent.chat.cards.card import Card
from liteagent.chat.cards.form import Form
from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, Place
from liteagent.events import Json
from liteagent.kernel import SendError


class MessageGoneError(SendError):
    """The message that was to be edited is not there any more: somebody deleted it."""

    error_code = "MESSAGE_GONE"

    def __init__(self) -> None:
        super().__init__("The message is not there any more: post it again.", permanent=True)


@dataclass(frozen=True, slots=True)
class Text:
    """One message's text, rendered for the platform and within its limit."""

    text: str
    closing: bool = field(default=False, compare=False)
    """Whether an agent's answer ends with it: people may be asked what they think of it. A
    message is not edited for this alone.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOut:
    """A message that is a file."""

    name: str
    content: bytes
    title: str = ""


Content = Text | Card | FileOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a platform takes."""

    text: int
    """Characters of one message."""
    messages: int
    """An answer that needs more messages than this is sent as a file, after its beginning."""
    stream_text: int
    """Characters that one native stream may grow to."""
    stream_seconds: float
    """Age at which a native stream is ended and another one begun."""
    edit_seconds: float
    """Least time between two edits in one channel."""
    posts_per_second: float
    """Of one channel, over time."""
    burst: int
    """Posts in a row that are fine after a pause."""
    status_cost: int = 1
    """What `Platform.status` counts as; 0 where the platform paces it itself."""
    file_in: int = 20_000_000
    """Bytes of a file that is fetched."""


class Mark(StrEnum):
    """What a message of a person's is marked with."""

    QUEUED = "queued"
    """It waits behind an earlier one."""


class LiveStream(Protocol):
    """A message that grows at the platform's own pace: Slack's streams.

    What was begun is the message `id` of the platform, and may be edited once it is finished.
    Raises `SendError`.
    """

    @property
    def id(self) -> str: ...

    async def append(self, text: str) -> None: ...

    async def finish(self, *, closing: bool = False) -> None:
        """`closing`: see `Text`."""
        ...


class Platform(Protocol):
    """One account on one chat platform.

    Every method may raise `SendError`, which says whether and when another try makes sense.
    `key` identifies a message of ours for ever: 32 hexadecimal digits.
    """

    @property
    def name(self) -> str:
        """`slack`, `discord`."""
        ...

    @property
    def claim(self) -> str:
        """What rules call the groups of its people: `slack_groups`, `discord_roles`."""
        ...

    @property
    def limits(self) -> Limits: ...

    def render(self, markdown: str) -> str:
        """An agent's Markdown as the platform's own; nothing in it notifies a whole channel."""
        ...

    async def person(self, person: Person, place: Place, *, fresh: bool = False) -> Person:
        """The same person, complete and as they were within the last minute; with `fresh` as they
        are now, as when they decide.
        """
        ...

    async def is_shared(self, place: Place) -> bool:
        """Whether people of other workspaces are in the channel; False where nobody can tell."""
        ...

    async def open(self, place: Place, title: str) -> None:
        """Make sure that the place is there: Discord's thread. Safe to repeat."""
        ...

    async def post(self, place: Place, content: Content, key: str) -> str:
        """A new message; its id."""
        ...

    async def edit(self, place: Place, message_id: str, content: Content) -> None:
        """Show something else in a message of ours; a stream that was never finished is finished
        by it. Raises `MessageGoneError` when it was deleted.
        """
        ...

    async def remove(self, place: Place, message_id: str) -> None:
        """Delete a message of ours; one that is gone is fine."""
        ...

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        """The id of the message that was posted with this key, or begun as a stream of `content`
        and never finished (an empty `Text` was begun as none); None when there surely is none.
        """
        ...

    async def stream(self, place: Place, person_id: str, text: str) -> LiveStream | None:
        """Begin a message that grows; None where the platform has none: it is edited then."""
        ...

    async def status(self, place: Place, text: str) -> None:
        """Say what the agent is doing, or with an empty text that it does nothing more. It holds
        until something else is said: whoever implements this repeats what the platform forgets.
        """
        ...

    async def mark(self, source: Place, message_id: str, mark: Mark, *, on: bool) -> None: ...

    async def tell(self, place: Place, person_id: str, text: str, handle: Json = None) -> None:
        """Tell one person something that nobody else sees."""
        ...

    async def show_form(self, form: Form, handle: Json) -> None:
        """Open a form for whoever clicked. `SendError` with `permanent` when it is too late."""
        ...

    async def fetch(self, file: FileIn) -> bytes:
        """A file's content."""
        ...

    async def missed(self, conversation: str, place: Place, after: str) -> Sequence[Said]:
        """Messages of people in a known conversation since `after` (an `order`), oldest first, at
        most 100.
        """
        ...

    async def missed_mentions(self, after: float) -> Sequence[Said]:
        """Messages since `after` (seconds since 1970) to which an agent answers though they belong
        to no known conversation: mentions and direct messages, oldest first, at most 100. Empty
        where the platform offers no way to look for them.
        """
        ...

    async def thread_so_far(self, place: Place, before: str) -> Sequence[Said]:
        """The last messages of a thread before `before` (an `order`), oldest first, at most 50;
        ours are among them, by a person of kind `SELF`.
        """
        ...

    async def begin(self, place: Place, person: Person, text: str, key: str) -> tuple[str, Place]:
        """Show what somebody asks by a slash command where they ask it, once for this key, and
        open its thread: the conversation, and where the answer goes. In a thread or a direct
        message these are the ones that are there.
        """
        ...

    async def permalink(self, place: Place, message_id: str) -> str:
        """An address that opens the message; empty where there is none."""
        ...
