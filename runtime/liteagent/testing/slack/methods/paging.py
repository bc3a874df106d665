"""Pages of long answers, by cursor."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import TypeVar

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.refusal import SlackRefusal

T = TypeVar("T")

MOST = 1_000


def page(args: Arguments, items: Sequence[T], default: int = 100) -> tuple[Sequence[T], Json]:
    """The items of the page that the call asks for, and what tells of the next."""
    limit = args.number("limit", default)
    if not 1 <= limit <= MOST:
        raise SlackRefusal("invalid_limit")
    start = _start(args.maybe("cursor"))
    following = start + limit
    cursor = b64encode(f"next:{following}".encode()).decode() if following < len(items) else ""
    return items[start:following], {"response_metadata": {"next_cursor": cursor}}


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(b64decode(cursor).decode().removeprefix("next:"))
    except ValueError:
        raise SlackRefusal("invalid_cursor") from None
