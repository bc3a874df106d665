"""The tools that agents can be given, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from liteagent.errors import LiteAgentException, ToolNotFoundError
from liteagent.plugins.provenance import Provenance
from liteagent.tools.definition import ToolFunction
from liteagent.tools.definition import tool as make_tool
from liteagent.tools.errors import DuplicateToolError, ToolDefinitionError
from liteagent.tools.tool import Tool


class ToolRegistry:
    """Tools by name; a name is taken once."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(
        self, tool: Tool | ToolFunction[..., Any], plugin: Provenance | None = None
    ) -> Tool:
        """Add a tool, brought by `plugin` (None: the program itself).

        Raises `DuplicateToolError`, naming who brought each, and `ToolDefinitionError`.
        """
        made = tool.tool if isinstance(tool, ToolFunction) else tool
        if not isinstance(made, Tool):  # pyright: ignore[reportUnnecessaryIsInstance] a plugin's
            raise ToolDefinitionError(
                f"{plugin or 'This program'} registered {made!r} as a tool; decorate the function"
                " with @liteagent.tool."
            )
        if plugin is not None:
            made = replace(made, plugin=plugin)
        taken = self._tools.get(made.name)
        if taken is not None:
            raise DuplicateToolError(made.name, taken.origin, made.origin)
        self._tools[made.name] = made
        return made

    def register_function(self, func: Callable[..., Any], name: str | None = None) -> Tool:
        """Make a tool of a typed function with no options, and add it."""
        return self.register(make_tool(name)(func))

    def register_all(self, offered: Iterable[tuple[Any, Provenance]]) -> list[LiteAgentException]:
        """Add what plugins offer (`PluginHost.collect`); what cannot be added is returned
        as errors, and the rest is there.
        """
        errors: list[LiteAgentException] = []
        for thing, plugin in offered:
            try:
                self.register(thing, plugin)
            except LiteAgentException as error:
                errors.append(error)
        return errors

    def get(self, name: str) -> Tool:
        """Raises `ToolNotFoundError` with the names that come near."""
        found = self.find(name)
        if found is None:
            raise ToolNotFoundError(name, self._tools)
        return found

    def find(self, name: str) -> Tool | None:
        """The tool, or None where there is none of that name."""
        return self._tools.get(name)

    def get_all(self) -> list[Tool]:
        """Every tool, by name."""
        return [self._tools[name] for name in sorted(self._tools)]

    def to_openai_format(self) -> list[dict[str, Any]]:
        """As the `tools` of a Chat Completions request."""
        return [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            }
            for tool in self.get_all()
        ]

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def __iter__(self) -> Iterator[Tool]:
        return iter(self.get_all())

    def __len__(self) -> int:
        return len(self._tools)
