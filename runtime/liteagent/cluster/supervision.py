"""Keeping a cluster's hosts at their wanted number, and its entities moving."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from liteagent.clock import Clock
from liteagent.cluster.errors import HostLostError
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.identity import Identity
from liteagent.cluster.ownership import host_of
from liteagent.cluster.placement import Placer, Pool
from liteagent.cluster.scans import due_rows, running_rows
from liteagent.deadline import OverrunError, run_within
from liteagent.errors import LiteAgentException
from liteagent.journal import HeadRow, Journal

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
OVERDUE_SECONDS = 2.0
"""A host keeps time for what it knows; what is this late, no host knows of."""
ORPHANS_EVERY = 60.0
"""A dead host's entities are looked for at once; this is for what slipped through."""
IDLE_SECONDS = 60.0
"""A host of one entity's own is ended so long after that entity left its memory."""
ANSWER_SECONDS = 30.0
"""A host that says nothing for so long hangs, and is started again."""
SURPLUS_GRACE = 30.0
"""What runs on a host that is not wanted any more may take so long to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReport:
    """A host as the supervisor sees it."""

    name: str
    wanted: bool
    identity: Identity | None
    """None: it has not answered yet."""
    restarts: int


@dataclass(slots=True)
class _Watched:
    pool: Pool
    task: asyncio.Task[None]
    identity: Identity | None = None
    restarts: int = 0


@dataclass(slots=True)
class _Wakings:
    """What to wake on one host, and who of the owners is dead."""

    entities: list[str] = field(default_factory=list[str])
    gone: set[str] = field(default_factory=set[str])


class Supervision:
    """A loop of small steps, each of which can be made again: whoever runs it may die any time."""

    def __init__(self, journal: Journal, hosts: Hosts, placer: Placer, clock: Clock) -> None:
        self._journal, self._hosts, self._placer, self._clock = journal, hosts, placer, clock
        self._watched: dict[str, _Watched] = {}
        self._surplus: set[str] = set()
        self._orphans_at = clock.now()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.step()
            except LiteAgentException as error:
                log.warning("The supervisor goes on after: %s", error)
            except Exception:  # the boundary: no defect may leave the cluster unwatched
                log.exception("The supervisor met a defect and goes on")
            await self._clock.sleep(LOOK_EVERY)

    async def step(self) -> None:
        """Look at everything once."""
        await self._keep_pools()
        await self._wake_overdue()
        if self._clock.now() >= self._orphans_at:
            await self._take_up_orphans()
        await asyncio.gather(*(self._check(name) for name in list(self._watched)))

    async def stop(self) -> None:
        """Watch no host any more."""
        for watched in self._watched.values():
            watched.task.cancel()
        await asyncio.gather(
            *(watched.task for watched in self._watched.values()), return_exceptions=True
        )
        self._watched.clear()

    def reports(self) -> list[HostReport]:
        wanted = self._wanted()
        return [
            HostReport(
                name=name,
                wanted=name in wanted,
                identity=watched.identity,
                restarts=watched.restarts,
            )
            for name, watched in sorted(self._watched.items())
        ]

    # -- hosts

    def _wanted(self) -> Mapping[str, Pool]:
        return {name: pool for pool in self._placer.pools() for name in pool.host_names}

    async def _keep_pools(self) -> None:
        wanted = self._wanted()
        for name, pool in wanted.items():
            self._hosts.ensure(name, pool)
            self._watch(name, pool)
        surplus: set[str] = set()
        for name in await asyncio.to_thread(self._hosts.names):
            if name not in wanted and not await self._is_in_use(name):
                surplus.add(name)
        # Another process may have read a new agent's file, and started its host, before this one.
        for name in surplus & self._surplus:
            await self._end(name)
        self._surplus = surplus

    async def _is_in_use(self, name: str) -> bool:
        """Whether a host of one entity's own is there with reason."""
        dedicated = {pool.name: pool for pool in self._placer.pools() if pool.dedicated}
        pool = dedicated.get(name.rpartition("/")[0])
        if pool is None:
            return False
        self._watch(name, pool)
        try:
            stats = await self._hosts.stats(name)
        except HostLostError:
            return True
        busy = stats.active or stats.streams or stats.recovering
        return bool(busy) or stats.idle < IDLE_SECONDS

    def _watch(self, name: str, pool: Pool) -> None:
        if name not in self._watched:
            self._watched[name] = _Watched(pool, asyncio.ensure_future(self._follow(name)))

    async def _follow(self, name: str) -> None:
        """Hear of the host's death as it happens, and see to what it leaves."""
        while True:
            try:
                identity = await self._hosts.until_up(name)
                watched = self._watched[name]
                watched.restarts += watched.identity not in (None, identity)
                watched.identity = identity
                if identity.restarted:
                    await self._take_up_orphans()
                if await self._hosts.until_end(name, identity.incarnation):
                    return
            except HostLostError as error:
                log.warning("%s", error)
                if error.for_good:
                    self._hosts.ensure(name, self._watched[name].pool)
            except Exception:  # the boundary: whatever keeps a host from starting
                log.exception("The host %s does not start", name)
                await self._clock.sleep(LOOK_EVERY)

    async def _check(self, name: str) -> None:
        """A host whose loop is stuck answers nobody: start it again."""
        if self._watched[name].identity is None:
            return
        asking = asyncio.ensure_future(self._hosts.stats(name))
        try:
            await run_within(asking, seconds=ANSWER_SECONDS, clock=self._clock)
        except OverrunError:
            log.error("The host %s hangs and is started again.", name)
            self._hosts.kill(name, for_good=False)
        except LiteAgentException:
            return  # it is dead, and its follower knows

    async def _end(self, name: str) -> None:
        watched = self._watched.pop(name, None)
        if watched is not None:
            watched.task.cancel()
        try:
            await self._hosts.drain(name, SURPLUS_GRACE)
        except LiteAgentException as error:
            log.warning("The host %s could not be drained: %s", name, error)
        self._hosts.kill(name)

    # -- entities

    async def _wake_overdue(self) -> None:
        before = self._clock.now() - OVERDUE_SECONDS
        await self._wake(due_rows(self._journal, before=before), lambda row: True)

    async def _take_up_orphans(self) -> None:
        """What is under way and belongs to no host that lives."""
        living = self._living()
        if living is None:
            return
        self._orphans_at = self._clock.now() + ORPHANS_EVERY
        await self._wake(
            running_rows(self._journal),
            lambda row: host_of(row.owner) is not None and row.owner not in living,
        )

    def _living(self) -> set[str] | None:
        """The owners that live; None before every host has answered."""
        identities = [watched.identity for watched in self._watched.values()]
        if any(identity is None for identity in identities):
            return None
        return {identity.owner for identity in identities if identity is not None}

    async def _wake(self, rows: AsyncIterator[HeadRow], wanted: Callable[[HeadRow], bool]) -> None:
        living = self._living()
        wakings: dict[str, _Wakings] = {}
        async for row in rows:
            if wanted(row):
                waking = wakings.setdefault(self._host_of(row), _Wakings())
                waking.entities.append(row.entity)
                if living is not None and row.owner not in living:
                    waking.gone.add(row.owner)
        for name, waking in wakings.items():
            try:
                await self._hosts.wake(name, waking.entities, sorted(waking.gone))
            except HostLostError as error:
                log.warning("%d entities wait for %s: %s", len(waking.entities), name, error)

    def _host_of(self, row: HeadRow) -> str:
        seat = self._placer.seat(row.entity, row.head.agent)
        if seat.pool.dedicated:
            self._hosts.ensure(seat.host, seat.pool)
            self._watch(seat.host, seat.pool)
        return seat.host
