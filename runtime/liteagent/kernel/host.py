"""A host: many active entities in one process, activated on first use and passivated when idle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from liteagent.clock import Clock
from liteagent.errors import (
    JournalUnavailableError,
    LiteAgentException,
    NotFoundError,
    RuntimeClosedError,
)
from liteagent.events import Event, Json
from liteagent.ids import split_entity
from liteagent.journal import NO_CRASH, CrashPoints, HeadRow, Journal
from liteagent.kernel.actor import Actor, Observer, Surroundings
from liteagent.kernel.frames import Frame, Reply
from liteagent.kernel.kind import Command, Kind
from liteagent.kernel.ownership import OwnedElsewhereError, Ownership
from liteagent.kernel.timers import Timers

log = logging.getLogger(__name__)

PASSIVATE_AFTER = 300.0
"""Seconds without use after which an entity that does nothing leaves memory."""
SWEEP_EVERY = 30.0
RETRY_WAKE_SECONDS = 1.0


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
            on_wake_at=self._timers.set,
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
        while True:
            actor = await self._actor(entity, command["type"])
            try:
                return await self._ask(actor, command)
            except RuntimeClosedError:
                if self._draining:
                    raise

    async def stream(
        self, entity: str, *, after: int | None = None, command: Command | None = None
    ) -> AsyncGenerator[Frame, None]:
        """Carry out a command, if there is one, and watch; see `Runtime.stream`."""
        actor = await self._actor(entity, command["type"] if command else "")
        if after is None:
            after = actor.seq if command is not None else 0
        with actor.watch(after) as frames:
            if command is not None:
                yield Reply(await self._ask(actor, command))
            async for frame in frames:
                yield frame

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
        actor = await self._actor(entity, "")
        await actor.close(None)
        self._timers.set(entity, None)
        await self.journal.delete(entity, epoch=actor.epoch)

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

    async def _ask(self, actor: Actor, command: Command) -> Json:
        try:
            return await actor.ask(command)
        except LiteAgentException:
            if actor.seq == 0 and not actor.closed:
                # a new entity whose first command was refused leaves nothing behind
                await actor.close(None)
                await self.journal.delete(actor.entity, epoch=actor.epoch)
            raise

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
        if row is None and command not in kind.creating:
            raise kind.not_found(key)
        if row is not None and not self.ownership.may_take(row):
            raise OwnedElsewhereError(entity, row.owner)
        row = await self.journal.claim(entity, self.ownership.name, self.clock.now())
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
            for event in events:
                state = kind.fold(state, event)
            seq = events[-1].seq
        return state

    def _forget(self, entity: str) -> None:
        self._actors.pop(entity, None)

    # -- time

    async def _ring(self, entity: str) -> None:
        try:
            await self.wake(entity)
        except (RuntimeClosedError, OwnedElsewhereError, NotFoundError):
            return
        except JournalUnavailableError as error:
            log.warning("%s is due and the journal is away: %s", entity, error)
            self._timers.set(entity, self.clock.now() + RETRY_WAKE_SECONDS)
        except LiteAgentException:
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
                    await actor.close(None)
