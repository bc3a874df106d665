"""The transactional outbox: what an entity's journal says to the outside is posted exactly once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import aclosing

from liteagent.clock import Clock, SystemClock
from liteagent.events import Event
from liteagent.journal import NO_CRASH, CrashPoints
from liteagent.kernel.frames import Frame
from liteagent.kernel.outbox.ahead import ahead
from liteagent.kernel.outbox.lane import Lane
from liteagent.kernel.outbox.ledger import Delivery, Ledger
from liteagent.kernel.outbox.sender import Sender
from liteagent.kernel.ownership import Liveness, ProcessOwnership
from liteagent.kernel.runtime import Runtime

PAGE = 500


class Outbox:
    """Delivers events of the chosen types to one destination, a chat platform for one.

    Each is posted once and in its order among those of its entity, whatever dies in between. Other
    processes may serve the same destination; in one process, one outbox does, and each entity is
    delivered by one call at a time.
    """

    def __init__(
        self,
        runtime: Runtime,
        destination: str,
        *,
        types: Collection[str] = ("message.sent",),
        clock: Clock | None = None,
        liveness: Liveness | None = None,
        crash: CrashPoints = NO_CRASH,
        head_start: float = 0.0,
    ) -> None:
        """`head_start`: for so many seconds an event is left to the process that delivered the
        one before it, while that lives.
        """
        self._head_start = head_start
        self._runtime, self._types = runtime, frozenset(types)
        self._clock = clock or SystemClock()
        self._liveness = liveness or ProcessOwnership()
        self._crash = crash
        self._ledger = Ledger(runtime.journal, destination, self._clock)

    def follow(
        self, entity: str, sender: Sender, *, watch: Callable[[Frame], None] | None = None
    ) -> AsyncGenerator[Delivery, None]:
        """Deliver what has not been, then whatever comes; yields each delivery as it ends.

        Goes on until the runtime closes, and keeps the entity in its host's memory meanwhile.
        `watch` is called with every frame as it arrives, live ones too, whatever the deliveries
        wait for: up to 1,000 events wait for theirs before frames wait as well. Raises what
        `Runtime.stream` raises.
        """
        if watch is None:
            return self._deliver(entity, sender, self._live)
        return self._deliver(
            entity, sender, lambda name, after: ahead(self._frames(name, after), watch)
        )

    def catch_up(self, entity: str, sender: Sender) -> AsyncGenerator[Delivery, None]:
        """As `follow`, of what the journal holds now; wakes nothing."""
        return self._deliver(entity, sender, self._stored)

    async def posted(self, entity: str, seq: int) -> Delivery | None:
        """How the delivery of event `seq` ended; None when it has not."""
        place = await self._ledger.place(entity)
        return await self._ledger.outcome(self._ledger.key(entity, place, seq))

    async def ended(self, entity: str) -> int:
        """The seq up to which every delivery of an entity has ended; a later one may have begun."""
        return (await self.progress(entity))[0]

    async def progress(self, entity: str) -> tuple[int, bool]:
        """What `ended` says, and whether this process began the last delivery, or none that lives
        did.
        """
        place = await self._ledger.place(entity)
        leads = place.is_free_for(self._liveness)
        if place.seq == 0:
            return 0, leads
        last = await self._ledger.outcome(self._ledger.key(entity, place, place.seq))
        return (place.seq - 1 if last is None else place.seq), leads

    def problems(self) -> AsyncIterator[Delivery]:
        """Every delivery that failed for good or whose outcome is unknown, until dismissed."""
        return self._ledger.problems()

    async def dismiss(self, delivery: Delivery) -> bool:
        """Take a delivery off the problems; whether it was one."""
        return await self._ledger.dismiss(delivery.key)

    async def _deliver(
        self, entity: str, sender: Sender, source: Callable[[str, int], AsyncGenerator[Event, None]]
    ) -> AsyncGenerator[Delivery, None]:
        lane = Lane(
            self._ledger,
            entity,
            sender,
            clock=self._clock,
            liveness=self._liveness,
            crash=self._crash,
            head_start=self._head_start,
        )
        async with aclosing(source(entity, await lane.open())) as events:
            async for event in events:
                # one that was begun is ended, even if its type was chosen only then
                if event.type in self._types or lane.is_begun(event):
                    delivery = await lane.deliver(event)
                    if delivery is not None:
                        yield delivery
                        self._crash.reach("outbound.after-reply")

    async def _live(self, entity: str, after: int) -> AsyncGenerator[Event, None]:
        async with aclosing(self._frames(entity, after)) as frames:
            async for frame in frames:
                if isinstance(frame, Event):
                    yield frame

    def _frames(self, entity: str, after: int) -> AsyncGenerator[Frame, None]:
        return self._runtime.stream(entity, after=after)

    async def _stored(self, entity: str, after: int) -> AsyncGenerator[Event, None]:
        while page := await self._runtime.journal.read(entity, after=after, limit=PAGE):
            for event in page:
                yield event
            after = page[-1].seq
