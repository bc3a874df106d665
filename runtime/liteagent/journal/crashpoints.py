"""Named points at which a process can be made to die, compiled into the product.

A point is `<subject>.<moment>`, `tool.after-effect` for one. Whoever performs an effect reaches
its points in the order of `Moment`; in production that costs a call that does nothing.
`LITEAGENT_CRASH_AT=tool.after-effect` kills a process there, `…:3` at the third time.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from liteagent.errors import ConfigurationError, near_misses

CRASH_AT = "LITEAGENT_CRASH_AT"


class Subject(StrEnum):
    """What is being done."""

    MODEL = "model"
    """A call of a model."""
    TOOL = "tool"
    """A call of a tool."""
    APPROVAL = "approval"
    """The decision of an approval: the effect is that its requester and the other surfaces hear
    of it.
    """
    OUTBOUND = "outbound"
    """The delivery of an event to a chat platform."""
    POST = "post"
    """One message of ours on a chat platform: posted, begun as a stream, or edited. The reply is
    that nothing more will be asked of it.
    """
    INBOUND = "inbound"
    """What came in from a chat platform: the effect is that its session has it, or whoever else it
    is for.
    """


class Moment(StrEnum):
    """How far it has come."""

    BEFORE_INTENT = "before-intent"
    """Decided, nothing stored."""
    AFTER_INTENT = "after-intent"
    """The journal says that it will be done; nobody outside has seen anything."""
    AFTER_EFFECT = "after-effect"
    """The outside has changed; the journal does not know."""
    AFTER_OUTCOME = "after-outcome"
    """The journal knows how it ended; whoever waits has not been told."""
    AFTER_REPLY = "after-reply"
    """Whoever waited has been told."""


POINTS = tuple(f"{subject}.{moment}" for subject in Subject for moment in Moment)
"""Every name there is."""


class CrashPoints(Protocol):
    """Is told of every point as it is reached."""

    def reach(self, name: str) -> None:
        """The point `name` was reached; may not return."""
        ...


class NoCrash:
    """Reaches every point and goes on."""

    def reach(self, name: str) -> None:
        pass


NO_CRASH: CrashPoints = NoCrash()


class KillAt:
    """Kills its own process, with SIGKILL, when `point` is reached for the `nth` time.

    Raises `ConfigurationError` for a point that does not exist.
    """

    def __init__(self, point: str, nth: int = 1) -> None:
        if point not in POINTS:
            raise ConfigurationError(f"No crash point {point!r}: {near_misses(point, POINTS)}")
        self._point, self._left = point, nth

    def reach(self, name: str) -> None:
        if name == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def from_environment(environ: Mapping[str, str]) -> CrashPoints:
    """What `LITEAGENT_CRASH_AT=name[:nth]` asks for; `NO_CRASH` when it is not set.

    Raises `ConfigurationError` for a name that does not exist or a count that is no number.
    """
    setting = environ.get(CRASH_AT, "")
    if not setting:
        return NO_CRASH
    point, _, nth = setting.partition(":")
    if nth and not (nth.isdecimal() and int(nth) > 0):
        raise ConfigurationError(
            f"{CRASH_AT}={setting}: {nth!r} is no count; write name or name:nth, nth from 1.",
            field=CRASH_AT,
        )
    return KillAt(point, int(nth or 1))
