"""What the senders of a conversation and of the approvals channel have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

from liteagent.chat.posts import Posts
from liteagent.errors import JournalUnavailableError
from liteagent.events import Event
from liteagent.kernel import SendError

AGAIN_SECONDS = 1.0


class PostsSender(ABC):
    """Shows the events that an outbox hands over, each of which may come again."""

    idempotent = True

    def __init__(self, posts: Posts) -> None:
        self._posts = posts
        self._finished: dict[int, str] = {}
        """The key of the messages of which nothing more is asked once an event is delivered."""

    async def send(self, key: str, event: Event) -> str:
        """Show an event; the id of the first message that does, if any."""
        try:
            return await self._show(event)
        except JournalUnavailableError as error:
            raise SendError(
                "The journal is away.", retry_after=AGAIN_SECONDS, may_have_arrived=True
            ) from error

    async def settled(self, seq: int) -> None:
        """The delivery of this event has ended: nothing more is asked of its messages."""
        for earlier in [each for each in self._finished if each < seq]:
            self._posts.release(self._finished.pop(earlier))  # another process ended that one
        key = self._finished.pop(seq, None)
        if key is not None:
            await self._posts.forget(key)

    @abstractmethod
    async def _show(self, event: Event) -> str: ...
