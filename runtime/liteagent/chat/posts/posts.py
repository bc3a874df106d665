"""What a conversation shows of ours, by key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from liteagent.chat.budget import Budget, Urgency
from liteagent.chat.places import Place
from liteagent.chat.platform import Content, FileOut, Platform
from liteagent.chat.posts.contents import text_contents
from liteagent.chat.posts.record import PostRecord, digest_of
from liteagent.chat.posts.shown import Shown
from liteagent.errors import ConflictError, JournalUnavailableError
from liteagent.journal import NO_CRASH, CrashPoints, Journal
from liteagent.kernel import SendError

AGAIN_SECONDS = 1.0
MOST_UNFINISHED = 1000
"""Keys of which more is remembered than the journal holds."""


class Posts:
    """Makes a conversation show what it should, however often that is asked for and whatever died
    in between. Each key has its messages, one below the other.
    """

    def __init__(
        self,
        journal: Journal,
        platform: Platform,
        budget: Budget,
        *,
        crash: CrashPoints = NO_CRASH,
    ) -> None:
        self.platform, self.budget, self._crash = platform, budget, crash
        self._journal = journal
        self._collection = f"chat-posts/{platform.name}"
        self._unfinished: dict[str, Shown] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def show(
        self,
        place: Place,
        key: str,
        contents: Sequence[Content],
        urgency: Urgency = Urgency.ANSWER,
        *,
        is_sure: bool = False,
        revive: bool = True,
    ) -> Sequence[str]:
        """Let the conversation show these contents, one message each, under this key, instead of
        whatever it shows under it; the ids of the messages.

        With `is_sure` the platform is asked to show them though it is known to. What somebody
        deleted is posted again when that is noticed, and `revive` left on. Raises `SendError`;
        called again, it goes on where it was.
        """
        digest = digest_of(contents)
        async with self.shown(place, key) as shown:
            if shown.done == digest and not is_sure:
                return shown.ids
            for index, content in enumerate(contents):
                await shown.put(index, content, urgency, is_sure=is_sure, revive=revive)
            await shown.cut(len(contents), urgency)
            await shown.finish(digest)
            return shown.ids

    async def show_text(
        self,
        place: Place,
        key: str,
        markdown: str,
        urgency: Urgency = Urgency.ANSWER,
        *,
        closing: bool = False,
    ) -> Sequence[str]:
        """Let the conversation show a text: as messages, and a long one as a file behind its
        beginning; where files are refused, as however many messages it takes. `closing`: see
        `Text`.
        """
        contents = text_contents(self.platform, markdown, closing=closing)
        try:
            return await self.show(place, key, contents, urgency)
        except SendError as error:
            if not error.permanent or not any(isinstance(each, FileOut) for each in contents):
                raise
        contents = text_contents(self.platform, markdown, as_file=False, closing=closing)
        return await self.show(place, key, contents, urgency)

    async def clear(self, place: Place, key: str) -> None:
        """Remove whatever is shown under this key."""
        async with self.shown(place, key) as shown:
            await shown.cut(0, Urgency.ANSWER)
        await self.forget(key)

    async def is_begun(self, place: Place, key: str) -> bool:
        """Whether anything was posted under this key, or may have been."""
        async with self.shown(place, key) as shown:
            return shown.is_begun

    async def forget(self, key: str) -> None:
        """Nothing will be asked of this key any more: its messages stay as they are. Raises
        `JournalUnavailableError`.
        """
        self._unfinished.pop(key, None)
        await self._journal.delete_record(self._collection, key)
        self._crash.reach("post.after-reply")

    def release(self, key: str) -> None:
        """Another process sees to this key: what is remembered of it here is of no use."""
        self._unfinished.pop(key, None)

    @property
    def count(self) -> int:
        """Of how many keys something is remembered."""
        return len(self._unfinished)

    @asynccontextmanager
    async def shown(self, place: Place, key: str) -> AsyncGenerator[Shown]:
        """The messages under this key, for nobody else meanwhile."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            try:
                shown = self._unfinished.pop(key, None) or await self._stored(place, key)
                self._remember(key, shown)
                yield shown
                if shown.done or not shown.is_begun:
                    self._unfinished.pop(key, None)
            except ConflictError as error:
                self._unfinished.pop(key, None)
                raise SendError(
                    "Another process posts the same.", retry_after=AGAIN_SECONDS
                ) from error
            except JournalUnavailableError as error:
                raise SendError(
                    "The journal is away.", retry_after=AGAIN_SECONDS, may_have_arrived=True
                ) from error

    def _remember(self, key: str, shown: Shown) -> None:
        self._unfinished[key] = shown
        if len(self._unfinished) > MOST_UNFINISHED:
            del self._unfinished[next(iter(self._unfinished))]

    async def _stored(self, place: Place, key: str) -> Shown:
        stored = await self._journal.get_record(self._collection, key)
        record = PostRecord(place=place) if stored is None else PostRecord.from_json(stored.value)
        version = 0 if stored is None else stored.version
        return Shown(
            self._journal, self.platform, self.budget, key, record, version, crash=self._crash
        )
