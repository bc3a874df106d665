"""An effect under way in an active entity."""

from __future__ import annotations

import asyncio
from typing import Any

from liteagent.kernel.context import EffectContext
from liteagent.kernel.kind import Effect


class Running:
    """An effect's task. `performing` is false from the moment its outcome is being written.

    `waiting` is true while the journal is away, `kept` once that was said, `unfit` once an outcome
    could not be written as it was, `settled` once one is written or nobody wants it.
    """

    __slots__ = (
        "context",
        "effect",
        "kept",
        "performing",
        "settled",
        "stopping",
        "task",
        "unfit",
        "waiting",
    )

    def __init__(self, effect: Effect, context: EffectContext[Any]) -> None:
        self.effect, self.context = effect, context
        self.performing = True
        self.stopping = self.waiting = self.kept = self.unfit = self.settled = False
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Cancel it, if there is still something to cancel; its outcome is written."""
        if self.performing and not self.stopping and self.task is not None:
            self.stopping = True
            self.task.cancel()

    def let_go(self) -> None:
        """Cancel it for good; nothing is written of it, but what is being written already."""
        if (self.performing or self.waiting) and self.task is not None:
            self.task.cancel()
