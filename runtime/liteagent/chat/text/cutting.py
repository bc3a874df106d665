"""A long text as several messages, none of which breaks what a reader has to see whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liteagent.chat.text.blocks import Block, Fence, Table, lines_of

LEAST = 0.4
"""A cut at a better place is taken if the message is at least so full."""
MOST_OPENING = 0.5
"""An opening that takes more of a message than this is not repeated in the next."""

_KEPT_WHOLE = re.compile(r"`[^`\n]+`|!?\[[^\]\n]*\]\([^)\n]*\)|<[^>\s]+>|https?://\S+")
_SENTENCE = re.compile(r"[.!?…:;,]\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a message may end, how good that is, and what goes on behind it."""

    at: int
    rank: int
    block: Block


PARAGRAPH, LINE, ROW = 3, 2, 1


def split(text: str, limit: int) -> list[str]:
    """Cut `text` into messages of at most `limit` characters, to be read one after the other.

    Cuts go between paragraphs, else lines, else sentences, else words. A fenced block that has to
    be cut is closed and opened again, a table goes on under its header. Nothing else is added or
    left out, but for messages that would hold nothing but white space. Whatever follows, an early
    part stays as it is once it is full.
    """
    parts: list[str] = []
    rest, block = text, None
    while rest:
        opening = _opening(block, limit)
        if len(opening) + len(rest) <= limit:
            parts.append(opening + rest)
            break
        cut = _cut(rest, limit - len(opening), block)
        parts.append(opening + rest[: cut.at] + _closing(cut.block, rest[: cut.at]))
        rest, block = rest[cut.at :], cut.block
    return [part for part in parts if part.strip()]


def join(parts: Sequence[str]) -> str:
    """The text that was cut into these parts."""
    text, block = "", None
    for part in parts:
        body = _without_opening(part, block)
        if block is not None and body is not part:
            text = text.removesuffix(_marker(block))
        block = _left_open(part)
        text += body
    return text


def _opening(block: Block, limit: int) -> str:
    match block:
        case Fence():
            whole = block.opening
        case Table():
            whole = block.header
        case None:
            return ""
    if len(whole) <= limit * MOST_OPENING:
        return whole
    return f"{block.marker}\n" if isinstance(block, Fence) else ""


def _closing(block: Block, piece: str) -> str:
    if not isinstance(block, Fence):
        return ""
    return block.marker if piece.endswith("\n") else f"\n{block.marker}"


def _marker(block: Block) -> str:
    return block.marker if isinstance(block, Fence) else ""


def _left_open(part: str) -> Block:
    """What was cut at the end of this part: a fence closed on the spot leaves no newline."""
    last = [*lines_of(part)][-1]
    if isinstance(last.inside, Table):
        return last.after
    closed = isinstance(last.inside, Fence) and last.after is None
    return last.inside if closed and not last.text.endswith("\n") else None


def _without_opening(part: str, block: Block) -> str:
    match block:
        case Fence():
            openings = (block.opening, f"{block.marker}\n")
        case Table():
            openings = (block.header,)
        case None:
            return part
    found = next((each for each in openings if part.startswith(each)), "")
    return part[len(found) :] if found else part


# -- where to cut


def _cut(rest: str, room: int, block: Block) -> _Cut:
    """The best place within the first `room` characters, at least one."""
    best: dict[int, _Cut] = {}
    for cut in _line_ends(rest[: room + 1], room, block):
        best[cut.rank] = cut
    for rank in (PARAGRAPH, LINE):
        found = best.get(rank)
        if found is not None and found.at >= room * LEAST:
            return found
    if best:
        return max(best.values(), key=lambda cut: cut.at)
    return _within_line(rest, room, block)


def _line_ends(text: str, room: int, block: Block) -> Iterator[_Cut]:
    before = text[:1]
    for line in lines_of(text, block):
        ends = line.begins + len(line.text)
        if not line.text.endswith("\n") or ends + len(_closing(line.after, "\n")) > room:
            return
        if isinstance(line.after, Table) and text[:ends].endswith(line.after.header):
            continue  # a header on its own says nothing
        if isinstance(line.after, Table) and line.after.header.startswith(line.text):
            continue
        if isinstance(line.after, Fence) and line.text.lstrip().startswith(line.after.marker):
            before = line.text
            continue  # nor does an opening line
        rank = ROW if line.after is not None else LINE
        if rank == LINE and not line.text.strip() and before.strip():
            rank = PARAGRAPH
        before = line.text
        yield _Cut(ends, rank, line.after)


def _within_line(rest: str, room: int, block: Block) -> _Cut:
    """Inside the first line, which is too long for a message of its own."""
    line = next(lines_of(rest, block))
    inside = line.inside if isinstance(line.inside, Fence) else None
    room = max(1, room - len(_closing(inside, "")))
    window = rest[:room]
    if inside is not None:
        return _Cut(_before_cluster(rest, room), ROW, inside)
    whole = [found.span() for found in _KEPT_WHOLE.finditer(rest[: room * 2])]
    for pattern in (_SENTENCE, _SPACE):
        ends = [found.end() for found in pattern.finditer(window)]
        good = [at for at in ends if not any(low < at < high for low, high in whole)]
        if good and good[-1] >= room * LEAST:
            return _Cut(good[-1], LINE, inside)
    spaces = [found.end() for found in _SPACE.finditer(window) if found.end() > room * LEAST]
    return _Cut(spaces[-1] if spaces else _before_cluster(rest, room), LINE, inside)


_JOINERS = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


def _before_cluster(text: str, at: int) -> int:
    """`at`, moved to the front where it would part a letter from its accent or an emoji."""
    early = at
    while early > max(1, at - 16) and early < len(text):
        if not (_JOINERS.match(text[early]) or text[early - 1] == "\u200d"):
            return early
        early -= 1
    return at
