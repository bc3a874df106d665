"""Tools: made from typed functions, registered by name, run within their limits."""

from liteagent.tools.context import ToolContext
from liteagent.tools.definition import ToolFunction, schema_tool, tool
from liteagent.tools.effects import Effect
from liteagent.tools.errors import (
    DuplicateToolError,
    FailureKind,
    ToolArgumentsError,
    ToolDefinitionError,
    ToolFailedError,
)
from liteagent.tools.options import Approval, Isolation, ToolOptions
from liteagent.tools.registry import ToolRegistry
from liteagent.tools.results import to_result
from liteagent.tools.runner import LocalToolRunner, ToolRun, ToolRunner
from liteagent.tools.secrets import MissingSecretError, Secrets
from liteagent.tools.tool import Tool

__all__ = [
    "Approval",
    "DuplicateToolError",
    "Effect",
    "FailureKind",
    "Isolation",
    "LocalToolRunner",
    "MissingSecretError",
    "Secrets",
    "Tool",
    "ToolArgumentsError",
    "ToolContext",
    "ToolDefinitionError",
    "ToolFailedError",
    "ToolFunction",
    "ToolOptions",
    "ToolRegistry",
    "ToolRun",
    "ToolRunner",
    "schema_tool",
    "to_result",
    "tool",
]
