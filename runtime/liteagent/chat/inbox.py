"""What came in from a platform and is not handled yet, and what was; in the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast

import msgspec

from liteagent.chat.forgetting import PAGE, forget_page
from liteagent.chat.inbound import Inbound, from_json, to_json
from liteagent.errors import ConflictError
from liteagent.events import Json
from liteagent.journal import NO_CRASH, CrashPoints, Journal, Record

CLAIM_SECONDS = 10.0
"""For which an item is left to the process that handles it; while it lives, it says so again."""
SEEN_SECONDS = 7 * 86400.0
"""How long an identity is known: longer than any platform sends anything again, and than anybody
looks back.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An item that was received and has not been handled."""

    item: Inbound
    received_at: float
    """Seconds since 1970."""
    tries: int = 0
    """How often it could not be handled because something broke over it."""
    by: str = ""
    """The process that handles it, empty while none does …"""
    until: float = 0.0
    """… and that it is left to until then, unless it is known to be gone."""
    version: int = 0
    """The record's."""

    @property
    def id(self) -> str:
        return self.item.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatProblem:
    """An item that was set aside because everything broke over it, until somebody dismisses it."""

    id: str
    error: str
    ts: float
    item: Mapping[str, Json]
    """As it was stored."""


class ChatInbox:
    """The inbox of one platform. What is known of an item is found by its identity alone, so that
    the number of items that were ever handled costs nothing.
    """

    def __init__(
        self, journal: Journal, platform_name: str, *, crash: CrashPoints = NO_CRASH
    ) -> None:
        self._journal, self._crash = journal, crash
        self._pending = f"chat-inbox/{platform_name}"
        self._seen = f"chat-seen/{platform_name}"
        self._problems = f"chat-problems/{platform_name}"

    async def is_seen(self, id: str) -> bool:
        """Whether the item was handled."""
        return await self._journal.get_record(self._seen, id) is not None

    async def put(
        self, item: Inbound, ts: float, *, by: str = "", until: float = 0.0
    ) -> Pending | None:
        """Store an item that is to be handled, by this process where one is named; None when it is
        there already.
        """
        return await self._store(Pending(item=item, received_at=ts, by=by, until=until))

    async def claim(self, pending: Pending, *, by: str, until: float) -> Pending | None:
        """Leave an item to this process; None when it was changed or handled meanwhile."""
        return await self._store(replace(pending, by=by, until=until))

    async def _store(self, pending: Pending) -> Pending | None:
        try:
            record = await self._journal.put_record(
                self._pending, pending.id, _value(pending), expected=pending.version
            )
        except ConflictError:
            return None
        return replace(pending, version=record.version)

    async def count_try(self, pending: Pending) -> Pending:
        """Remember that something broke over an item once more."""
        tried = replace(pending, tries=pending.tries + 1)
        await self._journal.put_record(self._pending, pending.id, _value(tried))
        return tried

    async def done(self, id: str, ts: float) -> None:
        """An item was handled."""
        await self._done(id, {"ts": ts})

    async def _done(self, id: str, seen: Mapping[str, Json]) -> None:
        await self._journal.put_record(self._seen, id, seen)
        self._crash.reach("inbound.after-outcome")
        await self._journal.delete_record(self._pending, id)
        self._crash.reach("inbound.after-reply")

    async def page(self, after: str, ts: float) -> Sequence[Pending]:
        """Up to 1000 items with an identity greater than `after`, by identity. What cannot be read
        is set aside.
        """
        page: list[Pending] = []
        for record in await self._journal.records(self._pending, after=after, limit=PAGE):
            try:
                page.append(_pending(record))
            except (AttributeError, KeyError, TypeError, msgspec.ValidationError) as error:
                await self._set_aside(
                    record.key, _stored(record), f"It cannot be read: {error}", ts
                )
        return page

    # -- problems

    async def set_aside(self, pending: Pending, error: str, ts: float) -> None:
        """Give an item up: it counts as handled, and is listed among the problems."""
        await self._set_aside(pending.id, to_json(pending.item), error, ts)

    async def _set_aside(self, id: str, item: Mapping[str, Json], error: str, ts: float) -> None:
        await self._journal.put_record(
            self._problems, id, {"error": error, "ts": ts, "item": dict(item)}
        )
        await self._done(id, {"ts": ts, "gave_up": True})

    async def problems(self) -> AsyncIterator[ChatProblem]:
        """Every item that was set aside and is not being tried again, by identity."""
        async for problem in self._all_problems():
            if await self._is_open(problem):
                yield problem

    async def retry(self, id: str, ts: float) -> bool:
        """Have an item that was set aside handled again, by whoever serves the platform; whether
        it was one. Called again before that has happened, it changes nothing.
        """
        record = await self._journal.get_record(self._problems, id)
        if record is None or await self._was_handled(id):
            return False
        # The problem stays until the item is handled: whatever dies between these, it is there.
        await self._journal.delete_record(self._seen, id)
        with suppress(ConflictError):
            await self._journal.put_record(
                self._pending, id, _state(record.value["item"], received_at=ts), expected=0
            )
        return True

    async def dismiss(self, id: str) -> bool:
        """Take an item off the problems; whether it was one."""
        is_open = not await self._was_handled(id)
        return await self._journal.delete_record(self._problems, id) and is_open

    async def _all_problems(self) -> AsyncIterator[ChatProblem]:
        after = ""
        while page := await self._journal.records(self._problems, after=after, limit=PAGE):
            for record in page:
                yield ChatProblem(id=record.key, **record.value)
            after = page[-1].key

    async def _is_open(self, problem: ChatProblem) -> bool:
        if await self._journal.get_record(self._pending, problem.id) is not None:
            return False
        return not await self._was_handled(problem.id)

    async def _was_handled(self, id: str) -> bool:
        """Whether the item was handled to its end, after it had been given up."""
        seen = await self._journal.get_record(self._seen, id)
        return seen is not None and not seen.value.get("gave_up")

    # -- forgetting

    async def forget(self, after: str, before_ts: float) -> str:
        """Forget those identities among the next 1000 that were handled before `before_ts`, and
        first the problems that were handled after all. Returns where to go on, and an empty text
        at the end.
        """
        if not after:
            await self._forget_retried()
        return await forget_page(self._journal, self._seen, after, before_ts)

    async def _forget_retried(self) -> None:
        async for problem in self._all_problems():
            if await self._was_handled(problem.id):
                await self._journal.delete_record(self._problems, problem.id)


def _value(pending: Pending) -> dict[str, Json]:
    return _state(
        to_json(pending.item),
        received_at=pending.received_at,
        tries=pending.tries,
        by=pending.by,
        until=pending.until,
    )


def _state(
    item: Mapping[str, Json],
    *,
    received_at: float,
    tries: int = 0,
    by: str = "",
    until: float = 0.0,
) -> dict[str, Json]:
    return {
        "item": dict(item),
        "received_at": received_at,
        "tries": tries,
        "by": by,
        "until": until,
    }


def _stored(record: Record) -> Mapping[str, Json]:
    """The item as it was stored, whatever that is."""
    item: Json = record.value.get("item")
    return cast("Mapping[str, Json]", item) if isinstance(item, dict) else {"stored": item}


def _pending(record: Record) -> Pending:
    value = record.value
    return Pending(
        item=from_json(value["item"]),
        received_at=value["received_at"],
        tries=value["tries"],
        by=value.get("by", ""),
        until=value.get("until", 0.0),
        version=record.version,
    )
