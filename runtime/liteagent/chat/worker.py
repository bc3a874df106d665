"""Handles one item to its end: once, again after what passes by itself, and aside after what does
not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from liteagent.chat.inbound import Inbound, Said
from liteagent.chat.inbox import ChatInbox, Pending
from liteagent.clock import Clock
from liteagent.deadline import run_within
from liteagent.errors import (
    FencedError,
    JournalUnavailableError,
    LiteAgentException,
    NotFoundError,
    PermissionDeniedError,
    RateLimitExceededError,
    SequenceConflictError,
    ValidationError,
)
from liteagent.journal import NO_CRASH, CrashPoints
from liteagent.kernel import OwnedElsewhereError, SendError
from liteagent.resilience import RetryConfig, backoff_delay

log = logging.getLogger(__name__)

WAITS = RetryConfig(initial_delay=0.5, max_delay=30.0)
MOST_BREAKS = 6
"""An item over which something broke as often as this is set aside, after about half a minute."""
MOST_SENDS = 60
"""And one for which the platform did not do what it was asked, after about half an hour."""
HANDLE_SECONDS = 120.0
"""One try that takes longer is given up: a call that never returns must not hold its lane."""
AT_ONCE = 32
"""Messages handled at the same time, and as many clicks, forms and commands beside them."""

FINAL = (NotFoundError, ValidationError, PermissionDeniedError, SendError)
"""After these no other try makes sense; a `SendError` that may pass is counted before."""

Handle = Callable[[Inbound], Coroutine[Any, Any, None]]
GaveUp = Callable[[Inbound, Exception], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """What went wrong over one item so far."""

    waits: int = 0
    """The runtime or the journal was away."""
    sends: int = 0
    """The platform did not answer, or wants to be asked later."""
    breaks: int = 0
    """Anything else."""
    is_final: bool = False
    """No other try makes sense."""

    def after(self, error: Exception) -> Tries:
        """Counting this error too."""
        if is_away(error):
            return replace(self, waits=self.waits + 1)
        if isinstance(error, SendError) and not error.permanent:
            return replace(self, sends=self.sends + 1)
        return replace(self, breaks=self.breaks + 1, is_final=isinstance(error, FINAL))

    @property
    def is_hopeless(self) -> bool:
        return self.is_final or self.breaks >= MOST_BREAKS or self.sends >= MOST_SENDS

    def pause(self, error: Exception) -> float:
        """Seconds until the next try."""
        if isinstance(error, SendError | RateLimitExceededError) and error.retry_after is not None:
            return error.retry_after
        return backoff_delay(self.waits + self.sends + self.breaks, WAITS)


def is_away(error: Exception) -> bool:
    """Whether the runtime, a host or the journal is not there now: it comes back."""
    if isinstance(error, FencedError | SequenceConflictError | OwnedElsewhereError):
        return True  # the session is being moved, or somebody else's for a while
    return isinstance(error, LiteAgentException) and error.retryable


class Worker:
    """Sees to it that each item is handled; never raises."""

    def __init__(
        self,
        inbox: ChatInbox,
        handle: Handle,
        gave_up: GaveUp,
        *,
        clock: Clock,
        crash: CrashPoints = NO_CRASH,
    ) -> None:
        """`handle` may be called again with an item that it had handled. `gave_up` is told of one
        that was set aside, and why.
        """
        self._inbox, self._handle, self._gave_up, self._clock = inbox, handle, gave_up, clock
        self._crash = crash
        self._messages, self._others = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)

    async def work(self, pending: Pending) -> None:
        """Handle an item, however long that takes."""
        tries, cause = Tries(breaks=pending.tries), None
        while True:
            try:
                if cause is not None and tries.is_hopeless:
                    await self._give_up(pending, cause)
                else:
                    await self._once(pending)
            except Exception as error:  # the boundary: whatever is wrong with one item
                before, tries = tries, tries.after(error)
                if tries.waits == before.waits:
                    cause = error
                    log.warning("%s cannot be handled for now: %s", pending.id, error)
                if tries.breaks != before.breaks:
                    log.info("It broke there:", exc_info=error)
                    pending = await self._counted(pending)
                if tries.is_final == before.is_final:  # what just became hopeless ends at once
                    await self._clock.sleep(tries.pause(error))
            else:
                return

    async def _once(self, pending: Pending) -> None:
        if not await self._inbox.is_seen(pending.id):
            async with self._messages if isinstance(pending.item, Said) else self._others:
                work = asyncio.ensure_future(self._handle(pending.item))
                await run_within(work, seconds=HANDLE_SECONDS, clock=self._clock)
            self._crash.reach("inbound.after-effect")
        await self._inbox.done(pending.id, self._clock.now())

    async def _counted(self, pending: Pending) -> Pending:
        try:
            return await self._inbox.count_try(pending)
        except JournalUnavailableError:
            return pending  # it is counted here, and another process would begin anew

    async def _give_up(self, pending: Pending, cause: Exception) -> None:
        error = f"{type(cause).__name__}: {cause}"
        await self._inbox.set_aside(pending, error, self._clock.now())
        try:
            await self._gave_up(pending.item, cause)
        except Exception:  # the boundary: it is set aside, whoever can be told of it
            log.exception("Nobody could be told that %s was set aside", pending.id)
