"""Things an app may use a limited number of times, for a limited time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from liteagent.testing.slack.records import Message
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.workspace import Workspace

RESPONSE_SECONDS = 30 * 60.0
RESPONSE_POSTS = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Opens one view for somebody."""

    user: str
    issued: float
    used: bool = False


class Triggers:
    """The trigger ids that have been given out."""

    def __init__(self, workspace: Workspace, seconds: float) -> None:
        """Each is good for so many seconds."""
        self._workspace, self.seconds = workspace, seconds
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str) -> str:
        id = f"{self._workspace.new_id('')}.{self._workspace.team}.trigger"
        self._issued[id] = Trigger(user=user, issued=self._workspace.clock.now())
        return id

    def spend(self, id: str) -> str:
        """Who it was for."""
        trigger = self._issued.get(id)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._workspace.clock.now() - trigger.issued > self.seconds:
            raise SlackRefusal("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """Lets the app answer where somebody acted, member there or not."""

    user: str
    channel: str
    message: Message | None
    """What was acted on."""
    issued: float
    posts: int = 0


class ResponseUrls:
    """The response urls that have been given out."""

    def __init__(self, workspace: Workspace, base: Callable[[], str]) -> None:
        self._workspace = workspace
        self._base = base
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user: str, channel: str, message: Message | None = None) -> str:
        id = self._workspace.new_id("R")
        self._issued[id] = ResponseUrl(
            user=user, channel=channel, message=message, issued=self._workspace.clock.now()
        )
        return f"{self._base()}/response/{id}"

    def __contains__(self, id: str) -> bool:
        return id in self._issued

    def spend(self, id: str) -> ResponseUrl:
        """One post through it."""
        known = self._issued.get(id)
        if known is None:
            raise SlackRefusal("invalid_url")
        if self._workspace.clock.now() - known.issued > RESPONSE_SECONDS:
            raise SlackRefusal("expired_url")
        if known.posts >= RESPONSE_POSTS:
            raise SlackRefusal("used_url")
        known.posts += 1
        return known
