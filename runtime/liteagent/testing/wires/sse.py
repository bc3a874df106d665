"""Server-sent events, and the pieces of an answer between them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from liteagent.messages import ToolCall
from liteagent.models.contract import Fault
from liteagent.testing.answers import Answer
from liteagent.testing.http_stand_in import DropConnection
from liteagent.testing.model import held

STREAM = "text/event-stream; charset=utf-8"


def event(data: Any, name: str = "") -> bytes:
    """One server-sent event, with its name where it has one."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def halves(call: ToolCall) -> tuple[str, str]:
    """A tool call's arguments in two fragments, as a streaming model sends them."""
    middle = len(call.arguments) // 2
    return call.arguments[:middle], call.arguments[middle:]


async def pieces_until_fault(answer: Answer) -> AsyncIterator[str]:
    """The answer's pieces; a transient fault after the first one drops the connection."""
    for position, piece in enumerate(answer.pieces):
        await held(answer, position)
        yield piece
    await held(answer, len(answer.pieces))
    if answer.fault is Fault.TRANSIENT:
        raise DropConnection
