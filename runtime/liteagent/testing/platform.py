"""A chat platform that remembers what was posted, whatever becomes of whoever posts."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from liteagent.events import Event
from liteagent.kernel import FindingSender, Sender, SendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message on the platform."""

    key: str
    seq: int
    text: str
    id: str


class FakePlatform:
    """Makes the three kinds of sender that an outbox knows, all for one conversation."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.sends: list[str] = []
        """The keys that were sent, in order; one that failed is among them."""
        self._troubles: deque[tuple[Exception, bool]] = deque()
        self._opened = asyncio.Event()
        self._opened.set()

    @property
    def texts(self) -> list[str]:
        """What can be read there."""
        return [post.text for post in self.posts]

    def refuse(self, *errors: Exception) -> None:
        """Let the next sends, one each, fail with these; nothing of theirs arrives."""
        self._troubles += [(error, False) for error in errors]

    def lose_answer(self) -> None:
        """Let the next send arrive, and its answer be lost."""
        lost = SendError("The connection was lost.", may_have_arrived=True)
        self._troubles.append((lost, True))

    def hold(self) -> None:
        """Let sends stand still before they arrive, until `release`."""
        self._opened.clear()

    def release(self) -> None:
        self._opened.set()

    def sender(self) -> Sender:
        """One that can do nothing but send."""
        return _Plain(self)

    def idempotent_sender(self) -> Sender:
        """One whose platform knows the key again."""
        return _Idempotent(self)

    def finding_sender(self) -> FindingSender:
        """One that can look posts up."""
        return _Finding(self)

    async def send(self, key: str, event: Event, *, knows_keys: bool) -> str:
        """What a sender does."""
        self.sends.append(key)
        await self._opened.wait()
        error, arrives = self._troubles.popleft() if self._troubles else (None, True)
        known = self.find(key) if knows_keys else None
        if arrives and known is None:
            known = f"post-{len(self.posts) + 1}"
            text = str(event.data.get("text", ""))
            self.posts.append(Post(key=key, seq=event.seq, text=text, id=known))
        if error is not None:
            raise error
        assert known is not None
        return known

    def find(self, key: str) -> str | None:
        """The id of the post with this key."""
        return next((post.id for post in self.posts if post.key == key), None)


class _Plain:
    idempotent = False

    def __init__(self, platform: FakePlatform) -> None:
        self._platform = platform

    async def send(self, key: str, event: Event) -> str:
        return await self._platform.send(key, event, knows_keys=False)


class _Idempotent(_Plain):
    idempotent = True

    async def send(self, key: str, event: Event) -> str:
        return await self._platform.send(key, event, knows_keys=True)


class _Finding(_Plain):
    async def find(self, key: str) -> str | None:
        return self._platform.find(key)
