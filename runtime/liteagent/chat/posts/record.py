"""What the journal holds of the messages under one key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from liteagent.chat.places import Place
from liteagent.chat.platform import Content
from liteagent.events import Json


@dataclass(slots=True, kw_only=True)
class Part:
    """One message."""

    id: str | None = None
    """The platform's; None: it is about to be posted, and may have been."""
    begun: str = ""
    """The text with which it was begun as a stream, until its id is known."""


@dataclass(slots=True, kw_only=True)
class PostRecord:
    """The messages under one key. It is stored before each of them is posted, and after."""

    place: Place
    parts: list[Part] = field(default_factory=list[Part])
    generation: int = 0
    """Raised when messages were given up and others are posted in their stead."""
    done: str = ""
    """The digest of what they show, once they do."""

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return msgspec.to_builtins(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> PostRecord:
        """The inverse of `to_json`."""
        return msgspec.convert(value, cls)


def message_key(account: str, key: str, generation: int, part: int) -> str:
    """By which the platform knows a message again."""
    name = f"{account}/{key}/{part}" + (f"/{generation}" if generation else "")
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def digest_of(contents: Sequence[Content]) -> str:
    """The same for the same contents."""
    kinds = [[type(content).__name__, content] for content in contents]
    return hashlib.sha256(msgspec.json.encode(kinds)).hexdigest()[:32]
