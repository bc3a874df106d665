"""Two tools to try: one that only looks, one that leaves a trace and so needs approval."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field

import liteagent


@liteagent.tool(effect="pure", approval="never")
async def current_time(
    zone: Annotated[str, Field(description="A time zone such as Europe/Paris.")] = "UTC",
) -> str:
    """Tell the date and the time of day."""
    try:
        now = datetime.now(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"There is no time zone {zone!r}; try Europe/Paris or UTC.") from error
    return now.strftime(f"%A, %d %B %Y, %H:%M:%S ({zone})")


@liteagent.tool(effect="unsafe", approval="always")
def announce(
    text: Annotated[str, Field(min_length=1, description="One line to announce.")],
) -> str:
    """Announce something to everybody: adds a line to announcements.txt in the data directory."""
    home = os.environ.get("LITEAGENT_HOME")
    folder = Path(home) if home else platformdirs.user_data_path("liteagent", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "announcements.txt"
    with path.open("a", encoding="utf-8") as file:
        file.write(" ".join(text.split()) + "\n")
    return f"Added to {path}"
