"""The messages under one key: what the journal says of them, and what they are known to show."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from liteagent.chat.budget import Budget, Urgency
from liteagent.chat.places import Place
from liteagent.chat.platform import Content, LiveStream, MessageGoneError, Platform, Text
from liteagent.chat.posts.record import Part, PostRecord, message_key
from liteagent.journal import NO_CRASH, CrashPoints, Journal
from liteagent.kernel import SendError

log = logging.getLogger(__name__)
T = TypeVar("T")


class Shown:
    """Posts, edits and removes messages so that no crash makes two of one. Whoever calls holds the
    key's lock.

    What is done with the urgency `LIVE` has had its turn in the channel's budget; the rest waits
    for it. Every method may raise `SendError`, and `ConflictError` when another process is at it.
    """

    def __init__(
        self,
        journal: Journal,
        platform: Platform,
        budget: Budget,
        key: str,
        record: PostRecord,
        version: int,
        *,
        crash: CrashPoints = NO_CRASH,
    ) -> None:
        self._journal, self._platform, self._budget = journal, platform, budget
        self._key, self._record, self._version = key, record, version
        self._crash = crash
        self._known: list[Content | None] = [None for _ in record.parts]
        """What each shows, as far as it is known."""
        self._in_doubt = {index for index, part in enumerate(record.parts) if part.id is None}
        """Those that may have been posted without our knowing their id."""

    @property
    def ids(self) -> Sequence[str]:
        """The platform's ids of the messages that are there."""
        return [part.id for part in self._record.parts if part.id is not None]

    @property
    def is_begun(self) -> bool:
        """Whether there are messages, or may be."""
        return bool(self._record.parts)

    @property
    def done(self) -> str:
        """The digest of what is shown, once it wholly is."""
        return self._record.done

    def known(self, index: int) -> Content | None:
        """What a message shows, as far as is known; None too when there is none."""
        return self._known[index] if index < len(self._known) else None

    def note(self, index: int, content: Content | None) -> None:
        """A message shows this now, through a stream; or nobody knows any more what it shows."""
        self._known[index] = content

    def is_there(self, index: int) -> bool:
        """Whether the message was posted."""
        return index < len(self._record.parts) and self._record.parts[index].id is not None

    # -- making it so

    async def put(
        self,
        index: int,
        content: Content,
        urgency: Urgency,
        *,
        is_sure: bool = False,
        revive: bool = True,
    ) -> None:
        """Let message `index` show this; those before it are there. `is_sure`: ask the platform
        even if it is known to. `revive`: post again what somebody deleted.
        """
        if not self.is_there(index) and not await self._found(index, content):
            await self._post(index, content, urgency)
        elif is_sure or self._known[index] != content:
            await self._edit(index, content, urgency, revive=revive)

    async def begin(self, index: int, text: str, person_id: str) -> LiveStream | None:
        """Begin message `index` with this text, as a stream; None where the platform has none or
        the message is there, as one that can be edited.
        """
        if await self._found(index, Text(text)):
            return None
        await self._intend(index, begun=text)
        stream = await self._sending(
            index,
            Urgency.LIVE,
            lambda: self._platform.stream(self._place, person_id, text),
        )
        if stream is None:
            await self._post(index, Text(text), Urgency.LIVE)
        else:
            self._posted(index, stream.id, Text(text))
        await self._save()
        return stream

    async def cut(self, length: int, urgency: Urgency) -> None:
        """Remove all but the first messages."""
        for index in reversed(range(length, len(self._record.parts))):
            await self._remove(index, urgency)

    async def finish(self, digest: str) -> None:
        """All of it is as it should be."""
        self._record.done = digest
        await self._save()
        self._crash.reach("post.after-outcome")

    @property
    def _place(self) -> Place:
        return self._record.place

    async def _found(self, index: int, content: Content) -> bool:
        """Whether the message is there, looked up where it may be without our knowing."""
        if self.is_there(index):
            return True
        if index not in self._in_doubt:
            return False
        part = self._record.parts[index]
        begun = Text(part.begun) if part.begun else content
        found = await self._platform.find(self._place, self._message_key(index), begun)
        if found is None:
            self._in_doubt.discard(index)
            return False
        self._posted(index, found, None)
        await self._save()  # once it is edited, a stream can be found no more
        return True

    async def _post(self, index: int, content: Content, urgency: Urgency) -> None:
        await self._intend(index)
        key = self._message_key(index)
        id = await self._sending(
            index, urgency, lambda: self._platform.post(self._place, content, key)
        )
        self._posted(index, id, content)

    async def _edit(self, index: int, content: Content, urgency: Urgency, *, revive: bool) -> None:
        id = self._record.parts[index].id or ""
        self._known[index] = None
        try:
            await self._call(urgency, lambda: self._platform.edit(self._place, id, content))
            self._crash.reach("post.after-effect")
        except SendError as error:
            if urgency is Urgency.LIVE or not error.permanent:
                raise
            if revive or not isinstance(error, MessageGoneError):
                await self._replace(index, content, urgency, error)
                return
        self._known[index] = content

    async def _replace(
        self, index: int, content: Content, urgency: Urgency, error: SendError
    ) -> None:
        """Post anew what cannot be edited, and whatever stands below it, so that order is kept."""
        if not isinstance(error, MessageGoneError):
            log.warning("A message of %s cannot be edited: %s", self._key, error)
        await self.cut(index, urgency)
        self._record.generation += 1
        await self._post(index, content, urgency)

    async def _remove(self, index: int, urgency: Urgency) -> None:
        if await self._found(index, Text("")):
            id = self._record.parts[index].id or ""
            try:
                await self._call(urgency, lambda: self._platform.remove(self._place, id))
            except SendError as error:
                if not error.permanent:
                    raise
                log.warning("A message of %s cannot be removed: %s", self._key, error)
        self._record.parts.pop()
        self._known.pop()
        self._in_doubt.discard(index)

    async def _sending(self, index: int, urgency: Urgency, work: Callable[[], Awaitable[T]]) -> T:
        """Make a message; from the moment it is tried it may be there."""

        async def send() -> T:
            self._in_doubt.add(index)
            made = await work()
            self._crash.reach("post.after-effect")
            return made

        try:
            return await self._call(urgency, send)
        except SendError as error:
            if not error.may_have_arrived:
                self._in_doubt.discard(index)
            raise

    async def _call(self, urgency: Urgency, work: Callable[[], Awaitable[T]]) -> T:
        if urgency is not Urgency.LIVE:
            await self._budget.turn(self._place.channel, urgency)
        return await self._budget.run(self._place.channel, work)

    # -- the record

    async def _intend(self, index: int, begun: str = "") -> None:
        if index == len(self._record.parts):
            self._record.parts.append(Part())
            self._known.append(None)
        self._record.parts[index].begun = begun
        self._crash.reach("post.before-intent")
        await self._save()
        self._crash.reach("post.after-intent")

    def _posted(self, index: int, id: str, content: Content | None) -> None:
        self._record.parts[index] = Part(id=id)
        self._known[index] = content
        self._in_doubt.discard(index)

    def _message_key(self, index: int) -> str:
        return message_key(self._platform.name, self._key, self._record.generation, index)

    async def _save(self) -> None:
        stored = await self._journal.put_record(
            f"chat-posts/{self._platform.name}",
            self._key,
            self._record.to_json(),
            expected=self._version,
        )
        self._version = stored.version
