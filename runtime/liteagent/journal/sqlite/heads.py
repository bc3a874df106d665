"""Reading heads from the file."""

from __future__ import annotations

import sqlite3
from typing import Any

from liteagent.events import Head
from liteagent.journal.codec import load
from liteagent.journal.contract import HeadPage, HeadQuery, HeadRow
from liteagent.journal.cursor import Place, read_cursor, write_cursor

_SELECT = (
    "SELECT entity, seq, epoch, owner, created_at, updated_at,"
    " status, agent, tenant, wake_at, pending FROM heads"
)


def find_head(db: sqlite3.Connection, entity: str) -> HeadRow | None:
    """The head of `entity`, or None."""
    row = db.execute(f"{_SELECT} WHERE entity = ?", (entity,)).fetchone()
    return _head_row(row) if row else None


def list_heads(db: sqlite3.Connection, query: HeadQuery) -> HeadPage:
    """A page of heads."""
    conditions, values = _conditions(query)
    order = "updated_at DESC" if query.wake_before is None else "wake_at"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = db.execute(
        f"{_SELECT}{where} ORDER BY {order}, entity LIMIT ?", (*values, query.limit + 1)
    ).fetchall()
    items = tuple(_head_row(row) for row in rows[: query.limit])
    if len(rows) <= query.limit:
        return HeadPage(items=items)
    last = items[-1]
    time = last.updated_at if query.wake_before is None else last.head.wake_at
    assert time is not None
    return HeadPage(items=items, next=write_cursor(Place(time, last.entity)))


def _conditions(query: HeadQuery) -> tuple[list[str], list[str | float]]:
    """SQL conditions of constant text, and the values of their question marks."""
    wanted: list[tuple[str, str | float | None]] = [
        ("kind = ?", query.kind),
        ("agent = ?", query.agent),
        ("tenant = ?", query.tenant),
        ("status = ?", query.status),
        ("wake_at <= ?", query.wake_before),
    ]
    conditions = [condition for condition, value in wanted if value is not None]
    values = [value for _, value in wanted if value is not None]
    if query.with_pending:
        conditions.append("pending IS NOT NULL")
    if query.cursor is not None:
        place = read_cursor(query.cursor)
        # Said twice, so that the index is entered at the right place.
        conditions += (
            ["updated_at <= ?", "(updated_at < ? OR entity > ?)"]
            if query.wake_before is None
            else ["wake_at >= ?", "(wake_at > ? OR entity > ?)"]
        )
        values += [place.time, place.time, place.entity]
    return conditions, values


def _head_row(row: tuple[Any, ...]) -> HeadRow:
    entity, seq, epoch, owner, created_at, updated_at, status, agent, tenant, wake_at, pending = row
    return HeadRow(
        entity=entity,
        seq=seq,
        epoch=epoch,
        owner=owner,
        created_at=created_at,
        updated_at=updated_at,
        head=Head(
            status=status,
            agent=agent,
            tenant=tenant,
            wake_at=wake_at,
            pending=tuple(load(pending)) if pending else (),
        ),
    )
