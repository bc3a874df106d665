"""Which sessions are followed, and when they are let go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from liteagent.agents.session import SESSION
from liteagent.chat.bindings import Binding, Bindings
from liteagent.chat.followers.approvals import APPROVAL_EVENTS, ApprovalsCatchUp, ApprovalsSender
from liteagent.chat.followers.sender import TYPES, CardSource, Marks, SessionSender
from liteagent.chat.followers.session import Following
from liteagent.chat.followers.slots import Slots
from liteagent.chat.followers.watermark import OVERLAP, Watermark
from liteagent.chat.live import Live, Status
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.clock import Clock
from liteagent.deadline import set_within
from liteagent.errors import JournalError, LiteAgentException, SessionNotFoundError
from liteagent.ids import entity_id, split_entity
from liteagent.journal import NO_CRASH, CrashPoints, HeadRow
from liteagent.kernel import Outbox, Runtime
from liteagent.kernel.ownership import Liveness
from liteagent.resilience import RetryConfig, backoff_delay

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
LINGER_SECONDS = 60.0
"""A session that has been still for so long, with all of it delivered, is let go."""
MOST_AT_ONCE = 20
"""Sessions that are caught up with at a time, after a restart for one …"""
SLOW_SECONDS = 30.0
"""… of which those that take longer hold up no other."""
HEAD_START = 1.0
"""Seconds for which what a session says is left to the process that showed what it said before."""
WAITS = RetryConfig(initial_delay=1.0, max_delay=30.0)


class _Job(Protocol):
    """One session under way to one place."""

    entity: str
    since: float

    async def run(self) -> None: ...


class Followers:
    """Keeps the conversations of one account up with their sessions, whatever wakes those.

    Use `follow` when something is sent to a session, and `run` for all that moves by itself.
    """

    def __init__(
        self,
        runtime: Runtime,
        posts: Posts,
        bindings: Bindings,
        cards: CardSource,
        marks: Marks,
        *,
        clock: Clock,
        approvals: Place | None = None,
        liveness: Liveness | None = None,
        crash: CrashPoints = NO_CRASH,
    ) -> None:
        """`approvals`: a channel for the requests of all agents, of those too that are not bound
        to a conversation of this platform.
        """
        self._runtime, self._posts, self._bindings = runtime, posts, bindings
        self._cards, self._marks, self._clock = cards, marks, clock
        name = posts.platform.name

        def outbox(destination: str, types: frozenset[str]) -> Outbox:
            return Outbox(
                runtime,
                destination,
                types=types,
                clock=clock,
                liveness=liveness,
                crash=crash,
                head_start=HEAD_START,
            )

        self._outbox = outbox(name, TYPES)
        self._approvals = approvals
        self._approvals_outbox = outbox(f"{name}-approvals", APPROVAL_EVENTS)
        self._watermark = Watermark(runtime.journal, name, clock)
        self._following: dict[str, Following] = {}
        self._bringing: dict[str, ApprovalsCatchUp] = {}
        self._open: set[str] = set()
        """Sessions of which the channel shows open requests."""
        self._left: dict[str, tuple[float, int]] = {}
        """When sessions had last moved that were let go, and to which seq."""
        self._closed = True
        self._wanted = asyncio.Event()
        self._few = Slots(MOST_AT_ONCE, SLOW_SECONDS, clock)
        self._tasks: dict[_Job, asyncio.Task[None]] = {}

    # -- coming and going

    def follow(self, binding: Binding) -> None:
        """Go on with a session, from now on until it is still; while nobody runs, whoever does next
        finds it.
        """
        if self._closed:
            return
        entity = entity_id(SESSION, binding.session_id)
        since = self._clock.now() - OVERLAP
        self._start(binding, awake=True, since=self._watermark.time or since, entity=entity)

    def look(self) -> None:
        """Look at once, and not only in its time, for sessions that moved: something was decided,
        and a card has to say so.
        """
        self._wanted.set()

    async def run(self) -> None:
        """Look for sessions that move, until cancelled."""
        self._closed = False
        try:
            await self._insist(self._watermark.load)
            await self._insist(lambda: self._sweep(first=True))
            while True:
                await self._pause()
                await self._insist(self._sweep)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of everything; what is not delivered will be when somebody runs again."""
        self._closed = True
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def count(self) -> int:
        """How many sessions are followed."""
        return len(self._following)

    async def _pause(self) -> None:
        await set_within(self._wanted, seconds=SWEEP_SECONDS, clock=self._clock)
        self._wanted.clear()

    async def _insist(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await work()
            except JournalError as error:
                log.warning("Sessions that moved cannot be looked for, and will be: %s", error)
                await self._clock.sleep(SWEEP_SECONDS)

    # -- looking

    async def _sweep(self, *, first: bool = False) -> None:
        began = self._clock.now()
        newest = self._watermark.time
        async for row in self._watermark.moved():
            newest = max(newest, row.updated_at)
            await self._take(row, bring=first)
        if first:
            async for row in self._watermark.pending():
                await self._take(row, bring=first)
            async for row in self._watermark.late():
                await self._take(row, bring=first)
        newest = min(newest, began)  # a host's clock that is ahead must hide nobody else's sessions
        self._watermark.time = newest
        await self._let_go(began)
        undelivered: dict[str, float] = {}
        for job in self._tasks:
            undelivered[job.entity] = min(job.since, undelivered.get(job.entity, job.since))
        await self._watermark.save(newest, undelivered)

    async def _take(self, row: HeadRow, *, bring: bool) -> None:
        """Take a session that moved. One of which something stored cannot be read holds no other
        up.
        """
        try:
            await self._moved(row, bring=bring)
        except (KeyError, TypeError, ValueError, msgspec.ValidationError):
            log.exception("%s cannot be followed before it moves again", row.entity)
            self._left[row.entity] = (row.updated_at, row.seq)

    async def _moved(self, row: HeadRow, *, bring: bool) -> None:
        pending = bool(row.head.pending)
        if self._approvals is not None and (bring or pending or row.entity in self._open):
            self._bring(row, self._approvals)
        if row.entity in self._following or self._left.get(row.entity, (0.0, -1))[1] == row.seq:
            return
        binding = await self._bindings.of_session(split_entity(row.entity)[1])
        awake = row.head.status == "running"
        if binding is None or not awake:
            self._left[row.entity] = (row.updated_at, row.seq)
        if binding is not None:
            self._start(binding, awake=awake, since=row.updated_at, entity=row.entity)

    def _bring(self, row: HeadRow, place: Place) -> None:
        """Show in the channel what is asked in a session."""
        known = self._left.get(f"approvals/{row.entity}", (0.0, -1))[1] == row.seq
        if known or row.entity in self._bringing:
            return
        (self._open.add if row.head.pending else self._open.discard)(row.entity)
        self._left[f"approvals/{row.entity}"] = (row.updated_at, row.seq)
        sender = ApprovalsSender(self._posts, self._cards, place)
        job = ApprovalsCatchUp(
            self._approvals_outbox, sender, self._few, entity=row.entity, since=row.updated_at
        )
        self._bringing[row.entity] = job
        self._begin(job, row.entity, lambda: self._bringing.pop(row.entity, None))

    async def _let_go(self, began: float) -> None:
        """Note what is delivered, and end with sessions that have been still for long."""
        for entity, job in tuple(self._following.items()):
            await job.refresh()
            if not job.is_caught_up:
                continue
            job.since = max(job.since, began - OVERLAP)
            if job.awake and began - job.moved_at >= LINGER_SECONDS and job.rest():
                self._left[entity] = (job.moved_at, job.last_seq)
                self._tasks[job].cancel()
        oldest = self._watermark.time - 2 * OVERLAP - LINGER_SECONDS
        self._left = {name: left for name, left in self._left.items() if left[0] >= oldest}

    # -- following

    def _start(self, binding: Binding, *, awake: bool, since: float, entity: str) -> None:
        job = self._following.get(entity)
        if job is not None:
            job.awake, job.moved_at = job.awake or awake, self._clock.now()
            return
        live = Live(self._posts, binding.place, binding.session_id, binding.person_id, self._clock)
        sender = SessionSender(
            self._runtime.journal,
            self._posts,
            self._cards,
            self._marks,
            entity=entity,
            session_id=binding.session_id,
            place=binding.place,
            live=live,
        )
        status = Status(self._posts.platform, self._posts.budget, binding.place)
        job = Following(
            self._outbox,
            sender,
            live,
            status,
            self._clock,
            few=self._few,
            entity=entity,
            awake=awake,
            since=since,
        )
        self._following[entity] = job
        self._begin(job, entity, lambda: self._following.pop(entity, None))

    def _begin(self, job: _Job, entity: str, ended: Callable[[], object]) -> None:
        task = asyncio.create_task(self._serve(job, entity))
        self._tasks[job] = task

        def forget(_: asyncio.Task[None]) -> None:
            self._tasks.pop(job, None)
            ended()

        task.add_done_callback(forget)

    async def _serve(self, job: _Job, entity: str) -> None:
        tries = 0
        while True:
            try:
                await job.run()
            except SessionNotFoundError:
                return
            except LiteAgentException as error:
                log.warning("%s cannot be followed for now: %s", entity, error)
            except Exception:  # the boundary: whatever is wrong with one session is its own
                log.exception("Following %s broke", entity)
            else:
                return
            tries += 1
            await self._clock.sleep(backoff_delay(tries, WAITS))
