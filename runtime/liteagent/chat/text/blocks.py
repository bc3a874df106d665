"""What the lines of a Markdown text belong to: prose, a fenced block of code, or a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^( *)(`{3,}|~{3,})([^\n]*)$")
_DELIMITER = re.compile(r"^ {0,3}\|?[ :|-]*-[ :|-]*$")


@dataclass(frozen=True, slots=True)
class Fence:
    """An open fenced block (CommonMark 0.31, section 4.5), in a list too."""

    marker: str
    """Three or more backticks or tildes."""
    info: str
    """The rest of the opening line: the language."""
    indent: int = 0

    @property
    def opening(self) -> str:
        return f"{self.marker}{self.info}\n"

    def is_closed_by(self, line: str) -> bool:
        found = _FENCE.match(line.rstrip("\n"))
        if found is None or found[3].strip():
            return False
        is_as_long = found[2][0] == self.marker[0] and len(found[2]) >= len(self.marker)
        return is_as_long and len(found[1]) <= self.indent + 3


@dataclass(frozen=True, slots=True)
class Table:
    """A table under way (GFM, section 4.10): its header and the line of dashes below."""

    header: str


Block = Fence | Table | None
"""What goes on behind a line; None: nothing that a cut would break."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its end, and the block that goes on behind it."""

    text: str
    begins: int
    inside: Block
    """What the line stands in, its own opening line included."""
    after: Block


def lines_of(text: str, within: Block = None) -> Iterator[Line]:
    """The lines of a text that begins inside the block `within`."""
    lines = _split(text)
    at, block = 0, within
    for index, line in enumerate(lines):
        behind = lines[index + 1] if index + 1 < len(lines) else ""
        inside, block = _step(block, line, behind)
        yield Line(line, at, inside, block)
        at += len(line)


def _split(text: str) -> list[str]:
    """Lines end with a newline only; `str.splitlines` knows more ends than Markdown."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _step(block: Block, line: str, behind: str) -> tuple[Block, Block]:
    """What a line stands in, and what goes on behind it."""
    if isinstance(block, Fence):
        return block, None if block.is_closed_by(line) else block
    found = _FENCE.match(line.rstrip("\n"))
    if found is not None and not ("`" in found[2] and "`" in found[3]):
        fence = Fence(found[2], found[3], len(found[1]))
        return fence, fence
    if isinstance(block, Table):
        goes_on = "|" in line
        return (block, block) if goes_on else (None, None)
    if "|" in line and _is_delimiter(behind, line):
        table = Table(line + behind)
        return table, table
    return None, None


def _is_delimiter(line: str, header: str) -> bool:
    if "|" not in line or not _DELIMITER.match(line.rstrip("\n")):
        return False
    return _cells(line) == _cells(header)


def _cells(line: str) -> int:
    return len(cells_of(line))


def cells_of(line: str) -> list[str]:
    """The cells of a table's row; an escaped bar is part of its cell."""
    row = line.strip().removeprefix("|")
    if row.endswith("|") and not row.endswith("\\|"):
        row = row[:-1]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
