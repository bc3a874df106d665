"""A tool: something a model may ask for, checked and described."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liteagent.messages import ToolSchema
from liteagent.plugins.provenance import Provenance
from liteagent.tools.arguments import parse, plain
from liteagent.tools.body import Body
from liteagent.tools.context import ToolContext
from liteagent.tools.errors import ToolDefinitionError
from liteagent.tools.options import ToolOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(ToolOptions):
    """What an agent may use; its options say how it is to be run.

    `@liteagent.tool` makes one from a function and `schema_tool` from a JSON schema.
    """

    name: str
    """1 to 64 letters, digits, `_` and `-`, as the model providers demand."""
    description: str
    parameters: Mapping[str, Any]
    """A JSON schema of type object; closed (`additionalProperties: false`) when made from a
    function.
    """
    body: Body
    probe: Tool | None = None
    """For the effect `reconcilable`: takes the same arguments (those it names), and returns True
    when the call has happened, False when it has not, None when it cannot tell.
    """
    warnings: tuple[str, ...] = ()
    """What its author should mend: parameters that nothing describes, …"""
    plugin: Provenance | None = None
    """Who brought it; None for one of the running program's own."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.name):
            raise ToolDefinitionError(
                f"A tool cannot be named {self.name!r}: use 1 to 64 letters, digits, '_' and '-'."
            )

    @property
    def origin(self) -> str:
        """Who brought it, for people: `liteagent-x 1.2`."""
        return "this program" if self.plugin is None else str(self.plugin)

    def schema(self) -> ToolSchema:
        """What a model is told of it."""
        return ToolSchema(name=self.name, description=self.description, parameters=self.parameters)

    def bind(self, arguments: str | Mapping[str, Any]) -> dict[str, Any]:
        """Plain JSON arguments from a model's JSON text or from a mapping; defaults filled in.

        Binding the result again gives the same. Raises `ToolArgumentsError` with every problem.
        """
        if isinstance(arguments, str):
            given: Mapping[str, Any] = parse(self.name, arguments)
        else:
            given = plain(self.name, arguments)
        return self.body.check(self.name, given)

    async def call(self, args: Mapping[str, Any], ctx: ToolContext) -> Any:
        """Run it here and now with bound arguments: no timeout, no isolation, whatever it returns
        or raises. A `ToolRunner` does the rest.
        """
        if self.body.is_async:
            return await self.body.start(args, ctx)
        value = await asyncio.to_thread(self.body.start, args, ctx)
        return await value if inspect.isawaitable(value) else value
