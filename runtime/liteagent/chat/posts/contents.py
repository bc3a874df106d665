"""An agent's text as the messages that show it."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.chat.platform import Content, FileOut, Limits, Platform, Text
from liteagent.chat.text import split

FILE_NAME, FILE_TITLE = "answer.md", "The whole answer"


def part_limit(limits: Limits) -> int:
    """Characters of one message of a text: no more than a stream can grow to, where there are
    streams, so that a text is cut at the same places while it grows and when it is complete.
    """
    return min(limits.text, limits.stream_text or limits.text)


def text_contents(
    platform: Platform, markdown: str, *, as_file: bool = True, closing: bool = False
) -> Sequence[Content]:
    """The messages that show a text, none of them if it says nothing. One that needs too many ends
    with a file that holds all of it, unless files are out of the question. `closing`: see `Text`.
    """
    limits = platform.limits
    parts = [Text(part) for part in split(platform.render(markdown), part_limit(limits))]
    if closing and parts:
        parts[-1] = Text(parts[-1].text, closing=True)
    if len(parts) <= limits.messages or not as_file:
        return parts
    whole = FileOut(name=FILE_NAME, content=markdown.encode(), title=FILE_TITLE)
    return [*parts[: limits.messages - 1], whole]
