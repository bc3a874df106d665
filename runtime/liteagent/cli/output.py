"""What commands print: results to stdout, everything else to stderr; plain unless on a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with whatever could recolour, overwrite or reorder a terminal's lines spelled out."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def as_json(value: Any, *, indent: int | None = None) -> str:
    """JSON that is safe to show; the spelled-out characters are JSON's own escapes."""
    return printable(json.dumps(value, ensure_ascii=False, indent=indent))


class Printer:
    """Writes to one stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_terminal = stream.isatty()

    @cached_property
    def console(self) -> Console:
        """Rich's console on the stream; it honours NO_COLOR and TERM itself."""
        from rich.console import Console

        return Console(file=self._stream, highlight=False, markup=False, emoji=False)

    def write(self, text: str, style: str = "") -> None:
        """Print without ending the line; a terminal gets the text safe and in `style`."""
        self._print(text, style, "")

    def line(self, text: str = "", style: str = "") -> None:
        """Print a line."""
        self._print(text, style, "\n")

    def json(self, value: Any) -> None:
        """Print JSON, indented."""
        self._stream.write(as_json(value, indent=2) + "\n")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under their headings: wrapped to a terminal's width, else in full."""
        if self.is_terminal:
            self._drawn_table(columns, rows)
            return
        shown = [tuple(" ".join(cell.split()) for cell in row) for row in (columns, *rows)]
        widths = [max(len(row[i]) for row in shown) for i in range(len(columns))]
        for row in shown:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.line("  ".join(cells).rstrip())

    def _print(self, text: str, style: str, end: str) -> None:
        if not self.is_terminal:
            self._stream.write(_SURROGATE.sub("\ufffd", text) + end)
        elif style:
            from rich.text import Text

            self.console.print(Text(printable(text), style), end=end, soft_wrap=True)
        else:
            self._stream.write(printable(text) + end)
        self._stream.flush()

    def _drawn_table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for position, column in enumerate(columns):
            table.add_column(column, overflow="fold", no_wrap=position == 0)
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self.console.print(table)


def out() -> Printer:
    """For a command's result."""
    return Printer(sys.stdout)


def err() -> Printer:
    """For progress, notes and errors."""
    return Printer(sys.stderr)
