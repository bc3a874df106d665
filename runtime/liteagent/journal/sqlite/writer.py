"""The one thread that writes: it takes everything that waits and commits it as one transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from msgspec import Struct

from liteagent.errors import JournalUnavailableError, LiteAgentException
from liteagent.journal.sqlite.batch import Batch, EncodedAppend
from liteagent.journal.sqlite.checkpoints import Checkpoints
from liteagent.journal.sqlite.connections import execute_locking
from liteagent.journal.sqlite.errors import translated
from liteagent.journal.sqlite.schema import require_current

T = TypeVar("T")

MOST_JOBS = 512
"""In one transaction; more would make the first of them wait long for the last."""


class _Job(Struct):
    work: Callable[[Batch], Any]
    future: asyncio.Future[Any]
    append: EncodedAppend | None
    """What it appends, if it does."""


class _Outcome(Struct):
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Writer:
    """Owns the writing connection `db` to `path` from here on and closes it.

    Event loops, several if need be, submit work; the thread runs it against a `Batch`.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = db, path
        self._checkpoints = Checkpoints(db, path)
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._submitting = threading.Lock()
        self._gathered: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="journal-writer", daemon=True)
        self._thread.start()

    def submit(
        self, work: Callable[[Batch], T], *, append: EncodedAppend | None = None
    ) -> asyncio.Future[T]:
        """What `work` returned or raised, once it is on stable storage. An append says what it
        is going to write, so that what all of a batch need to know is looked up at once.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), append)
        with self._submitting:
            if self._ended:
                raise JournalUnavailableError(f"The journal {self._path} is closed: open it again.")
            if loop in self._gathered:
                self._gathered[loop].append(job)
            else:
                self._gathered[loop] = [job]
                loop.call_soon(self._hand_over, loop)
        return job.future

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the thread what was submitted in one go of a loop: woken for each job it would be
        in the loop's way all the time, and begin with too little.
        """
        with self._submitting:
            for job in self._gathered.pop(loop, ()):
                self._queue.put(job)

    def end(self) -> None:
        """Take no more work; the thread finishes what waits, then closes the connection."""
        with self._submitting:
            if not self._ended:
                self._ended = True
                for job in chain.from_iterable(self._gathered.values()):
                    self._queue.put(job)
                self._gathered.clear()
                self._queue.put(None)

    def join(self) -> None:
        """Block until the thread has ended."""
        self._thread.join()

    def _serve(self) -> None:
        ending = False
        while not ending:
            jobs, ending = self._take()
            if jobs:
                _deliver(self._commit(jobs))
                self._checkpoints.after_commit()
        self._checkpoints.close()
        self._db.close()

    def _take(self) -> tuple[Sequence[_Job], bool]:
        """What waits, at least one; and whether that was the last."""
        jobs: list[_Job] = []
        next_job = self._queue.get()
        with suppress(Empty):
            while next_job is not None:
                jobs.append(next_job)
                if len(jobs) == MOST_JOBS:
                    return jobs, False
                next_job = self._queue.get_nowait()
            return jobs, True
        return jobs, False

    def _commit(self, jobs: Sequence[_Job]) -> Sequence[_Outcome]:
        try:
            execute_locking(self._db, "BEGIN IMMEDIATE")
            require_current(self._db, self._path)
        except (sqlite3.Error, LiteAgentException) as error:
            self._roll_back()
            return [_Outcome(job.future, error=self._told(error)) for job in jobs]
        try:
            return self._run(jobs)
        except Exception as error:  # noqa: BLE001 the thread serves everybody; the caller is told
            self._roll_back()
            if len(jobs) == 1:
                return [_Outcome(jobs[0].future, error=self._told(error))]
        # One of them spoilt it for all, so each gets a transaction of its own.
        return [outcome for job in jobs for outcome in self._commit([job])]

    def _run(self, jobs: Sequence[_Job]) -> Sequence[_Outcome]:
        batch = Batch(self._db)
        batch.expect([job.append for job in jobs if job.append is not None])
        outcomes: list[_Outcome] = []
        for job in jobs:
            try:
                outcomes.append(_Outcome(job.future, job.work(batch)))
            except LiteAgentException as error:
                outcomes.append(_Outcome(job.future, error=error))
        batch.flush()
        self._db.execute("COMMIT")
        return outcomes

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # what matters was raised before
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _told(self, error: Exception) -> Exception:
        return translated(error, self._path) if isinstance(error, sqlite3.Error) else error


def _deliver(outcomes: Iterable[_Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
    for loop, its_outcomes in by_loop.items():
        with suppress(RuntimeError):  # that loop is closed, so nobody waits there any more
            loop.call_soon_threadsafe(_settle, its_outcomes)


def _settle(outcomes: Iterable[_Outcome]) -> None:
    for outcome in outcomes:
        if outcome.future.done():
            continue
        if outcome.error is None:
            outcome.future.set_result(outcome.result)
        else:
            outcome.future.set_exception(outcome.error)
