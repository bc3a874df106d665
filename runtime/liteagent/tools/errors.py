"""What can go wrong with a tool: its definition, its arguments, its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from liteagent.errors import ConfigurationError, LiteAgentException, ValidationError

FailureKind = Literal["error", "timeout", "cancelled", "crashed"]
"""`error`: it raised, or could not start; `timeout`: it was stopped after its timeout; `cancelled`:
it cancelled itself; `crashed`: its process ended without an answer. After `timeout` and `crashed`
its effect may have happened or not.
"""


class ToolDefinitionError(ConfigurationError):
    """A function cannot be made into a tool; names the function, its file and line, and what to
    change.
    """

    error_code = "TOOL_DEFINITION_ERROR"


class DuplicateToolError(ConfigurationError):
    """Two tools have the same name; names who brought each."""

    error_code = "DUPLICATE_TOOL"

    def __init__(self, name: str, first: str, second: str) -> None:
        self.name, self.first, self.second = name, first, second
        super().__init__(
            f"{first} and {second} both bring a tool named {name!r};"
            " disable one of them with `liteagent plugins disable`, or rename the tool."
        )


class ToolArgumentsError(ValidationError):
    """A model's arguments do not fit a tool's schema; the sentence is meant for the model."""

    error_code = "TOOL_ARGUMENTS_ERROR"

    def __init__(self, tool: str, problems: Sequence[str]) -> None:
        self.tool, self.problems = tool, tuple(problems)
        super().__init__(
            f"The arguments of {tool} do not fit: {'; '.join(problems)}."
            " Nothing was run. Call it again with one JSON object that fits its schema."
        )

    @property
    def details(self) -> Mapping[str, Any]:
        return {"tool": self.tool, "problems": list(self.problems)}


class ToolFailedError(LiteAgentException):
    """A tool ran and did not return. `still_running`: it could not be stopped either."""

    error_code = "TOOL_FAILED"

    def __init__(self, kind: FailureKind, message: str, *, still_running: bool = False) -> None:
        self.kind: FailureKind = kind
        self.still_running = still_running
        super().__init__(message)

    @property
    def details(self) -> Mapping[str, Any]:
        return {"kind": self.kind, "still_running": self.still_running}


def describe(error: BaseException) -> str:
    """What a model is told of an exception that a tool raised; at most 4,000 characters."""
    if isinstance(error, SystemExit):
        return f"It called sys.exit({error.code!r})."
    text = str(error).strip()
    if isinstance(error, LiteAgentException) and text:
        return text[:4000]
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__)[:4000]
