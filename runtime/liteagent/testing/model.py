"""A model that says what a test wrote for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import ClassVar

from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.models.contract import Fault, ModelError
from liteagent.testing.answers import Answer
from liteagent.testing.script import Reply, Script


class ScriptedModel(Script):
    """A provider named `scripted` that plays a script, for every model name.

    `ScriptedModel({"hello": "Hi!"})` answers "Hi!" whenever the last message is "hello". `fail`
    arms faults from outside, for tests of retries.
    """

    name: ClassVar[str] = "scripted"

    def __init__(self, answers: Mapping[str, Reply] | None = None) -> None:
        super().__init__(answers)
        self._armed: list[Answer] = []

    def fail(self, *faults: Fault, retry_after: float | None = None) -> None:
        """Let the next calls, whatever they ask, fail with these faults, one each."""
        self._armed += [Answer(fault=fault, retry_after=retry_after) for fault in faults]

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        """Play the answer to `request`; see `liteagent.models.Provider`."""
        answer = self._next(request)
        for position, piece in enumerate(answer.pieces):
            await held(answer, position)
            yield TextDelta(piece)
        await held(answer, len(answer.pieces))
        if answer.fault is not None:
            raise ModelError(
                f"scripted/{request.model} was told to fail with {answer.fault.value}.",
                fault=answer.fault,
                model=f"scripted/{request.model}",
                retry_after=answer.retry_after,
            )
        yield ModelResponse(
            text=answer.text,
            tool_calls=answer.tool_calls,
            usage=answer.usage,
            finish_reason=answer.ending,
            model=request.model,
            response_id="scripted",
            opaque=answer.opaque,
        )

    def _next(self, request: ModelRequest) -> Answer:
        if not self._armed:
            return self.answer(request)
        self.requests.append(request)
        return self._armed.pop(0)

    async def models(self) -> list[str]:
        return ["scripted"]

    def missing(self) -> str | None:
        return None

    async def close(self) -> None:
        """Nothing is held."""


async def held(answer: Answer, position: int) -> None:
    """Wait where the answer's gate stands: before the piece at `position`, or behind them all."""
    if answer.gate is not None and position == min(answer.gate_after, len(answer.pieces)):
        await answer.gate.wait()
