"""What an outbox knows, in records of the journal: how far it is, and how each post ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from liteagent.clock import Clock
from liteagent.errors import ConflictError, JournalUnavailableError
from liteagent.events import Json
from liteagent.journal import Journal, Record
from liteagent.kernel.ownership import Liveness

T = TypeVar("T")

STORE_RETRY_SECONDS = 0.5
PAGE = 1000


class DeliveryStatus(StrEnum):
    """How a delivery ended."""

    SENT = "sent"
    """It is on the platform, once."""
    FAILED = "failed"
    """The platform refused it for good."""
    UNKNOWN = "unknown"
    """It may be on the platform; nobody can tell, so it is not posted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the delivery of event `seq` of `entity` ended."""

    entity: str
    seq: int
    key: str
    status: DeliveryStatus
    message_id: str = ""
    """The platform's, of one that was sent."""
    error: str = ""
    """Why it was not, in a sentence."""
    ts: float = 0.0

    def to_json(self) -> dict[str, Json]:
        return {
            "entity": self.entity,
            "seq": self.seq,
            "key": self.key,
            "status": self.status.value,
            "message_id": self.message_id,
            "error": self.error,
            "ts": self.ts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Up to which event an entity's have been delivered; the last one of them has been begun, and
    has ended if there is an outcome.
    """

    version: int = 0
    """The record's; 0: not stored."""
    born: int = 0
    """The epoch of the entity's first event: another one is another entity of the same name."""
    seq: int = 0
    by: str = ""
    """Who began it …"""
    until: float = 0.0
    """… and may be at it until then."""

    def is_free_for(self, liveness: Liveness) -> bool:
        """Whether the last one was begun by this process, or by none that lives."""
        return self.by in ("", liveness.name) or liveness.is_gone(self.by)


class Ledger:
    """The records of one destination. While the journal is away every method waits for it."""

    def __init__(self, journal: Journal, destination: str, clock: Clock) -> None:
        self._journal, self._destination, self._clock = journal, destination, clock
        self._places = f"outbox/{destination}"
        self._outcomes = f"outbox-posts/{destination}"
        self._problems = f"outbox-problems/{destination}"

    def key(self, entity: str, place: Place, seq: int) -> str:
        """The identity of a delivery on the platform."""
        name = json.dumps([self._destination, entity, place.born, seq])
        return hashlib.sha256(name.encode()).hexdigest()[:32]

    async def place(self, entity: str) -> Place:
        """The place of an entity; that of an earlier one of the same name does not count."""
        record = await self._insist(lambda: self._journal.get_record(self._places, entity))
        first = await self._insist(lambda: self._journal.read(entity, limit=1))
        born = first[0].epoch if first else 0
        stored = Place() if record is None else _place(record)
        return stored if stored.born == born else Place(version=stored.version, born=born)

    async def move(self, entity: str, place: Place, *, seq: int, by: str, until: float) -> Place:
        """Move on from `place`. Raises `ConflictError` when somebody else has."""
        value = {"born": place.born, "seq": seq, "by": by, "until": until}
        record = await self._insist(
            lambda: self._journal.put_record(self._places, entity, value, expected=place.version)
        )
        return _place(record)

    async def outcome(self, key: str) -> Delivery | None:
        """How a delivery ended, if it has."""
        record = await self._insist(lambda: self._journal.get_record(self._outcomes, key))
        return None if record is None else _delivery(record)

    async def settle(self, delivery: Delivery) -> bool:
        """Store how a delivery ended; False when somebody else has, which stands then. What a
        person should know of is listed among the problems as well.
        """
        key, value = delivery.key, delivery.to_json()
        if delivery.status is not DeliveryStatus.SENT:
            await self._insist(lambda: self._journal.put_record(self._problems, key, value))
        try:
            await self._insist(
                lambda: self._journal.put_record(self._outcomes, key, value, expected=0)
            )
        except ConflictError:
            earlier = await self.outcome(key)
            if earlier is not None and earlier.status is DeliveryStatus.SENT:
                await self.dismiss(key)
            return False
        return True

    async def problems(self) -> AsyncIterator[Delivery]:
        after = ""
        while True:
            page = await self._journal.records(self._problems, after=after, limit=PAGE)
            for record in page:
                yield _delivery(record)
            if len(page) < PAGE:
                return
            after = page[-1].key

    async def dismiss(self, key: str) -> bool:
        return await self._journal.delete_record(self._problems, key)

    async def _insist(self, work: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await work()
            except JournalUnavailableError:
                await self._clock.sleep(STORE_RETRY_SECONDS)


def _place(record: Record) -> Place:
    return Place(version=record.version, **record.value)


def _delivery(record: Record) -> Delivery:
    value: dict[str, Any] = {**record.value, "status": DeliveryStatus(record.value["status"])}
    return Delivery(**value)
