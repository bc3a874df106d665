"""What a scripted model says: one value that a fake provider and the HTTP stand-ins all play."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from liteagent.messages import FinishReason, Opaque, ToolCall, Usage
from liteagent.models.contract import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One scripted answer; `pieces` are streamed one by one, then the tool calls, then the end.

    With a `fault` the answer ends there instead: before the first piece it is an error, after one
    it happens in the middle of the stream (`TRANSIENT`: the connection drops). With a `gate` the
    stream stands still after `gate_after` pieces until somebody sets it.
    """

    pieces: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=lambda: Usage(input_tokens=11, output_tokens=7))
    opaque: tuple[Opaque, ...] = ()
    """What the model says to itself meanwhile."""
    finish_reason: FinishReason | None = None
    """None: `tool_calls` where there are any, else `stop`."""
    fault: Fault | None = None
    retry_after: float | None = None
    """Seconds, said along with the fault."""
    gate: asyncio.Event | None = None
    gate_after: int = 0

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.pieces)

    @property
    def ending(self) -> FinishReason:
        """The finish reason, derived where none was given."""
        return self.finish_reason or ("tool_calls" if self.tool_calls else "stop")


def says(*pieces: str) -> Answer:
    """An answer of text, streamed in the given pieces."""
    return Answer(pieces=pieces)


def calls(*tool_calls: ToolCall, text: str = "") -> Answer:
    """An answer that calls tools, with `text` said before."""
    return Answer(pieces=(text,) if text else (), tool_calls=tool_calls)


def call(name: str, /, call_id: str = "", **arguments: Any) -> ToolCall:
    """A tool call with these arguments; without an id it is `call_<name>`."""
    return ToolCall(id=call_id or f"call_{name}", name=name, arguments=json.dumps(arguments))


def fails(fault: Fault, *pieces: str, retry_after: float | None = None) -> Answer:
    """An answer that fails with `fault`, after `pieces` of it were streamed."""
    return Answer(pieces=pieces, fault=fault, retry_after=retry_after)
