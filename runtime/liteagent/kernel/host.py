"""A host: many active entities in one process, activated on first use and passivated when idle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from liteagent.clock import Clock
from liteagent.errors import (
    FencedError,
    JournalError,
    JournalUnavailableError,
    LiteAgentException,
    NotFoundError,
    RuntimeClosedError,
    SequenceConflictError,
)
from liteagent.events import Event, Json
from liteagent.ids import split_entity
from liteagent.journal import NO_CRASH, CrashPoints, HeadRow, Journal
from liteagent.kernel.actor import Actor
from liteagent.kernel.kind import Command, Kind
from liteagent.kernel.live import Watcher
from liteagent.kernel.ownership import OwnedElsewhereError, Ownership
from liteagent.kernel.surroundings import Observer, Surroundings
from liteagent.kernel.timers import Timers

log = logging.getLogger(__name__)

PASSIVATE_AFTER = 300.0
"""Seconds without use after which an entity that does nothing leaves memory."""
SWEEP_EVERY = 30.0
RETRY_WAKE_SECONDS = 1.0
TRIES = 5
STALE = (RuntimeClosedError, FencedError, SequenceConflictError)
"""Raised by an actor that the entity has left; nothing was stored."""

T = TypeVar("T")


class KindNotFoundError(NotFoundError):
    """No kind of entity has this name."""

    what = "kind of entity"


class EntityHost:
    """Runs entities of the given kinds over a journal. One event loop, no threads of its own."""

    def __init__(
        self,
        *,
        journal: Journal,
        kinds: Sequence[Kind[Any]],
        clock: Clock,
        ownership: Ownership,
        crash: CrashPoints = NO_CRASH,
        observers: Sequence[Observer] = (),
        passivate_after: float = PASSIVATE_AFTER,
    ) -> None:
        self.journal, self.clock, self.ownership = journal, clock, ownership
        self._kinds: Mapping[str, Kind[Any]] = {kind.name: kind for kind in kinds}
        self._passivate_after = passivate_after
        self._actors: dict[str, asyncio.Future[Actor]] = {}
        self._draining = False
        self._timers = Timers(clock, self._ring)
        self._sweeper: asyncio.Task[None] | None = None
        self._around = Surroundings(
            journal=journal,
            clock=clock,
            crash=crash,
            observers=observers,
            on_wake_at=self._keep_time,
            is_draining=lambda: self._draining,
            on_closed=self._forget,
        )

    async def start(self) -> None:
        """Begin to keep time. Entities are activated as they are asked for."""
        self._timers.start()
        self._sweeper = asyncio.ensure_future(self._sweep())

    @property
    def active(self) -> int:
        """How many entities are in memory."""
        return len(self._actors)

    @property
    def is_draining(self) -> bool:
        """Whether it takes nothing new any more."""
        return self._draining

    # -- doors

    async def ask(self, entity: str, command: Command) -> Json:
        """Carry out a command; see `Runtime.ask`."""
        answer, _ = await self._use(
            entity, command["type"], lambda actor: self._ask(actor, command)
        )
        return answer

    async def watch(
        self, entity: str, *, after: int | None = None, command: Command | None = None
    ) -> Watcher:
        """Carry out a command, if there is one, and watch; see `Runtime.stream`. Frames that are
        there together come together.
        """
        name = command["type"] if command else ""
        return await self._use(entity, name, lambda actor: self._watch(actor, after, command))

    async def _watch(self, actor: Actor, after: int | None, command: Command | None) -> Watcher:
        newest = 0 if command is None else actor.seq
        start = newest if after is None else after
        watcher = actor.watch(start)
        if command is None:
            return watcher
        try:
            answer, since = await self._ask(actor, command)
        except BaseException:
            watcher.leave()
            raise
        if after is None and since < start:
            watcher.rewind(since)
        watcher.begin_with(answer)
        return watcher

    async def wake(self, entity: str) -> None:
        """Activate the entity if it is not, settle what was left under way, and let time pass for
        it.
        """
        actor = await self._actor(entity, "")
        await actor.tick()

    def timers_set(self, row: HeadRow) -> None:
        """Keep time for an entity that is not active."""
        self._timers.set(row.entity, row.head.wake_at)

    async def delete(self, entity: str) -> None:
        """Remove an entity and everything it wrote."""
        await self._use(entity, "", lambda actor: actor.delete())

    async def drain(self, grace: float = 10.0) -> None:
        """Take nothing new, let what runs end within `grace` seconds, let go of everything."""
        self._draining = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await self._timers.stop()
        actors = await asyncio.gather(*self._actors.values(), return_exceptions=True)
        live = [actor for actor in actors if isinstance(actor, Actor)]
        await asyncio.gather(*(actor.finish(grace) for actor in live))

    async def _ask(self, actor: Actor, command: Command) -> tuple[Json, int]:
        try:
            return await actor.ask(command)
        except LiteAgentException:
            if actor.seq == 0:
                with suppress(JournalError):
                    await actor.discard_if_empty()
            raise

    async def _use(self, entity: str, command: str, work: Callable[[Actor], Awaitable[T]]) -> T:
        """What the entity's actor does; where it was let go or taken over before it could, the
        entity is activated again, if that may be.
        """
        for _ in range(TRIES):
            with suppress(*STALE):
                return await work(await self._actor(entity, command))
        return await work(await self._actor(entity, command))

    # -- activation

    async def _actor(self, entity: str, command: str) -> Actor:
        if self._draining:
            raise RuntimeClosedError("The runtime is stopping and takes no new work; try again.")
        future = self._actors.get(entity)
        if future is None:
            future = self._actors[entity] = asyncio.ensure_future(self._activate(entity, command))
            future.add_done_callback(lambda done: self._activated(entity, done))
        return await asyncio.shield(future)

    def _activated(self, entity: str, future: asyncio.Future[Actor]) -> None:
        if (future.cancelled() or future.exception() is not None) and (
            self._actors.get(entity) is future
        ):
            del self._actors[entity]

    async def _activate(self, entity: str, command: str) -> Actor:
        name, key = split_entity(entity)
        kind = self._kinds.get(name)
        if kind is None:
            raise KindNotFoundError(name, self._kinds)
        row = await self.journal.head(entity)
        if (row is None or row.seq == 0) and command not in kind.creating:
            raise kind.not_found(key)
        if row is not None and not self.ownership.may_take(row):
            raise OwnedElsewhereError(entity, row.owner)
        row = await self.journal.claim(entity, self.ownership.name, self.clock.now())
        if row.seq == 0 and command not in kind.creating:
            await self.journal.delete(entity, epoch=row.epoch)
            raise kind.not_found(key)
        state = await self._fold(kind, row)
        actor = Actor(entity, kind, row, state, self._around)
        await actor.recover()
        return actor

    async def _fold(self, kind: Kind[Any], row: HeadRow) -> Any:
        state, seq = kind.initial(), 0
        snapshot = await self.journal.load_snapshot(row.entity)
        if snapshot is not None and snapshot.version == kind.fold_version:
            state, seq = kind.load(snapshot.state), snapshot.seq
        while seq < row.seq:
            events: Sequence[Event] = await self.journal.read(row.entity, after=seq)
            if not events:
                raise FencedError(row.entity, row.epoch, row.epoch + 1)
            for event in events:
                state = kind.fold(state, event)
            seq = events[-1].seq
        return state

    def _forget(self, entity: str) -> None:
        self._actors.pop(entity, None)

    # -- time

    def _keep_time(self, entity: str, when: float | None) -> None:
        """Look at the entity again at `when`. It has just been looked at: what was due by now and
        could not be done must not be asked for without a pause.
        """
        if when is not None and when <= self.clock.now():
            when = self.clock.now() + RETRY_WAKE_SECONDS
        self._timers.set(entity, when)

    async def _ring(self, entity: str) -> None:
        try:
            await self.wake(entity)
        except (OwnedElsewhereError, NotFoundError, *STALE):
            return
        except JournalUnavailableError as error:
            log.warning("%s is due and the journal is away: %s", entity, error)
            self._timers.set(entity, self.clock.now() + RETRY_WAKE_SECONDS)
        except Exception:
            log.exception("%s is due and could not be woken", entity)

    async def _sweep(self) -> None:
        while True:
            await self.clock.sleep(min(SWEEP_EVERY, self._passivate_after))
            await self.passivate()

    async def passivate(self) -> None:
        """Let go of the entities that did nothing for a while; their timers are kept."""
        before = self.clock.now() - self._passivate_after
        for future in list(self._actors.values()):
            if future.done() and not future.cancelled() and future.exception() is None:
                actor = future.result()
                if actor.is_idle and actor.touched <= before:
                    await actor.finish(grace=0)
