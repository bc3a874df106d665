"""What comes in from a chat platform, in the form in which it is stored before anything else
happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from liteagent.chat.places import Person, Place
from liteagent.events import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIn:
    """A file that came with a message."""

    name: str
    url: str
    size: int
    """Bytes."""
    mime: str = ""
    team: str = ""
    """The workspace whose app may fetch it, where an adapter serves several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message."""

    id: str
    """Its identity on the platform, the same however often and by whichever event it comes:
    `T1:C1:1700000000.000100`, a Discord message's id."""
    order: str
    """Sorts the messages of one conversation."""
    conversation: str
    """The session's key if this is answered: `T1:C1:<thread or own timestamp>`, `guild:thread`."""
    place: Place
    """Where an answer goes."""
    source: Place
    """Where it stands: differs from `place` when the answer opens a thread."""
    message_id: str
    person: Person
    text: str
    """As the platform's own markup has it, without the mention of the agent that opens it."""
    ts: float
    """Seconds since 1970."""
    mentions_us: bool = False
    opens_with_other: bool = False
    """Whether it opens with a mention of somebody else."""
    shared: bool = False
    """Whether it stands in a channel that other workspaces share."""
    files: tuple[FileIn, ...] = ()
    late: bool = False
    """Whether it was found by looking back, instead of being delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked:
    """A button of a card."""

    id: str
    value: str
    """`la:<approval id>:<verb>:<mac>`."""
    place: Place
    message_id: str
    """The card's."""
    person: Person
    ts: float
    handle: Json = None
    """What the platform needs to answer this person alone, or to show them a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form that was filled in; `value` is that of the button which opened it."""

    id: str
    value: str
    place: Place
    person: Person
    ts: float
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """What was entered, by field name."""
    handle: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """A slash command: `text` is what stands behind `/agent`."""

    id: str
    text: str
    conversation: str
    place: Place
    person: Person
    ts: float
    handle: Json = None


Inbound = Said | Clicked | Submitted | Commanded
KINDS: Mapping[str, type[Inbound]] = {
    "said": Said,
    "clicked": Clicked,
    "submitted": Submitted,
    "commanded": Commanded,
}


def to_json(item: Inbound) -> dict[str, Json]:
    """The stored form."""
    kind = next(name for name, each in KINDS.items() if isinstance(item, each))
    return {"kind": kind, **msgspec.to_builtins(item)}


def from_json(value: Mapping[str, Json]) -> Inbound:
    """The inverse of `to_json`."""
    data = {name: each for name, each in value.items() if name != "kind"}
    return msgspec.convert(data, KINDS[value["kind"]])
