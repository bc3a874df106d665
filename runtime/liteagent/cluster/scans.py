"""Walks over the journal's heads, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from liteagent.journal import HeadQuery, HeadRow, Journal

PAGE = 1000


def running_rows(journal: Journal) -> AsyncIterator[HeadRow]:
    """Entities with work under way."""
    return _rows(journal, HeadQuery(status="running", limit=PAGE))


def due_rows(journal: Journal, *, before: float) -> AsyncIterator[HeadRow]:
    """Entities that want to be woken at or before this time, soonest first."""
    return _rows(journal, HeadQuery(wake_before=before, limit=PAGE))


def waiting_rows(journal: Journal) -> AsyncIterator[HeadRow]:
    """Entities in which something waits for a person."""
    return _rows(journal, HeadQuery(with_pending=True, limit=PAGE))


async def _rows(journal: Journal, query: HeadQuery) -> AsyncIterator[HeadRow]:
    while True:
        page = await journal.heads(query)
        for row in page.items:
            yield row
        if page.next is None:
            return
        query = replace(query, cursor=page.next)
