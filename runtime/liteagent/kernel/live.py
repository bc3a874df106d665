"""The live side of an entity: text while it streams, and those who watch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

from liteagent.events import Delta, Event, Json
from liteagent.kernel.frames import Frame, Live, Reply

BUFFER = 512
"""Frames a watcher may fall behind before it is sent back to the journal …"""
PAGE = 500
"""… where it reads so many events at a time."""


class LiveText:
    """One attempt's answer as far as it has come. Late watchers get it from the start."""

    __slots__ = ("attempt", "pieces", "size", "turn_id")

    def __init__(self, turn_id: str, attempt: int) -> None:
        self.turn_id, self.attempt = turn_id, attempt
        self.pieces: list[str] = []
        self.size = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)


_Places = dict[int, tuple[int, int]]
"""By the attempt of a live text: how many pieces, and how many characters."""


class Watcher:
    """One subscriber's place: which events it has, and how much of each live text. Whatever happens
    is kept for its `next` until it leaves, by the end of `with watcher:`.
    """

    def __init__(
        self,
        after: int,
        last: int,
        *,
        read: Callable[[int], Awaitable[Sequence[Event]]],
        live: Callable[[], Sequence[LiveText]],
        left: Callable[[Watcher], None],
    ) -> None:
        """Watches what comes after event `after`; `last` is the last one there is now. `read` gives
        the stored events after a seq, at most `PAGE`, `live` the texts that are streaming, and
        `left` is told when it leaves.
        """
        self.seq = after
        """Of the last event that was handed out."""
        self._read, self._live, self._left = read, live, left
        self._reply: Reply | None = None
        self._frames: list[Event | Live] = []
        self._places: _Places = {}
        """How far each live text is queued …"""
        self._given: _Places = {}
        """… and how far it was handed out."""
        self._moved = False
        """Whether any text is queued further than when `_given` was last noted."""
        self._changed = True
        """Whether there may be something that `next` has not looked at."""
        self._waiting: asyncio.Future[None] | None = None
        self._behind = after < last
        self._overlaps = after > last
        """Whether events up to `seq` may still be pushed: the journal gave them, or they are none
        that were asked for.
        """
        self._closed = False
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Watch no longer."""
        self._left(self)

    def rewind(self, after: int) -> None:
        """Begin after `after` instead, before anything was handed out."""
        self.seq, self._behind = after, True

    def begin_with(self, answer: Json) -> None:
        """Hand this out first: the answer to the command that it was opened with."""
        self._reply = Reply(answer, self.seq)

    def wake(self) -> None:
        """There may be more."""
        self._changed = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def close(self, error: Exception | None) -> None:
        """End the stream; with an error when somebody else now owns the entity."""
        self._closed, self._error = True, error
        self.wake()

    def push(self, frames: Sequence[Event | Live]) -> None:
        """Hand over frames in order; a watcher too far behind is sent to the journal instead, and
        to the live texts from where it had them.
        """
        if len(self._frames) + len(frames) > BUFFER:
            self._frames.clear()
            self._places = self._given.copy()
            self._behind = True
        elif not self._behind:
            self._frames.extend(frames)
        self.wake()

    def catch_up(self, live: LiveText) -> None:
        """Take what is new of a live text, so that it comes before whatever is pushed next."""
        delta = None if self._behind else self._rest(live)
        if delta is not None:
            self.push([delta])

    def _rest(self, live: LiveText) -> Delta | None:
        index, offset = self._places.get(live.attempt, (0, 0))
        if index == len(live.pieces):
            return None
        text = "".join(live.pieces[index:])
        self._places[live.attempt] = (len(live.pieces), offset + len(text))
        self._moved = True
        return Delta(turn_id=live.turn_id, attempt=live.attempt, offset=offset, text=text)

    async def next(self) -> Sequence[Frame]:
        """What comes after all that was given, as soon as there is any; empty once closed."""
        if self._reply is not None:
            reply, self._reply = self._reply, None
            return (reply,)
        while True:
            if not self._closed:
                await self._change()
            while self._behind:
                if events := await self._stored():
                    return events
            if frames := self._take():
                return frames
            if self._closed:
                if self._error is not None:
                    raise self._error
                return ()

    async def _change(self) -> None:
        """Wait until there may be more. Less than an `asyncio.Event`: one alone waits, and every
        turn wakes its watchers half a dozen times.
        """
        if not self._changed:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        self._changed = False

    async def _stored(self) -> Sequence[Event]:
        """A page of the journal. What is pushed meanwhile is queued, in case it was the last."""
        self._behind = False
        self._changed = True  # whatever comes of this, there is more to look for behind it
        page = await self._read(self.seq)
        if page:
            self._overlaps = True
            self.seq, self._behind = page[-1].seq, self._behind or len(page) >= PAGE
        return page

    def _take(self) -> Sequence[Event | Live]:
        """What is queued and new."""
        texts = self._live()
        for text in texts:
            if (delta := self._rest(text)) is not None:
                self._frames.append(delta)
        frames, self._frames = self._frames, []
        if self._moved:
            self._note_given({text.attempt for text in texts})
        if self._overlaps:
            frames = _without_old(frames, self.seq, {text.attempt for text in texts})
        for frame in reversed(frames):
            if isinstance(frame, Event):
                self.seq, self._overlaps = frame.seq, False
                break
        return frames

    def _note_given(self, live: set[int]) -> None:
        """All that is queued is handed out now; of texts that are over no more will come."""
        self._given = {attempt: at for attempt, at in self._places.items() if attempt in live}
        self._places, self._moved = self._given.copy(), False


def _without_old(frames: Sequence[Event | Live], given: int, live: set[int]) -> list[Event | Live]:
    """Without the events that the journal gave already, the last of them `given`, and the texts
    before those that are not `live` any more: they led up to one of them.
    """
    old = [n for n, f in enumerate(frames) if isinstance(f, Event) and f.seq <= given]
    first_new = old[-1] + 1 if old else 0
    return [
        frame
        for n, frame in enumerate(frames)
        if n >= first_new or (isinstance(frame, Delta) and frame.attempt in live)
    ]
