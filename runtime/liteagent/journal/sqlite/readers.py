"""Reading off the event loop, on connections that cannot write."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from liteagent.errors import JournalUnavailableError
from liteagent.journal.sqlite.connections import connect
from liteagent.journal.sqlite.errors import translating

T = TypeVar("T")

_THREADS = 4


class Readers:
    """A few threads, each with a connection of its own while it reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="journal-reader")
        self._closed = False

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returned; all it reads is of one moment."""
        if self._closed:
            raise JournalUnavailableError(f"The journal {self._path} is closed: open it again.")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    def close(self) -> None:
        """Block until what runs has finished, then close the connections."""
        self._closed = True
        self._threads.shutdown()
        while not self._idle.empty():
            self._idle.get().close()

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with translating(self._path), self._connection() as db:
            db.execute("BEGIN")
            try:
                return work(db)
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def _connection(self) -> Generator[sqlite3.Connection]:
        try:
            db = self._idle.get_nowait()
        except Empty:
            db = connect(self._path, "ro")
        try:
            yield db
        finally:
            self._idle.put(db)
