"""A kind of entity: the pure functions that say what it is, and the one function that acts.

The kernel drives every kind the same way and knows none by name:

    command ──decide──► drafts ─┐
    outcome ──perform─► drafts ─┼─► fold ──plan──► more drafts … ──► one append ──► effects start or
    stop time    ────────────────────┘

`plan` writes down what is going to happen (`model.requested`, `tool.started`) in the same append as
what caused it; only then does `perform` do it, and its drafts say what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from liteagent.errors import LiteAgentException
from liteagent.events import Draft, Event, Head, Json
from liteagent.kernel.context import EffectContext

S = TypeVar("S")
Command = Mapping[str, Json]
"""Plain JSON with a `type`; may carry a `key`, the identity under which it acts once."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command does: the events it causes, and the answer built from them once they are
    stored.
    """

    drafts: Sequence[Draft]
    reply: Callable[[Sequence[Event]], Json]


class Effect(Protocol):
    """Something under way outside the journal, named by its intent."""

    @property
    def key(self) -> str:
        """The same for the same intent, whoever computes it."""
        ...

    @property
    def what(self) -> str:
        """`model` or `tool`: the family, for crash points and logs."""
        ...

    @property
    def stop(self) -> bool:
        """Whether it should be stopped if it still runs."""
        ...


class Kind(Protocol[S]):
    """One kind of entity. Everything but `perform` is pure and quick."""

    name: str
    fold_version: int
    """Raised when a snapshot of the old fold no longer fits; older snapshots are then ignored."""

    creating: frozenset[str]
    """Types of the commands that may make a new entity."""

    marks: Mapping[str, tuple[str, ...]]
    """Event or command type → what it is to which effects, for the crash points around it:
    `tool.intent`, `tool.outcome`; `approval.news` where the effect is that others hear of it;
    `model.reply` to whoever waited.
    """

    def not_found(self, key: str) -> LiteAgentException: ...

    def initial(self) -> S: ...

    def fold(self, state: S, event: Event) -> S: ...

    def head(self, state: S) -> Head: ...

    def decide(self, state: S, command: Command, now: float) -> Decision:
        """Raises a `LiteAgentException` when the command cannot be; nothing is stored then."""
        ...

    def repeat(self, event: Event) -> Json:
        """The answer to a command whose `key` is stored already, from the event that carries it."""
        ...

    def recover(self, state: S, now: float) -> Sequence[Draft]:
        """What to write of effects that an earlier owner started and nobody saw the end of."""
        ...

    def plan(self, state: S, now: float) -> Sequence[Draft]:
        """What happens next, as far as it needs no outcome and no person; empty when that is
        nothing.
        """
        ...

    def effects(self, state: S) -> Sequence[Effect]:
        """Every effect whose intent is journaled and whose outcome is not."""
        ...

    async def perform(self, effect: Any, context: EffectContext[S]) -> Sequence[Draft]:
        """Do it, and say what came of it. Raises nothing but `asyncio.CancelledError`."""
        ...

    def stopped(self, effect: Any, context: EffectContext[S]) -> Sequence[Draft]:
        """What to write of an effect that was stopped while it ran."""
        ...

    def failed(self, effect: Any, error: Exception) -> Sequence[Draft]:
        """What to write of an effect whose `perform` broke: a defect, told as a failure."""
        ...

    def dump(self, state: S) -> Json: ...

    def load(self, value: Json) -> S: ...
