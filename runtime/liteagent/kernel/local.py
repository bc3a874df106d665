"""The in-process runtime: real, durable, up in milliseconds."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from types import TracebackType
from typing import Any, Self

from liteagent.clock import Clock, SystemClock
from liteagent.errors import (
    FencedError,
    JournalUnavailableError,
    RuntimeClosedError,
    SequenceConflictError,
)
from liteagent.events import Json
from liteagent.journal import NO_CRASH, CrashPoints, HeadQuery, Journal
from liteagent.kernel.frames import Frame
from liteagent.kernel.host import PASSIVATE_AFTER, EntityHost
from liteagent.kernel.kind import Command, Kind
from liteagent.kernel.ownership import OwnedElsewhereError, Ownership, ProcessOwnership
from liteagent.kernel.surroundings import Observer

log = logging.getLogger(__name__)

FAR_FUTURE = 1e12


class LocalRuntime:
    """A `Runtime` whose entities live in this process. Use as `async with`; the journal stays the
    caller's.
    """

    def __init__(
        self,
        journal: Journal,
        kinds: Sequence[Kind[Any]],
        *,
        clock: Clock | None = None,
        ownership: Ownership | None = None,
        crash: CrashPoints = NO_CRASH,
        observers: Sequence[Observer] = (),
        passivate_after: float = PASSIVATE_AFTER,
        drain_seconds: float = 10.0,
    ) -> None:
        self._drain_seconds = drain_seconds
        self._closed = False
        self.host = EntityHost(
            journal=journal,
            kinds=kinds,
            clock=clock or SystemClock(),
            ownership=ownership or ProcessOwnership(),
            crash=crash,
            observers=observers,
            passivate_after=passivate_after,
        )

    @property
    def journal(self) -> Journal:
        return self.host.journal

    async def start(self, *, recover: bool = True) -> None:
        """Begin; with `recover`, take up whatever a process that is gone left running or due."""
        await self.host.start()
        try:
            if recover:
                await recover_entities(self.host)
        except BaseException:
            await self.close()
            raise

    async def ask(self, entity: str, command: Command) -> Json:
        return await self.host.ask(entity, command)

    async def stream(
        self, entity: str, *, after: int | None = None, command: Command | None = None
    ) -> AsyncGenerator[Frame, None]:
        while not self._closed:
            try:
                with await self.host.watch(entity, after=after, command=command) as watcher:
                    command = None
                    while frames := await watcher.next():
                        for frame in frames:
                            yield frame
                        after = watcher.seq
            except (FencedError, SequenceConflictError, RuntimeClosedError):
                # the entity is somebody else's now: go on there, if it may be taken back
                if command is not None or self.host.is_draining:
                    raise

    async def delete(self, entity: str) -> None:
        await self.host.delete(entity)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self.host.drain(self._drain_seconds)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def recover_entities(host: EntityHost) -> int:
    """Take up what was left running, keep time for what waits; returns how many it took up."""
    taken = 0
    for query in (
        HeadQuery(status="running", limit=1000),
        HeadQuery(wake_before=FAR_FUTURE, limit=1000),
    ):
        cursor: str | None = None
        while True:
            page = await host.journal.heads(_at(query, cursor))
            for row in page.items:
                if query.status is None:
                    host.timers_set(row)
                    continue
                taken += await _take_up(host, row.entity)
            cursor = page.next
            if cursor is None:
                break
    return taken


async def _take_up(host: EntityHost, entity: str) -> bool:
    """Whether it could be; one that cannot must not keep the others from it."""
    try:
        await host.wake(entity)
    except OwnedElsewhereError:
        return False
    except JournalUnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it is said, and it waits
        log.error("%s was left under way and cannot be taken up: %r", entity, error)
        return False
    return True


def _at(query: HeadQuery, cursor: str | None) -> HeadQuery:
    return HeadQuery(
        status=query.status, wake_before=query.wake_before, limit=query.limit, cursor=cursor
    )
