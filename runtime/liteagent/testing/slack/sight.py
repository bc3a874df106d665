"""What is seen: by readers, and by whoever tests the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from liteagent.testing.slack.blocks import readable
from liteagent.testing.slack.parts import Parts
from liteagent.testing.slack.records import (
    Acknowledgement,
    Call,
    Json,
    Message,
    Status,
    View,
    Violation,
)
from liteagent.testing.slack.typed import unescaped
from liteagent.testing.slack.workspace import Workspace

T = TypeVar("T")


class Views:
    """The views that people have before them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, user: str | None = None) -> list[View]:
        """The open modals, of one person or of all; of one person's the last is on top."""
        return [v for v in self._workspace.modals.values() if user in (None, v.user)]

    def home(self, user: str) -> View | None:
        """Somebody's App Home, once the app has published it."""
        return self._workspace.homes.get(user)


class Sight:
    """Looks at the workspace and at what passed between Slack and the app."""

    _parts: Parts

    def messages(self, channel: str, thread: str | None = None) -> list[Message]:
        """What stands in a channel, or a thread's root and its replies; oldest first."""
        workspace = self._parts.workspace
        if thread is None:
            return workspace.standing(channel)
        root = workspace.messages[channel].get(thread)
        return [*([root] if root else []), *workspace.replies(channel, thread)]

    def message(self, channel: str, ts: str) -> Message:
        """One message, ephemeral ones included."""
        found = self._parts.workspace.find(channel, ts)
        assert found is not None, f"there is no message {ts} in {channel}"
        return found

    def text_of(self, message: Message) -> str:
        """What a reader sees: the blocks where there are any, otherwise the text."""
        parts = [message.markdown, readable(message.chunks), readable(message.blocks)]
        shown = "\n".join(part for part in parts if part)
        return shown or unescaped(message.text)

    @property
    def ephemerals(self) -> list[Message]:
        """What single people were shown, oldest first; `only_for` says who."""
        return list(self._parts.workspace.ephemerals)

    @property
    def views(self) -> Views:
        return Views(self._parts.workspace)

    @property
    def statuses(self) -> list[Status]:
        """Every status line and session status, as they were set."""
        return list(self._parts.workspace.statuses)

    def status(self, channel: str, thread: str | None) -> str:
        """The status line that stands over a thread now; empty if none does."""
        for status in reversed(self._parts.workspace.statuses):
            mine = (status.channel, status.thread) == (channel, thread)
            if mine and status.method == "assistant.threads.setStatus":
                return status.status
        return ""

    def prompts(self, channel: str, thread: str | None = None) -> list[Json]:
        """The suggested prompts."""
        return list(self._parts.workspace.prompts.get((channel, thread), []))

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, also those that a fault befell."""
        return self._parts.api.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self._parts.api.calls if call.method == method]

    @property
    def acks(self) -> list[Acknowledgement]:
        """Every acknowledgement of a delivery, in order."""
        return self._parts.courier.acks

    @property
    def events(self) -> list[Json]:
        """The payloads of every event so far, delivered or not."""
        return self._parts.courier.events

    @property
    def lost(self) -> list[Json]:
        """The payloads of events that were delivered four times and never acknowledged."""
        return self._parts.courier.lost

    @property
    def unacknowledged(self) -> list[Json]:
        """The payloads of events that are still to be acknowledged."""
        return self._parts.courier.unacknowledged

    @property
    def violations(self) -> list[Violation]:
        """What Slack would have spoiled."""
        return self._parts.stage.violations

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return len(self._parts.sockets.connections)

    @property
    def sockets_opened(self) -> int:
        """How many sockets have been opened so far."""
        return self._parts.sockets.opened

    async def until(self, condition: Callable[[], T], seconds: float = 60) -> T:
        """The first true result of `condition`, looked at after every change.

        Raises AssertionError, which prints what is there, after `seconds` of the machine's time.
        """
        return await self._parts.changes.until(condition, seconds, self.describe)

    def describe(self) -> str:
        """The workspace as text."""
        workspace = self._parts.workspace
        lines: list[str] = []
        for channel in workspace.channels.values():
            lines.append(f"#{channel.name} {channel.id}")
            for message in workspace.messages[channel.id].values():
                indent = "    " if message.thread else "  "
                lines.append(f"{indent}{message.ts} {message.user}: {self.text_of(message)!r}")
        lines += [f"only for {m.only_for}: {self.text_of(m)!r}" for m in workspace.ephemerals]
        lines += [f"modal of {v.user}: {v.title!r}" for v in workspace.modals.values()]
        last = [
            f"{c.method} {c.fault or (c.answer or {}).get('error') or 'ok'}" for c in self.calls
        ]
        lines.append(f"last calls: {', '.join(last[-10:]) or 'none'}")
        lines.append(f"sockets open: {self.sockets}; acknowledged: {len(self.acks)}")
        return "\n".join(lines)
