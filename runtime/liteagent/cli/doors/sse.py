"""Server-sent events of a session, as the frames they carry."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from liteagent.cli.doors.contract import Live
from liteagent.events import Delta, Event
from liteagent.kernel import Progress


async def read_frames(lines: AsyncIterator[str]) -> AsyncIterator[Live]:
    """The frames in the lines of a stream; comments, and kinds that are not known here, are left
    out.
    """
    data: list[str] = []
    async for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            frame = _frame(json.loads("\n".join(data)))
            data = []
            if frame is not None:
                yield frame


def _frame(value: dict[str, Any]) -> Live | None:
    if "seq" in value:
        return Event.from_json(value)
    if value.get("type") == "delta":
        return Delta(**value["data"])
    if value.get("type") == "progress":
        return Progress(**value["data"])
    return None
