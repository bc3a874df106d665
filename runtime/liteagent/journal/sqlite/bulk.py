"""Many rows in one statement.

Python's sqlite3 gives the interpreter lock away and takes it back around every statement. While
the event loop is busy each taking back waits for its turn, so a row a statement would make the
writer and the loop wait for each other all the time; rows are therefore written in chunks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, TypeVar

CHUNKS = (64, 32, 16, 8, 4, 2, 1)
"""Rows in one statement. Few sizes, so that the statements stay prepared."""

T = TypeVar("T")


def write_rows(db: sqlite3.Connection, statement: str, rows: Sequence[Sequence[object]]) -> None:
    """Execute `statement` over all rows; its `{rows}` becomes `(?, ?, …), (?, ?, …), …`."""
    for chunk in chunked(rows):
        sql = _for_rows(statement, len(chunk), len(chunk[0]))
        db.execute(sql, tuple(chain.from_iterable(chunk)))


def select_in(db: sqlite3.Connection, statement: str, values: Sequence[str]) -> Iterator[Any]:
    """The rows that `statement` finds; its `{values}` becomes `?, ?, …` for all the values."""
    for chunk in chunked(values):
        yield from db.execute(_for_values(statement, len(chunk)), chunk).fetchall()


@cache
def _for_rows(statement: str, rows: int, columns: int) -> str:
    return statement.replace("{rows}", ", ".join([f"({_marks(columns)})"] * rows))


@cache
def _for_values(statement: str, values: int) -> str:
    return statement.replace("{values}", _marks(values))


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def chunked(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """`items` in pieces of the sizes of `CHUNKS`, largest first."""
    start = 0
    for size in CHUNKS:
        while len(items) - start >= size:
            yield items[start : start + size]
            start += size
