"""One active entity: its folded state, its effects under way, and those who watch it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from liteagent.errors import (
    DuplicateKeyError,
    FencedError,
    InvalidStateError,
    JournalUnavailableError,
    LiteAgentException,
    RuntimeClosedError,
    SequenceConflictError,
)
from liteagent.events import Draft, Event, Json
from liteagent.ids import split_entity
from liteagent.journal import Append, HeadRow
from liteagent.kernel.audience import Audience
from liteagent.kernel.context import EffectContext
from liteagent.kernel.kind import Command, Effect, Kind
from liteagent.kernel.live import PAGE, LiveText, Watcher
from liteagent.kernel.marks import Marks, Side
from liteagent.kernel.running import Running
from liteagent.kernel.snapshots import Snapshots
from liteagent.kernel.surroundings import Surroundings
from liteagent.kernel.written import Written

log = logging.getLogger(__name__)

MAX_PLAN_ROUNDS = 1000
"""A plan that has not come to rest after this many rounds is a defect, not work."""
STORE_RETRY_SECONDS = 0.5


class Actor:
    """The single writer of one entity while it is active.

    Every change goes through `_commit`: fold, plan to rest, one append, then effects. State moves
    on only when the append has returned, so what is seen is what is stored.
    """

    def __init__(
        self, entity: str, kind: Kind[Any], row: HeadRow, state: Any, around: Surroundings
    ) -> None:
        self.entity, self.kind, self.state = entity, kind, state
        self.seq, self.epoch, self.head = row.seq, row.epoch, row.head
        self.touched = around.clock.now()
        self.closed = False
        self._around = around
        self._lock = asyncio.Lock()
        self._wanted: dict[str, Effect] = {}
        """The effects that `state` wants under way, by key."""
        self._running: dict[str, Running] = {}
        self._audience = Audience()
        self._marks = Marks(around.crash, kind.marks)
        self._snapshots = Snapshots(entity, kind, around.journal, row.seq)

    # -- doors

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nobody watches: it may be passivated."""
        return not (
            self._running or self._audience or self._lock.locked() or self._snapshots.saving
        )

    async def ask(self, command: Command) -> tuple[Json, int]:
        """Carry a command out: its answer, and the seq before what it caused. Once begun it is
        finished even if the caller goes away.
        """
        return await asyncio.shield(asyncio.ensure_future(self._ask(command)))

    async def tick(self) -> None:
        """Let time pass: whatever is due by now is written and begun."""
        await asyncio.shield(asyncio.ensure_future(self._tick(())))

    async def recover(self) -> None:
        """Settle what an earlier owner left under way, then go on."""
        now = self._around.clock.now()
        await self._tick(self.kind.recover(self.state, now))

    async def _tick(self, drafts: Sequence[Draft]) -> None:
        async with self._lock:
            self._check_open()
            await self._commit(drafts)

    async def delete(self) -> None:
        """Stop everything, and remove the entity and all it wrote."""
        async with self._lock:
            self._check_open()
            await self._remove()
        await self.close(None)

    async def discard_if_empty(self) -> None:
        """Remove the entity unless something was stored: its first command was refused."""
        async with self._lock:
            if self.seq == 0 and not self.closed:
                await self._remove()

    async def _remove(self) -> None:
        await self._around.journal.delete(self.entity, epoch=self.epoch)
        self._around.on_wake_at(self.entity, None)
        self._shut(self.kind.not_found(split_entity(self.entity)[1]))

    async def _ask(self, command: Command) -> tuple[Json, int]:
        async with self._lock:
            self._check_open()
            self.touched = now = self._around.clock.now()
            since = self.seq
            try:
                decision = self.kind.decide(self.state, command, now)
                events = await self._commit(decision.drafts)
                reply = decision.reply(events)
                earlier = None if events else await self._earlier(command, None)
            except (FencedError, SequenceConflictError):
                raise
            except LiteAgentException as error:
                reply, earlier = None, await self._earlier(command, error)
                if earlier is None:
                    raise
            if earlier is not None:
                reply, since = self.kind.repeat(earlier), earlier.seq - 1
        if self._marks.armed:
            self._marks.reach(Side.TOLD, command["type"])
        return reply, since

    async def _earlier(self, command: Command, error: Exception | None) -> Event | None:
        """The event that this command caused when it came before, if it did."""
        key = error.key if isinstance(error, DuplicateKeyError) else command.get("key")
        if key is None:
            return None
        found = await self._around.journal.locate(key, entity=self.entity)
        if found is None:
            return None
        return (await self._around.journal.read(self.entity, after=found[1] - 1, limit=1))[0]

    def watch(self, after: int) -> Watcher:
        """Watches events after `after`, then live ones and their deltas, until the host drains."""
        self._check_open()
        watcher = Watcher(after, self.seq, read=self._read, live=self._texts, left=self._left)
        self._audience.add(watcher)
        return watcher

    def _left(self, watcher: Watcher) -> None:
        self._audience.discard(watcher)
        self.touched = self._around.clock.now()

    async def _read(self, after: int) -> Sequence[Event]:
        return await self._around.journal.read(self.entity, after=after, limit=PAGE)

    def _texts(self) -> list[LiveText]:
        texts: list[LiveText] = []
        for running in self._running.values():
            if running.context.live is not None:
                texts.append(running.context.live)
        return texts

    # -- the one way in which anything changes

    async def _commit(self, drafts: Sequence[Draft], *, outcome: bool = False) -> Sequence[Event]:
        """Append the drafts and what follows from them; returns the events of the drafts alone.

        In a host that drains nothing follows, but from the `outcome` of an effect its end.
        """
        around, now = self._around, self._around.clock.now()
        written = Written()
        state = self._apply(self.state, drafts, written, now)
        if self._may_begin:
            state = self._plan(state, written, now)
        elif outcome:
            state = self._plan_the_end(state, written, now)
        events = written.events
        if not events:
            self._after_commit(state, ())
            return ()
        head = self.kind.head(state)
        armed = self._marks.armed
        if armed:
            self._marks.reach_all(Side.BEFORE, events)
        try:
            await around.journal.append(
                Append(
                    entity=self.entity,
                    epoch=self.epoch,
                    expected_seq=self.seq,
                    ts=now,
                    drafts=written.drafts,
                    head=head,
                )
            )
        except (FencedError, SequenceConflictError) as error:
            self._lost(error)
            raise
        self.seq, self.head = events[-1].seq, head
        if armed:
            self._marks.reach_all(Side.AFTER, events)
        self._after_commit(state, events)
        if armed:
            self._marks.reach_all(Side.TOLD, events)
        return events[: len(drafts)]

    def _apply(self, state: Any, drafts: Sequence[Draft], written: Written, now: float) -> Any:
        seq, epoch, fold = self.seq + len(written.events), self.epoch, self.kind.fold
        for draft in drafts:
            seq += 1
            event = Event(seq=seq, type=draft.type, ts=now, data=draft.data, epoch=epoch)
            written.drafts.append(draft)
            written.events.append(event)
            state = fold(state, event)
        return state

    def _plan(self, state: Any, written: Written, now: float) -> Any:
        for _ in range(MAX_PLAN_ROUNDS):
            drafts = self.kind.plan(state, now)
            if not drafts:
                return state
            state = self._apply(state, drafts, written, now)
        last = written.events[-1].type
        raise InvalidStateError(f"{self.entity} does not come to rest after {last}.")

    def _plan_the_end(self, state: Any, written: Written, now: float) -> Any:
        """What follows, unless anything would have to be begun for it."""
        so_far = len(written.events)
        planned = self._plan(state, written, now)
        if any(effect.key not in self._running for effect in self.kind.effects(planned)):
            written.cut(so_far)
            return state
        return planned

    def _after_commit(self, state: Any, events: Sequence[Event]) -> None:
        self.state = state
        around = self._around
        if self._audience and events:
            self._audience.catch_up(self._texts())
            self._audience.show(events)
        if not self.closed:
            around.on_wake_at(self.entity, self.head.wake_at)
        self._reconcile()
        self._observe(events)
        self._snapshots.consider(self.seq, self.state)

    def _observe(self, events: Sequence[Event]) -> None:
        for observer in self._around.observers:
            try:
                for event in events:
                    observer(self.entity, event)
            except Exception:
                log.exception("an observer of %s broke", self.entity)

    # -- effects

    def _reconcile(self) -> None:
        """Start what is meant to run and does not; stop what runs and is not meant to."""
        wanted = self._wanted = dict[str, Effect]()
        for effect in self.kind.effects(self.state):
            wanted[effect.key] = effect
        for key, running in self._running.items():
            if key not in wanted or wanted[key].stop:
                running.stop()
        if not self._may_begin:
            return
        for key, effect in wanted.items():
            if key not in self._running:
                self._start(effect)

    @property
    def _may_begin(self) -> bool:
        """Whether anything new may be begun; outcomes are written all the same."""
        return not (self.closed or self._around.is_draining())

    def _start(self, effect: Effect) -> None:
        context: EffectContext[Any] = EffectContext(
            entity=self.entity,
            epoch=self.epoch,
            state=self.state,
            audience=self._audience,
        )
        running = self._running[effect.key] = Running(effect, context)
        running.task = asyncio.ensure_future(self._run(running))

    async def _run(self, running: Running) -> None:
        """Do it, and write what came of it. Where that cannot be, it must not be begun again: the
        entity is let go, and recovered from the journal.
        """
        try:
            await self._settle(running, await self._perform(running))
        finally:
            self._running.pop(running.effect.key, None)
            if not running.settled and not self.closed:
                self._shut(RuntimeClosedError(f"{self.entity} is recovered; ask again."))
                self._around.on_wake_at(self.entity, self._around.clock.now())

    async def _perform(self, running: Running) -> Sequence[Draft]:
        effect, context = running.effect, running.context
        try:
            if effect.stop:
                return self.kind.stopped(effect, context)
            drafts = await self.kind.perform(effect, context)
            self._around.crash.reach(f"{effect.what}.after-effect")
            return drafts
        except asyncio.CancelledError:
            if not running.stopping or self.closed:
                raise
            asyncio.current_task().uncancel()  # type: ignore[union-attr]
            return self.kind.stopped(effect, context)
        except Exception as error:
            log.exception("%s of %s broke", effect.key, self.entity)
            return self.kind.failed(effect, error)
        finally:
            running.performing = False

    async def _settle(self, running: Running, drafts: Sequence[Draft]) -> None:
        """Write an outcome; while the store is away it is kept and tried again."""
        while not self.closed:
            try:
                async with self._lock:
                    await self._commit_outcome(running, drafts)
                running.settled = True
                return
            except (FencedError, SequenceConflictError):
                return
            except JournalUnavailableError as error:
                if not running.kept:
                    log.warning("%s cannot write an outcome yet: %s", self.entity, error)
                running.kept = running.waiting = True
                await self._around.clock.sleep(STORE_RETRY_SECONDS)
                running.waiting = False
            except Exception as error:
                log.exception("the outcome of %s does not fit %s", running.effect.key, self.entity)
                if running.unfit:
                    return
                running.unfit, drafts = True, self.kind.failed(running.effect, error)

    async def _commit_outcome(self, running: Running, drafts: Sequence[Draft]) -> None:
        key = running.effect.key
        if key not in self._wanted:
            return
        if running.context.live is not None:
            self._audience.catch_up((running.context.live,))
        self._running.pop(key, None)
        try:
            await self._commit(drafts, outcome=True)
        except Exception:
            self._running[key] = running
            raise

    # -- the end

    async def finish(self, grace: float) -> None:
        """Let effects under way end within `grace` seconds, then let go of the entity, with its
        snapshot no further behind than that of one that goes on.
        """
        if grace > 0 and (self._running or self._lock.locked()):
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._all_ended()
        await self.close(None)
        await self._snapshots.close(self.seq, self.state)

    async def _all_ended(self) -> None:
        """Returns when what runs now has ended, and its outcomes are written and told."""
        async with self._lock:  # while it is written an outcome is not among what runs any more
            tasks = [r.task for r in self._running.values() if r.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def close(self, error: Exception | None) -> None:
        """Stop everything without writing: whoever activates it next will recover."""
        self._shut(error)
        tasks = [r.task for r in self._running.values() if r.task is not None]
        tasks = [task for task in tasks if task is not asyncio.current_task()]
        await asyncio.gather(*tasks, self._snapshots.finish(), return_exceptions=True)

    def _shut(self, error: Exception | None) -> None:
        if self.closed:
            return
        self.closed = True
        for running in self._running.values():
            running.let_go()
        self._audience.close(error)
        self._around.on_closed(self.entity)

    def _lost(self, error: Exception) -> None:
        log.warning("%s is owned by somebody else now: %s", self.entity, error)
        self._shut(error)

    def _check_open(self) -> None:
        if self.closed:
            raise RuntimeClosedError(f"{self.entity} was let go; ask again.")
