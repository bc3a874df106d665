"""The same request sent twice is one request.

Clients of OpenAI send a request again on their own when its answer was lost, with the same body and
a count of retries, and with no key to know it by. What a request is going to do is therefore
written to the journal before it is done; a retry finds it there, at whichever replica it arrives.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from liteagent.agents.session import SESSION
from liteagent.clock import Clock
from liteagent.errors import ConflictError
from liteagent.gateway.http.errors import IdempotencyConflictError
from liteagent.ids import Ids, entity_id
from liteagent.journal import Journal, Record
from liteagent.principal import Principal

COLLECTION = "requests"
RETRY_SECONDS = 600.0
"""A retry belongs to a request that was made, or whose session did anything, this long ago at most:
an official client gives up waiting after this time, and only then sends again."""
KEPT_SECONDS = 86400.0
"""How long an `Idempotency-Key` is remembered, and the longest anything is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One arrival of a request."""

    principal: Principal
    route: str
    body: bytes
    idempotency_key: str = ""
    retry_count: int = 0

    @property
    def body_digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def identity(self) -> str:
        """The same for every arrival of the same request, as far as can be told."""
        parts = [self.principal.tenant, self.principal.id, self.route]
        parts += ["key", self.idempotency_key] if self.idempotency_key else ["", self.body_digest]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a request does: it sends one message, under this key, to this session."""

    session_id: str
    key: str
    again: bool
    """Whether the request came before."""


class Reservations:
    """The requests of the last day, as records of the journal."""

    def __init__(self, journal: Journal, clock: Clock, ids: Ids) -> None:
        self._journal, self._clock, self._ids = journal, clock, ids

    async def take(self, sending: Sending, session_id: str | None) -> Reservation:
        """The reservation of an earlier arrival, or one that is stored now, for `session_id` or a
        new session. Raises `IdempotencyConflictError`.
        """
        record = await self._journal.get_record(COLLECTION, sending.identity)
        if record is not None and await self._is_same(sending, record):
            return _reservation(record, again=True)
        value = {
            "at": self._clock.now(),
            "body": sending.body_digest,
            "session_id": session_id or self._ids.new("sess"),
            "key": self._ids.new("req"),
        }
        # Only a key makes two arrivals at one moment the same; without one they are two requests.
        expected = (record.version if record else 0) if sending.idempotency_key else None
        try:
            record = await self._journal.put_record(
                COLLECTION, sending.identity, value, expected=expected
            )
        except ConflictError:
            return await self.take(sending, session_id)
        return _reservation(record, again=False)

    async def _is_same(self, sending: Sending, record: Record) -> bool:
        age = self._clock.now() - record.value["at"]
        if sending.idempotency_key:
            if age > KEPT_SECONDS:
                return False
            if record.value["body"] != sending.body_digest:
                raise IdempotencyConflictError
            return True
        if not sending.retry_count or age > KEPT_SECONDS:
            return False
        return age <= RETRY_SECONDS or await self._is_lively(record.value["session_id"])

    async def _is_lively(self, session_id: str) -> bool:
        row = await self._journal.head(entity_id(SESSION, session_id))
        if row is None:
            return False
        return row.head.status == "running" or (self._clock.now() - row.updated_at <= RETRY_SECONDS)

    async def sweep(self) -> int:
        """Forget what is older than a day; returns how many."""
        before, after, gone = self._clock.now() - KEPT_SECONDS, "", 0
        while page := await self._journal.records(COLLECTION, after=after):
            for record in page:
                if record.value["at"] < before:
                    gone += await self._journal.delete_record(COLLECTION, record.key)
            after = page[-1].key
        return gone


def _reservation(record: Record, *, again: bool) -> Reservation:
    value = record.value
    return Reservation(session_id=value["session_id"], key=value["key"], again=again)
