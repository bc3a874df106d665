"""What a session's agent is saying, shown while it comes."""

from __future__ import annotations

import asyncio
import logging

from liteagent.chat.budget import Urgency
from liteagent.chat.live.growing import Growing
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.clock import Clock
from liteagent.deadline import OverrunError, SelfCancelledError, run_within, stop
from liteagent.events import Delta

log = logging.getLogger(__name__)

END_SECONDS = 1.0
"""Of a complete answer's time, for a live call under way, and then for the end of a stream."""
STOP_SECONDS = 5.0


class Live:
    """Shows answers as they grow, and gives each up to whoever shows it complete.

    Nothing depends on it: what it cannot show is there when the answer is complete.
    """

    def __init__(
        self, posts: Posts, place: Place, session_id: str, person_id: str, clock: Clock
    ) -> None:
        self._posts, self._place, self._clock = posts, place, clock
        self._session_id, self._person_id = session_id, person_id
        self._growing: dict[int, Growing] = {}
        self._left: list[Growing] = []
        """Those that another process has shown complete."""
        self._over = 0
        self._free = True
        self._changed = asyncio.Event()
        self._step: asyncio.Task[None] | None = None
        self._stepping: Growing | None = None
        """What the step under way is about, once its call to the platform may have begun."""

    def feed(self, delta: Delta) -> None:
        """Take in a piece of an answer."""
        number = delta.attempt
        if number <= self._over:
            return
        if number not in self._growing:
            self._growing[number] = Growing(
                self._posts,
                self._place,
                answer_key(self._session_id, number),
                self._person_id,
                number,
                self._clock,
            )
        if self._growing[number].answer.take(delta):
            self._changed.set()

    @property
    def is_growing(self) -> bool:
        """Whether an answer comes that is not complete."""
        return bool(self._growing)

    def let(self, free: bool) -> None:
        """Whether a new message may be begun: not before all that was said earlier is posted."""
        self._free = free
        self._changed.set()

    async def hand_over(self, attempt: int, text: str, *, closing: bool = False) -> None:
        """Stop showing an answer, whose whole text this is, within a second or so. `closing`: see
        `Text`.
        """
        self._over = max(self._over, attempt)
        growing = self._growing.pop(attempt, None)
        if growing is None:
            return
        growing.is_over = True
        if self._step is not None and self._stepping in (growing, None):
            # a call under way may end; what only waits for its turn need not
            seconds = END_SECONDS if self._stepping is growing else 0.0
            await self._within(self._step, seconds)
        await self._within(asyncio.create_task(growing.end(text, closing=closing)), END_SECONDS)

    def drop(self, attempt: int) -> None:
        """Another process has shown this answer complete: nothing more of it is shown here."""
        self._over = max(self._over, attempt)
        growing = self._growing.pop(attempt, None)
        if growing is not None:
            growing.is_over = True
            self._left.append(growing)
            self._changed.set()

    async def run(self) -> None:
        """Show what comes, until cancelled."""
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                while self._left:
                    await self._within(asyncio.create_task(self._left.pop().let_go()), END_SECONDS)
                while (growing := self._due()) is not None:
                    self._step = asyncio.create_task(self._advance(growing))
                    await asyncio.wait({self._step})
        finally:
            if self._step is not None:
                await stop(self._step, clock=self._clock, grace=STOP_SECONDS)

    def _due(self) -> Growing | None:
        """The answer that has something new to show; an older one is not waited for."""
        if not self._growing or not self._free:
            return None
        newest = self._growing[max(self._growing)]
        return None if newest.next_cost() is None else newest

    async def _advance(self, growing: Growing) -> None:
        cost, is_edit = growing.next_cost() or (0, False)
        await self._posts.budget.turn(self._place.channel, Urgency.LIVE, cost=cost, is_edit=is_edit)
        self._stepping = growing
        try:
            await growing.step()
        except Exception:  # the boundary: the code of an adapter
            log.exception("Showing %s live broke", self._session_id)
            growing.is_over = True
        finally:
            self._stepping = None

    async def _within(self, task: asyncio.Task[None], seconds: float) -> None:
        try:
            await run_within(task, seconds=seconds, clock=self._clock, grace=STOP_SECONDS)
        except (OverrunError, SelfCancelledError):
            log.debug("A live call for %s was given up.", self._session_id)


def answer_key(session_id: str, request: int) -> str:
    """The key of the messages that show the answer to a `model.requested` event."""
    return f"{session_id}#{request}"
