"""What running a tool twice would do: decides what happens after a crash during a call."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """A tool's effect class. A call whose outcome was lost is never silently run a second time
    unless its class says that this is harmless.
    """

    PURE = "pure"
    """Reads only. Run again."""
    IDEMPOTENT = "idempotent"
    """Twice with the same `ToolContext.idempotency_key` is as once. Run again with the same key."""
    RECONCILABLE = "reconcilable"
    """Has a probe that tells whether it happened. Ask the probe."""
    UNSAFE = "unsafe"
    """Nobody can tell. Parked as unknown outcome until a person decides; the default."""

    @property
    def repeatable(self) -> bool:
        """Whether the same call may be run again without asking anybody."""
        return self in (Effect.PURE, Effect.IDEMPOTENT)
