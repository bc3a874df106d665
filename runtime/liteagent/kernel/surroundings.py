"""What the entities of one host share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liteagent.clock import Clock
from liteagent.events import Event
from liteagent.journal import CrashPoints, Journal

Observer = Callable[[str, Event], None]
"""Is told of every event of every entity once it is stored; must be quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every actor of a host is given."""

    journal: Journal
    clock: Clock
    crash: CrashPoints
    observers: Sequence[Observer]
    on_wake_at: Callable[[str, float | None], None]
    is_draining: Callable[[], bool]
    on_closed: Callable[[str], None]
