"""Listing heads: filters, order, pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liteagent.errors import ValidationError
from liteagent.events import Head
from liteagent.journal import HeadQuery, HeadRow, Journal
from liteagent.testing.journal_contract.base import JournalSuite, Writer, happened


async def pages(journal: Journal, query: HeadQuery) -> list[list[HeadRow]]:
    """All pages of a listing."""
    found: list[list[HeadRow]] = []
    while True:
        page = await journal.heads(query)
        found.append(list(page.items))
        if page.next is None:
            return found
        query = replace(query, cursor=page.next)


async def listed(journal: Journal, query: HeadQuery) -> list[str]:
    """The entities of a listing, over all its pages."""
    return [row.entity for page in await pages(journal, query) for row in page]


async def store(journal: Journal, entity: str, head: Head, ts: float) -> Writer:
    """An entity with one event."""
    writer = await Writer.claim(journal, entity, ts=ts)
    await writer.append(happened(), head=head, ts=ts)
    return writer


class HeadsContract(JournalSuite):
    """What can be known without folding."""

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (HeadQuery(), ["job/d", "execution/c", "session/b", "session/a"]),
            (HeadQuery(kind="session"), ["session/b", "session/a"]),
            (HeadQuery(agent="ops"), ["job/d", "session/a"]),
            (HeadQuery(tenant="acme"), ["execution/c", "session/a"]),
            (HeadQuery(status="running"), ["execution/c", "session/b"]),
            (HeadQuery(with_pending=True), ["session/b"]),
            (HeadQuery(kind="session", agent="ops", tenant="acme", status="idle"), ["session/a"]),
            (HeadQuery(kind="sess"), []),
            (HeadQuery(agent=""), []),
        ],
    )
    async def test_every_field_that_is_set_must_match(
        self, journal: Journal, query: HeadQuery, expected: list[str]
    ) -> None:
        await store(journal, "session/a", Head(agent="ops", tenant="acme"), 1.0)
        pending = ({"approval_id": "apr_1"},)
        await store(journal, "session/b", Head(agent="dev", status="running", pending=pending), 2.0)
        running = Head(agent="etl", tenant="acme", status="running")
        await store(journal, "execution/c", running, 3.0)
        await store(journal, "job/d", Head(agent="ops", status="done"), 4.0)
        assert await listed(journal, query) == expected
        assert await listed(journal, replace(query, limit=1)) == expected

    async def test_a_listing_shows_whole_heads(self, journal: Journal) -> None:
        writer = await store(journal, "session/a", Head(agent="ops", wake_at=9.5), 1.0)
        (row,) = (await journal.heads(HeadQuery())).items
        assert row == await journal.head(writer.entity)

    async def test_newest_come_first_and_equal_times_in_the_order_of_names(
        self, journal: Journal
    ) -> None:
        for entity, ts in (("s/b", 2.0), ("s/old", 1.0), ("s/a", 2.0), ("s/new", 3.0)):
            await store(journal, entity, Head(), ts)
        assert await listed(journal, HeadQuery()) == ["s/new", "s/a", "s/b", "s/old"]
        assert await listed(journal, HeadQuery(limit=1)) == ["s/new", "s/a", "s/b", "s/old"]

    async def test_the_last_page_has_no_next(self, journal: Journal) -> None:
        for n in range(6):
            await store(journal, f"session/{n}", Head(), float(n))
        assert [len(page) for page in await pages(journal, HeadQuery(limit=4))] == [4, 2]
        assert [len(page) for page in await pages(journal, HeadQuery(limit=3))] == [3, 3]
        assert (await journal.heads(HeadQuery(limit=6))).next is None
        assert (await journal.heads(HeadQuery(kind="none"))).items == ()

    async def test_paging_shows_what_nobody_writes_exactly_once_while_others_are_written(
        self, journal: Journal
    ) -> None:
        writers = [await store(journal, f"s/{n:02}", Head(), float(n // 3)) for n in range(30)]
        quiet = {f"s/{n:02}" for n in range(30) if n % 4}
        seen: list[str] = []
        query, now = HeadQuery(limit=4), 100.0
        while True:
            page = await journal.heads(query)
            seen += [row.entity for row in page.items]
            for writer in writers:
                if writer.entity not in quiet:
                    now += 1
                    await writer.append(happened(), ts=now)
            await store(journal, f"s/new-{now}", Head(), now)
            if page.next is None:
                break
            query = replace(query, cursor=page.next)
        assert sorted(entity for entity in seen if entity in quiet) == sorted(quiet)

    async def test_entities_that_are_due_come_soonest_first(self, journal: Journal) -> None:
        due = {"s/late": 30.0, "s/b": 10.0, "s/a": 10.0, "s/soon": 5.5, "s/never": None}
        for n, (entity, wake_at) in enumerate(due.items()):
            await store(journal, entity, Head(wake_at=wake_at), float(n))
        assert await listed(journal, HeadQuery(wake_before=10.0)) == ["s/soon", "s/a", "s/b"]
        assert await listed(journal, HeadQuery(wake_before=1e12, limit=1)) == [
            "s/soon",
            "s/a",
            "s/b",
            "s/late",
        ]
        assert await listed(journal, HeadQuery(wake_before=5.0)) == []

    async def test_an_entity_that_was_woken_is_not_due_any_more(self, journal: Journal) -> None:
        writer = await store(journal, "session/a", Head(wake_at=1.0), 1.0)
        await writer.append(happened(), head=Head())
        assert await listed(journal, HeadQuery(wake_before=5.0)) == []

    async def test_a_cursor_that_no_listing_gave_is_refused(self, journal: Journal) -> None:
        for cursor in ("nonsense", "", "WzFd"):
            with pytest.raises(ValidationError):
                await journal.heads(HeadQuery(cursor=cursor))
