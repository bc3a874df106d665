"""Which model a turn asks next, and when: the durable half of the fallback chain.

The failures of a turn are in its journal, so a restart goes on where the chain was. Models are
tried in the order that their health gives; a model that failed in a way that can pass gets up to
`MAX_TRIES` tries, with a growing pause once every other one has failed too.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from liteagent.agents.state import Failure, Turn
from liteagent.models import Fault, ModelHealth

MAX_TRIES = 4
FIRST_PAUSE = 1.0
"""Seconds before the second try of a model; doubled for each one after, up to `MAX_PAUSE`."""
MAX_PAUSE = 30.0
MAX_RETRY_AFTER = 120.0
"""A provider that asks for a longer pause counts as gone for this turn."""

INTERRUPTED = "interrupted"
"""The fault of a call whose host died: no failure of the model's."""
EMPTY = "empty"
"""The fault of an answer without text or calls."""


class Try(Struct, frozen=True, gc=False):
    """The next model to ask, not before a time (seconds since 1970)."""

    model: str
    not_before: float


def next_try(turn: Turn, models: Sequence[str], health: ModelHealth) -> Try | None:
    """The next try, or None when every model has been given up."""
    if not turn.failures:
        return Try(health.order(models)[0], 0.0)
    failures = [failure for failure in turn.failures if failure.fault != INTERRUPTED]
    candidates = [_try_of(model, failures) for model in health.order(models)]
    open_ones = [candidate for candidate in candidates if candidate is not None]
    return min(open_ones, key=lambda candidate: candidate.not_before, default=None)


def _try_of(model: str, failures: Sequence[Failure]) -> Try | None:
    own = [failure for failure in failures if failure.model == model]
    if not own:
        return Try(model, 0.0)
    last = own[-1]
    if len(own) >= MAX_TRIES or not _can_pass(last.fault):
        return None
    if last.retry_after is not None and last.retry_after > MAX_RETRY_AFTER:
        return None
    pause = min(MAX_PAUSE, FIRST_PAUSE * 2 ** (len(own) - 1))
    return Try(model, last.at + max(pause, last.retry_after or 0.0))


def _can_pass(fault: str) -> bool:
    return fault == EMPTY or (fault in Fault.__members__.values() and Fault(fault).retryable)
