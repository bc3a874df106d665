"""LiteAgent: a durable, actor-based runtime for LLM agents.

What plugins and programs need most often is here; every package has more. The names are loaded when
they are first used, so that `import liteagent` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liteagent.errors import LiteAgentException
    from liteagent.plugins.hookspecs import hookimpl
    from liteagent.principal import Principal
    from liteagent.tools.context import ToolContext
    from liteagent.tools.definition import tool
    from liteagent.tools.effects import Effect
    from liteagent.tools.tool import Tool

__all__ = [
    "Effect",
    "LiteAgentException",
    "Principal",
    "Tool",
    "ToolContext",
    "hookimpl",
    "tool",
]

_HOMES = {
    "Effect": "liteagent.tools.effects",
    "LiteAgentException": "liteagent.errors",
    "Principal": "liteagent.principal",
    "Tool": "liteagent.tools.tool",
    "ToolContext": "liteagent.tools.context",
    "hookimpl": "liteagent.plugins.hookspecs",
    "tool": "liteagent.tools.definition",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
