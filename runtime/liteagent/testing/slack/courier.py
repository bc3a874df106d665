"""Carries what happens to the app, again and again until it acknowledges, as Slack does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from liteagent.clock import Clock
from liteagent.testing.slack.changes import Changes
from liteagent.testing.slack.delivery import Delivery, Door, Envelope
from liteagent.testing.slack.delivery_faults import DeliveryFaults
from liteagent.testing.slack.records import Acknowledgement, DeliveryKind, Json

ACK_WITHIN = 3.0
"""Seconds of the clock that Slack waits for an acknowledgement."""

PAUSES = (0.0, 0.0, 60.0, 300.0)
"""Seconds before each attempt to deliver an event."""

PATIENCE = 60.0
"""Seconds of the machine's time after which an interaction has failed though the clock stands."""


class Courier:
    """Delivers each event up to four times and each interaction once."""

    def __init__(
        self, clock: Clock, changes: Changes, faults: DeliveryFaults, answer_seconds: float
    ) -> None:
        """Somebody who acts waits `answer_seconds` for the app, and an event always three."""
        self.acks: list[Acknowledgement] = []
        self.events: list[Json] = []
        """The payloads of all events so far."""
        self.lost: list[Json] = []
        """The payloads of events that were never acknowledged."""
        self.door: Callable[[], Door] | None = None
        """The way into the app, as it is now."""
        self._clock = clock
        self._changes = changes
        self._faults = faults
        self._answer_seconds = answer_seconds
        self._numbers = count(1)
        self._envelopes: dict[str, Envelope] = {}
        self._pending: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def event(self, payload: Json) -> None:
        """Deliver an event, now or when the faults let it go."""
        self.events.append(payload)
        delivery = self._new("events_api", payload)
        self._pending.append(delivery)
        for released in self._faults.order(delivery):
            self._start(released)

    async def interaction(self, kind: DeliveryKind, payload: Json) -> Acknowledgement | None:
        """Deliver once; the app's answer, or nothing if there is none in time."""
        assert self.door is not None
        if not self.door().open:
            return None
        delivery = self._new(kind, payload)
        attempt = asyncio.ensure_future(self._attempt(delivery, self._answer_seconds))
        await asyncio.wait((attempt,), timeout=PATIENCE)
        await _end(attempt)
        delivery.over = True
        self._changes.touch()
        return delivery.acked.result() if delivery.acked.done() else None

    async def redeliver(self) -> int:
        """Deliver every event that waits for its acknowledgement once more, at once; how many."""
        waiting = [d for d in self._pending if not d.over]
        before = {id(d): d.attempts for d in waiting}
        for delivery in waiting:
            delivery.hurry.set()
        for delivery in waiting:
            await self._changes.until(
                lambda d=delivery: d.over or d.attempts > before[id(d)],
                PATIENCE,
                lambda d=delivery: f"{d.what} was not sent again",
            )
        return sum(d.attempts > before[id(d)] for d in waiting)

    @property
    def unacknowledged(self) -> list[Json]:
        """The payloads of events on their way."""
        return [delivery.payload for delivery in self._pending if not delivery.over]

    def acknowledge(self, envelope_id: str, payload: Json | None) -> Envelope | None:
        """The app has answered; which envelope, if it counts."""
        envelope = self._envelopes.get(envelope_id)
        if envelope is None:
            return None
        delivery = envelope.delivery
        seconds = time.monotonic() - envelope.sent
        ack = Acknowledgement(
            envelope_id=envelope_id,
            kind=delivery.kind,
            what=delivery.what,
            attempt=envelope.attempt,
            seconds=seconds,
            payload=payload,
        )
        self.acks.append(ack)
        if not self._faults.loses_ack(delivery) and not delivery.acked.done():
            delivery.acked.set_result(ack)
        self._changes.touch()
        return envelope

    async def stop(self) -> None:
        """Deliver nothing more."""
        for task in tuple(self._tasks):
            await _end(task)

    def _new(self, kind: DeliveryKind, payload: Json) -> Delivery:
        acked = asyncio.get_running_loop().create_future()
        return Delivery(kind=kind, payload=payload, acked=acked)

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._carry(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, delivery: Delivery) -> None:
        for pause in PAUSES:
            if pause:
                await self._first(delivery, pause)
            if delivery.acked.done() or delivery.given_up:
                break
            await self._attempt(delivery)
        if not delivery.acked.done():
            self.lost.append(delivery.payload)
        delivery.over = True
        self._changes.touch()

    async def _attempt(self, delivery: Delivery, seconds: float = ACK_WITHIN) -> None:
        delivery.hurry.clear()
        copies = 2 if not delivery.attempts and self._faults.duplicates(delivery) else 1
        sendings = [
            asyncio.ensure_future(self._send(self._envelope(delivery))) for _ in range(copies)
        ]
        delivery.attempts += 1
        delivery.reason = "timeout"
        self._changes.touch()
        try:
            await self._first(delivery, seconds, sendings[0])
        finally:
            for sending in sendings:
                await _end(sending)

    def _envelope(self, delivery: Delivery) -> Envelope:
        number = f"{next(self._numbers):012d}"
        envelope = Envelope(
            id=f"00000000-0000-4000-9000-{number}",
            delivery=delivery,
            attempt=delivery.attempts,
            reason=delivery.reason,
            sent=time.monotonic(),
        )
        self._envelopes[envelope.id] = envelope
        return envelope

    async def _send(self, envelope: Envelope) -> None:
        """Ends when the attempt has failed; otherwise it waits to be ended."""
        assert self.door is not None
        reason = await self.door().send(envelope)
        self._changes.touch()
        if reason is None:
            await asyncio.Future[None]()
        envelope.delivery.reason = str(reason)

    async def _first(
        self, delivery: Delivery, seconds: float, *failing: asyncio.Future[None]
    ) -> None:
        """Wait for the acknowledgement, the time, a hurry or a failure."""
        ours = (
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(delivery.hurry.wait()),
        )
        try:
            waits = (delivery.acked, *ours, *failing)
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in ours:
                await _end(waiting)


async def _end(task: asyncio.Future[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
