"""What goes wrong on a chat platform in memory, one fault for one call."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from liteagent.kernel import SendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call."""

    error: SendError | None = None
    """None: the process dies."""
    die: Callable[[], object] | None = None
    arrives: bool = False
    """Whether what was asked for is done before the fault shows."""


class Faults:
    """Faults by method, each for the next call that none is queued before.

    Methods are those of `Platform`, and `append` and `finish` of a stream.
    """

    def __init__(self) -> None:
        self._queued: defaultdict[str, deque[Fault | None]] = defaultdict(deque)
        self._held: dict[str, asyncio.Event] = {}

    def fail(self, method: str, *errors: SendError, arrives: bool = False) -> None:
        """Let the next calls, one each, raise these, before or after what they ask for is done."""
        self._queued[method] += [Fault(error=error, arrives=arrives) for error in errors]

    def lose_answer(self, method: str) -> None:
        """Let the next call be done, and its answer be lost."""
        lost = SendError("The connection was lost.", may_have_arrived=True)
        self.fail(method, lost, arrives=True)

    def lose_call(self, method: str) -> None:
        """Let the next call not arrive, in a way in which nobody can tell."""
        self.fail(method, SendError("The connection was lost.", may_have_arrived=True))

    def limit(self, method: str, seconds: float) -> None:
        """Let the next call be refused because there were too many, for so many seconds."""
        self.fail(method, SendError("Too many calls.", retry_after=seconds))

    def refuse(self, method: str) -> None:
        """Let the next call be refused for good."""
        self.fail(method, SendError("The platform refuses that.", permanent=True))

    def crash(self, method: str, die: Callable[[], object], *, arrives: bool = False) -> None:
        """Let the process die at the next call: `die` ends it (it cancels the service's task), and
        the call never returns.
        """
        self._queued[method].append(Fault(die=die, arrives=arrives))

    def pass_one(self, method: str) -> None:
        """Let the next call pass, so that a fault queued now meets the one behind it."""
        self._queued[method].append(None)

    def clear(self) -> None:
        """Forget what is queued, and let go whoever is held."""
        self._queued.clear()
        for method in tuple(self._held):
            self.release(method)

    def hold(self, method: str) -> None:
        """Let calls stand still before they do anything, until `release`."""
        self._held.setdefault(method, asyncio.Event())

    def release(self, method: str) -> None:
        self._held.pop(method).set()

    async def before(self, method: str) -> Fault | None:
        """What a call begins with; gives the fault that `after` is to be told of."""
        if method in self._held:
            await self._held[method].wait()
        fault = self._queued[method].popleft() if self._queued[method] else None
        if fault is not None and not fault.arrives:
            await _strike(fault)
        return fault

    async def after(self, fault: Fault | None) -> None:
        """What a call ends with."""
        if fault is not None:
            await _strike(fault)


async def _strike(fault: Fault) -> None:
    if fault.die is not None:
        fault.die()
        await asyncio.get_running_loop().create_future()
    if fault.error is not None:
        raise fault.error
