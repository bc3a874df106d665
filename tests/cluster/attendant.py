"""Attendants that tell who they are, break, or may not run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from liteagent.cluster import Attendant, AttendantParts
from liteagent.errors import ConfigurationError
from liteagent.events import Json


class Here:
    """Answers; breaks at its first run in every process when `breaks`."""

    runs = 0

    def __init__(self, parts: AttendantParts, *, breaks: bool) -> None:
        self._agents = [spec.name for spec in parts.node.agents.all()]
        self._breaks = breaks

    async def run(self) -> None:
        Here.runs += 1
        if self._breaks and Here.runs == 1:
            raise RuntimeError("a defect")
        await asyncio.Event().wait()

    def health(self) -> Mapping[str, Json]:
        text = f"run {Here.runs}, agents {self._agents}"
        return {"connected": True, "text": text, "pid": os.getpid()}


async def build_attendant(name: str, parts: AttendantParts) -> Attendant:
    if name == "refused":
        raise ConfigurationError("The token is refused: set another.")
    return Here(parts, breaks=name == "brittle")
