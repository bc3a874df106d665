"""One answer that grows in its messages."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from liteagent.agents.live_answer import LiveAnswer
from liteagent.chat.budget import Urgency
from liteagent.chat.places import Place
from liteagent.chat.platform import LiveStream, MessageGoneError, Text
from liteagent.chat.posts import Posts, Shown, part_limit
from liteagent.chat.text import split
from liteagent.clock import Clock
from liteagent.kernel import SendError

log = logging.getLogger(__name__)

MOST_FAILURES = 3
"""After so many the rest is not shown before it is complete."""
MARGIN = 0.1
"""A stream is ended when this share of its time is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The stream by which a message grows."""

    index: int
    stream: LiveStream
    until: float


class Growing:
    """Shows what has come of one answer, each message as a stream where the platform has them,
    else by edits. A message whose stream fails or grows old goes on by edits.

    The messages are those into which the whole text will be cut, so that only the last of them
    changes when it is complete.
    """

    def __init__(
        self, posts: Posts, place: Place, key: str, person_id: str, attempt: int, clock: Clock
    ) -> None:
        self.answer = LiveAnswer(attempt)
        self.is_over = False
        """Whether nothing more of it is to be shown live."""
        self._posts, self._place, self._key = posts, place, key
        self._person_id, self._clock = person_id, clock
        self._limits = posts.platform.limits
        self._shown: list[str] = []
        """What its messages show, or were to show when that was tried last."""
        self._open: _Open | None = None
        self._failures = 0

    def next_cost(self) -> tuple[int, bool] | None:
        """What the next step counts in the channel's budget, and whether it is an edit; None when
        there is nothing to show.
        """
        if self.is_over:
            return None
        parts = self._parts(self.answer.text)
        if not parts or parts == self._shown:
            return None
        if len(parts) > len(self._shown):
            return 1, False
        return (0 if self._open is not None else 1), True

    async def step(self) -> None:
        """Bring one message up to date. Its turn in the budget has come."""
        if self.is_over:
            return
        try:
            async with self._posts.shown(self._place, self._key) as shown:
                if not self.is_over:
                    await self._step(shown, self._parts(self.answer.text))
                    self._failures = 0
        except SendError as error:
            self._failed(error)

    async def end(self, text: str, *, closing: bool = False) -> None:
        """Show nothing more: `text` is what it all is. Never raises `SendError`: whatever is
        missing, the messages can be edited now. `closing`: see `Text`.
        """
        self.is_over = True
        if self._open is None:
            return
        try:
            async with self._posts.shown(self._place, self._key) as shown:
                parts = self._parts(text)
                index = self._open.index
                if index < len(parts) and isinstance(shown.known(index), Text):
                    await self._append(shown, index, parts[index])
                await self._close(shown, closing=closing and index == len(parts) - 1)
        except SendError as error:
            log.info("The live text of %s stays behind: %s", self._key, error)

    async def let_go(self) -> None:
        """Show nothing more: another process shows what it all is. Never raises `SendError`."""
        self.is_over = True
        ended, self._open = self._open, None
        self._posts.release(self._key)
        if ended is None:
            return
        try:
            await ended.stream.finish()
        except SendError as error:
            log.info("A stream of %s did not end: %s", self._key, error)

    def _parts(self, markdown: str) -> Sequence[str]:
        """The messages as they would be if nothing came any more; the last one that an answer may
        have is left out, for a file may stand there.
        """
        rendered = self._posts.platform.render(markdown)
        return split(rendered, part_limit(self._limits))[: max(1, self._limits.messages - 1)]

    async def _step(self, shown: Shown, parts: Sequence[str]) -> None:
        for index, part in enumerate(parts):
            if self._open is not None and self._open.index < index:
                await self._close(shown)
            if not shown.is_there(index):
                await self._begin(shown, index, part)
                return
            if shown.known(index) != Text(part):
                await self._update(shown, index, part)
                return
        self._note(parts)

    async def _begin(self, shown: Shown, index: int, part: str) -> None:
        stream = None
        if self._limits.stream_text:
            stream = await shown.begin(index, part, self._person_id)
        else:
            await shown.put(index, Text(part), Urgency.LIVE)
        if stream is not None:
            until = self._clock.now() + self._limits.stream_seconds * (1 - MARGIN)
            self._open = _Open(index=index, stream=stream, until=until)
        self._note([*self._shown[:index], part])

    async def _update(self, shown: Shown, index: int, part: str) -> None:
        if self._open is not None and self._open.index == index:
            if self._clock.now() < self._open.until and await self._append(shown, index, part):
                return
            await self._close(shown)
        await shown.put(index, Text(part), Urgency.LIVE)
        self._note([*self._shown[:index], part, *self._shown[index + 1 :]])

    async def _append(self, shown: Shown, index: int, part: str) -> bool:
        """Let the stream grow to this; False where that is no growing."""
        known = shown.known(index)
        if self._open is None or not isinstance(known, Text) or not part.startswith(known.text):
            return False
        if rest := part[len(known.text) :]:
            stream = self._open.stream
            shown.note(index, None)
            try:
                await self._posts.budget.run(self._place.channel, lambda: stream.append(rest))
            except SendError as error:
                if error.retry_after is not None and not error.may_have_arrived:
                    shown.note(index, known)
                raise
            shown.note(index, Text(part))
        self._note([*self._shown[:index], part, *self._shown[index + 1 :]])
        return True

    async def _close(self, shown: Shown, *, closing: bool = False) -> None:
        """End the stream; where that fails, an edit will."""
        if self._open is None:
            return
        ended, self._open = self._open, None
        known = shown.known(ended.index)
        shown.note(ended.index, None)
        try:
            await ended.stream.finish(closing=closing)
        except SendError as error:
            log.info("A stream of %s did not end: %s", self._key, error)
        else:
            shown.note(ended.index, known)

    def _note(self, parts: Sequence[str]) -> None:
        self._shown = list(parts)

    def _failed(self, error: SendError) -> None:
        if error.retry_after is not None and not error.may_have_arrived:
            return
        self._failures += 1
        if isinstance(error, MessageGoneError) or self._failures == MOST_FAILURES:
            log.info("The rest of %s is shown when it is complete: %s", self._key, error)
            self.is_over = True
