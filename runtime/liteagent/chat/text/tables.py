"""Tables for platforms that draw none: a block of code with its columns in line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from liteagent.chat.text.blocks import Line, Table, cells_of, lines_of


def tables_as_code(text: str) -> str:
    """The text with each of its tables drawn in a fenced block."""
    return "".join(_blocks(text))


def _blocks(text: str) -> Iterator[str]:
    for table, lines in groupby(lines_of(text), key=_table_of):
        rows = [line.text for line in lines]
        yield "".join(rows) if table is None else _drawn(rows)


def _table_of(line: Line) -> Table | None:
    return line.inside if isinstance(line.inside, Table) else None


def _drawn(lines: Sequence[str]) -> str:
    rows = [cells_of(line) for line in (lines[0], *lines[2:])]
    count = max(len(row) for row in rows)
    rows = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(_width(row[column]) for row in rows) for column in range(count)]
    drawn = [_row(row, widths) for row in rows]
    drawn.insert(1, "  ".join("-" * width for width in widths))
    end = "\n" if lines[-1].endswith("\n") else ""
    return "\n".join(("```", *drawn, "```")) + end


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return "  ".join(cell + " " * (width - _width(cell)) for cell, width in pairs).rstrip()


def _width(text: str) -> int:
    """Columns in a font of fixed width; wide characters take two (UAX 11)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
