"""The world outside, as a file: what was done to it stands there, whoever died since."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from liteagent.events import Event

POST = "post"
"""What the world calls a post, unless its sender has another word for it."""


class World:
    """Lines of what was done, each on the disk before whoever did it learns of it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, what: str, key: str) -> None:
        """Something was done under this key."""
        line = json.dumps({"what": what, "key": key}).encode() + b"\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)

    def keys(self, what: str) -> list[str]:
        """The keys under which this was done, one for each time."""
        return [key for done, key in self._lines() if done == what]

    def _lines(self) -> Iterator[tuple[str, str]]:
        if not self.path.exists():
            return
        for line in self.path.read_text().splitlines():
            done = json.loads(line)
            yield done["what"], done["key"]


class Sender:
    """Posts into the world, which cannot be asked afterwards."""

    idempotent = False

    def __init__(self, world: World, what: str = POST) -> None:
        self._world, self._what = world, what

    async def send(self, key: str, event: Event) -> str:
        self._world.note(self._what, key)
        return key


class IdempotentSender(Sender):
    """Posts into a world that takes posts with the same key for one."""

    idempotent = True


class FindingSender(Sender):
    """Posts into a world that can be asked."""

    async def find(self, key: str) -> str | None:
        return key if key in self._world.keys(self._what) else None


SENDERS = {"plain": Sender, "idempotent": IdempotentSender, "reconcilable": FindingSender}
