"""The crash points that an entity passes when something is written about its effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto

from liteagent.events import Event
from liteagent.journal import NO_CRASH, CrashPoints, Moment


class Side(Enum):
    """Of an append."""

    BEFORE = auto()
    AFTER = auto()
    """It is stored; nobody knows."""
    TOLD = auto()
    """Those who watch have it."""


_MOMENTS: Mapping[tuple[Side, str], tuple[Moment, ...]] = {
    (Side.BEFORE, "intent"): (Moment.BEFORE_INTENT,),
    (Side.AFTER, "intent"): (Moment.AFTER_INTENT,),
    (Side.AFTER, "outcome"): (Moment.AFTER_OUTCOME,),
    (Side.TOLD, "news"): (Moment.AFTER_EFFECT, Moment.AFTER_OUTCOME),
    (Side.TOLD, "reply"): (Moment.AFTER_REPLY,),
}


class Marks:
    """Knows by `Kind.marks` which points stand around which events and commands."""

    __slots__ = ("_crash", "_marks", "armed")

    def __init__(self, crash: CrashPoints, marks: Mapping[str, tuple[str, ...]]) -> None:
        self._crash, self._marks = crash, marks
        self.armed = crash is not NO_CRASH
        """Whether anything can happen at a point; where not, nobody need pass them."""

    def reach_all(self, side: Side, events: Iterable[Event]) -> None:
        """Pass the points on this side of events."""
        for event in events:
            self.reach(side, event.type)

    def reach(self, side: Side, name: str) -> None:
        """Pass the points on this side of an event or a command of this type."""
        for point in self._marks.get(name, ()):
            what, role = point.split(".")
            for moment in _MOMENTS.get((side, role), ()):
                self._crash.reach(f"{what}.{moment}")
