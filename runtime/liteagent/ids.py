"""Names of things: entities and the ids that LiteAgent makes."""

from __future__ import annotations

import os
import random
import time
from typing import Protocol


def entity_id(kind: str, key: str) -> str:
    """The journal's name of an entity: `session/<session id>`, `execution/<execution id>`."""
    return f"{kind}/{key}"


def split_entity(entity: str) -> tuple[str, str]:
    """`(kind, key)` of an entity's name; the key may hold any character, `/` included."""
    kind, _, key = entity.partition("/")
    return kind, key


class Ids(Protocol):
    """A source of new ids; a test passes a counting one."""

    def new(self, prefix: str) -> str:
        """A fresh id `<prefix>_<32 hexadecimal digits>`."""
        ...


class RandomIds:
    """Ids that sort by the time they were made: 48 bits of milliseconds, then 80 random ones.
    They are unique, not secret. Make one in each process: a fork would repeat its ids.
    """

    def __init__(self) -> None:
        # seeded once: a system call for each id would give the interpreter lock away each time
        self._random = random.Random(os.urandom(32))  # noqa: S311

    def new(self, prefix: str) -> str:
        return f"{prefix}_{int(time.time() * 1000):012x}{self._random.getrandbits(80):020x}"
