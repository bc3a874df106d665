"""Many rows in one statement.

Python's sqlite3 gives the interpreter lock away and takes it back around every statement. While
the event loop is busy each taking back waits for its turn, so a row a statement would make the
writer and the loop wait for each other all the time; rows are therefore written in chunks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

CHUNKS = (64, 16, 4, 1)
"""Rows in one statement. Few sizes, so that the statements stay prepared."""

Row = Sequence[object]


def write_rows(db: sqlite3.Connection, statement: str, rows: Sequence[Row]) -> None:
    """Execute `statement` over all rows; its `{rows}` becomes `(?, ?, …), (?, ?, …), …`."""
    for chunk in chunked(rows):
        marks = f"({', '.join('?' * len(chunk[0]))})"
        sql = statement.replace("{rows}", ", ".join([marks] * len(chunk)))
        db.execute(sql, tuple(chain.from_iterable(chunk)))


def select_in(db: sqlite3.Connection, statement: str, values: Sequence[str]) -> Iterator[Any]:
    """The rows that `statement` finds; its `{values}` becomes `?, ?, …` for all the values."""
    for chunk in chunked([(value,) for value in values]):
        sql = statement.replace("{values}", ", ".join("?" * len(chunk)))
        yield from db.execute(sql, tuple(chain.from_iterable(chunk))).fetchall()


def chunked(items: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """`items` in pieces of the sizes of `CHUNKS`, largest first."""
    start = 0
    for size in CHUNKS:
        while len(items) - start >= size:
            yield items[start : start + size]
            start += size
