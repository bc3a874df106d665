"""Events: what happened to an entity, as frozen values with an explicit JSON form.

Outside form: `{seq, type, ts, data, epoch, v}`; `ts` in seconds since 1970 (UTC). `data` is plain
JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

# Values of plain JSON cannot be part of a cycle, so the collector need not know them (`gc=False`).

Json = Any
"""Plain JSON: None, bool, int, float, str, list of Json, dict of str to Json."""

EVENT_VERSION = 1
"""Raised when the meaning of an event's data changes; old versions stay readable for ever."""


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """One fact in an entity's journal; `(entity, seq)` is unique and `seq` starts at 1."""

    seq: int
    type: str
    ts: float
    data: Mapping[str, Json]
    epoch: int
    v: int = EVENT_VERSION

    def to_json(self) -> dict[str, Json]:
        """The outside form."""
        return {
            "seq": self.seq,
            "type": self.type,
            "ts": self.ts,
            "data": self.data,
            "epoch": self.epoch,
            "v": self.v,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Event:
        """The inverse of `to_json`."""
        return cls(
            seq=value["seq"],
            type=value["type"],
            ts=value["ts"],
            data=value["data"],
            epoch=value["epoch"],
            v=value["v"],
        )


class Draft(Struct, frozen=True, gc=False):
    """An event about to be appended.

    `keys` are identities by which it is found again and never stored twice in one entity
    (`idem:<idempotency key>`, `turn:<turn id>`, `approval:<approval id>`).
    """

    type: str
    data: Mapping[str, Json]
    keys: tuple[str, ...] = ()


class Delta(Struct, frozen=True, kw_only=True, gc=False):
    """A piece of a model's answer while it streams: live only, never journaled.

    `attempt` is the seq of the `model.requested` event whose answer this is, `offset` the number of
    characters of that attempt that came before `text`. A higher attempt replaces a lower one.
    """

    turn_id: str
    attempt: int
    offset: int
    text: str

    def to_json(self) -> dict[str, Json]:
        """The outside form of a `delta` frame."""
        return {
            "type": "delta",
            "data": {
                "turn_id": self.turn_id,
                "attempt": self.attempt,
                "offset": self.offset,
                "text": self.text,
            },
        }


class Head(Struct, frozen=True, kw_only=True, gc=False):
    """What can be known of an entity without folding it; kept in step with every append."""

    status: str = "idle"
    agent: str = ""
    tenant: str = ""
    wake_at: float | None = None
    pending: tuple[Mapping[str, Json], ...] = ()
    """The open approvals, each as the approval inbox lists it."""
