"""One entity's deliveries, one after the other."""

from __future__ import annotations

import logging

from liteagent.clock import Clock
from liteagent.errors import ConflictError
from liteagent.events import Event
from liteagent.journal import CrashPoints
from liteagent.kernel.outbox.attempt import ATTEMPT_SECONDS, Ended, attempt
from liteagent.kernel.outbox.ledger import Delivery, DeliveryStatus, Ledger, Place
from liteagent.kernel.outbox.sender import Sender
from liteagent.kernel.ownership import Liveness
from liteagent.resilience import RetryConfig, backoff_delay

log = logging.getLogger(__name__)

WAITS = RetryConfig(initial_delay=1.0, max_delay=60.0)
MOST_SKEW = 60.0
"""By which another process's clock may be ahead of ours; one further ahead is not obeyed."""
MOST_BREAKS = 8
"""A sender that breaks over an event as often as this is not asked for it again."""


class Lane:
    """Delivers the events of one entity to one sender.

    The journal says that a post is begun before it is made, and how it ended after. Whoever finds
    one begun and not ended takes it for one that may have arrived: it is posted again where the
    platform knows the key, looked up where that can be, and otherwise left as unknown. The version
    of the place fences: of two that would begin a post, one does.
    """

    def __init__(
        self,
        ledger: Ledger,
        entity: str,
        sender: Sender,
        *,
        clock: Clock,
        liveness: Liveness,
        crash: CrashPoints,
        head_start: float = 0.0,
    ) -> None:
        self._ledger, self._entity, self._sender = ledger, entity, sender
        self._head_start = head_start
        self._clock, self._liveness, self._crash = clock, liveness, crash
        self._place = Place()

    async def open(self) -> int:
        """The seq after which to deliver; the event that was begun last comes again."""
        self._place = await self._ledger.place(self._entity)
        return max(0, self._place.seq - 1)

    def is_begun(self, event: Event) -> bool:
        """Whether its delivery was begun, and none of a later event."""
        return event.seq == self._place.seq

    async def deliver(self, event: Event) -> Delivery | None:
        """Post one event, however long that takes; None when its delivery has ended before."""
        tries = breaks = 0
        has_waited = False
        key = self._ledger.key(self._entity, self._place, event.seq)
        while not await self._has_ended(event, key):
            before = self._place
            if not has_waited and (wait := self._others_start(event)) > 0:
                has_waited = True
                await self._clock.sleep(wait)
                self._place = await self._ledger.place(self._entity)
                continue
            if not await self._begin(event):
                continue
            in_doubt = before.seq == event.seq
            result = await attempt(self._sender, event, key, in_doubt=in_doubt, clock=self._clock)
            if isinstance(result, Ended):
                return await self._settle(event, key, result)
            breaks += result.broke
            if breaks == MOST_BREAKS:
                gave_up = Ended(status=DeliveryStatus.UNKNOWN, error=result.message)
                return await self._settle(event, key, gave_up)
            if not result.may_have_arrived:
                await self._move(before.seq, before.by, before.until)
            tries += 1
            wait = backoff_delay(tries, WAITS) if result.seconds is None else result.seconds
            await self._clock.sleep(wait)
        return None

    async def _has_ended(self, event: Event, key: str) -> bool:
        """Whether the delivery has ended. Waits while somebody else may be at it."""
        while self._place.seq == event.seq:
            if await self._ledger.outcome(key) is not None:
                return True
            place, now = self._place, self._clock.now()
            mine = place.by == self._liveness.name
            is_at_it = now < place.until < now + ATTEMPT_SECONDS + MOST_SKEW
            if mine or not is_at_it or self._liveness.is_gone(place.by):
                return False
            await self._clock.sleep(place.until - now)
            self._place = await self._ledger.place(self._entity)
        return self._place.seq > event.seq

    def _others_start(self, event: Event) -> float:
        """Seconds for which an event is left to whoever delivered the one before it."""
        start = min(self._head_start, event.ts + self._head_start - self._clock.now())
        return 0.0 if start <= 0 or self._place.is_free_for(self._liveness) else start

    async def _begin(self, event: Event) -> bool:
        """Write the intent; False when somebody else was faster."""
        self._crash.reach("outbound.before-intent")
        until = self._clock.now() + ATTEMPT_SECONDS
        begun = await self._move(event.seq, self._liveness.name, until)
        if begun:
            self._crash.reach("outbound.after-intent")
        return begun

    async def _move(self, seq: int, by: str, until: float) -> bool:
        try:
            self._place = await self._ledger.move(
                self._entity, self._place, seq=seq, by=by, until=until
            )
        except ConflictError:
            self._place = await self._ledger.place(self._entity)
            return False
        return True

    async def _settle(self, event: Event, key: str, ended: Ended) -> Delivery | None:
        """Store how it ended; None when somebody else has meanwhile."""
        if ended.status is DeliveryStatus.SENT:
            self._crash.reach("outbound.after-effect")
        else:
            log.warning("Event %d of %s: %s %s", event.seq, self._entity, ended.status, ended.error)
        delivery = Delivery(
            entity=self._entity,
            seq=event.seq,
            key=key,
            status=ended.status,
            message_id=ended.message_id,
            error=ended.error,
            ts=self._clock.now(),
        )
        is_first = await self._ledger.settle(delivery)
        self._crash.reach("outbound.after-outcome")
        return delivery if is_first else None
