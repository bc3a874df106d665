"""`@tool`: a tool from a typed function and its docstring."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, ParamSpec, TypeVar, Unpack, overload

from liteagent.tools.assembly import assemble, from_function
from liteagent.tools.body import Handler, SchemaBody
from liteagent.tools.effects import Effect
from liteagent.tools.errors import ToolDefinitionError
from liteagent.tools.options import ToolSettings, read_options
from liteagent.tools.parameters import locate, unwrap
from liteagent.tools.tool import Tool

P = ParamSpec("P")
R = TypeVar("R")


class ToolFunction(Generic[P, R]):
    """A function that is also a tool: call it and it is the plain function, `tool` is the tool."""

    def __init__(
        self,
        function: Callable[P, R],
        name: str | None,
        description: str | None,
        settings: ToolSettings,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self._name = name or getattr(unwrap(function), "__name__", "")
        self._description = description
        self._probe = settings.get("probe")
        self._options = read_options(settings, locate(function))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @functools.cached_property
    def tool(self) -> Tool:
        """The tool, made at first use: only then is the signature read and pydantic imported.

        Raises `ToolDefinitionError`.
        """
        made = from_function(self.function, self._name, self._description, self._options)
        return made if self._probe is None else replace(made, probe=self._make_probe(made))

    def _make_probe(self, made: Tool) -> Tool:
        assert self._probe is not None
        options = replace(self._options, effect=Effect.PURE, approval=None, isolation="inline")
        name = f"{self._name[:58]}_probe"
        probe = from_function(self._probe, name, None, options, extra="ignore")
        surplus = probe.parameters["properties"].keys() - made.parameters["properties"].keys()
        if surplus:
            raise ToolDefinitionError(
                f"{locate(self._probe)} cannot be the probe of {self._name}: it takes"
                f" {sorted(surplus)[0]}, which {self._name} does not."
            )
        return probe


@overload
def tool(name: Callable[P, R], /) -> ToolFunction[P, R]: ...
@overload
def tool(
    name: str | None = None, description: str | None = None, **settings: Unpack[ToolSettings]
) -> Callable[[Callable[P, R]], ToolFunction[P, R]]: ...
def tool(
    name: Callable[..., Any] | str | None = None,
    description: str | None = None,
    **settings: Unpack[ToolSettings],
) -> Any:
    """Make a tool of a typed function, sync or async: `@tool` or `@tool(approval="always", …)`.

    The parameters' types become the schema, the docstring the descriptions; a parameter of type
    `ToolContext` is filled in by the runtime. A plain function runs in a thread, which cannot be
    stopped; with a `timeout` it therefore runs in a process of its own.

    Args:
        name: What models call it; the function's name by default.
        description: What models read of it; the docstring by default.
        settings: `effect` ("pure", "idempotent", "reconcilable" with `probe=function`; "unsafe" by
            default), `approval` ("always", "never"), `timeout` (seconds), `retries`, `isolation`
            ("inline", "process"), `concurrency`, `secrets` (names of environment variables), and
            what it needs of a cluster: `num_cpus`, `num_gpus`, `memory` (bytes or "2GiB"),
            `resources`, `runtime_env`. `ToolOptions` explains each.

    Raises:
        ToolDefinitionError: The options contradict each other. What is wrong with the signature
            is raised when the tool is first used.
    """
    if callable(name):
        return ToolFunction(name, None, description, settings)

    def decorate(function: Callable[..., Any]) -> ToolFunction[..., Any]:
        return ToolFunction(function, name, description, settings)

    return decorate


def schema_tool(
    name: str,
    description: str,
    parameters: Mapping[str, Any],
    handler: Handler,
    **settings: Unpack[ToolSettings],
) -> Tool:
    """A tool from a JSON schema and an async handler that takes plain JSON arguments."""
    where = f"The tool {name}"
    return assemble(
        SchemaBody(parameters, handler),
        name=name,
        description=description,
        parameters=parameters,
        options=read_options(settings, where),
        where=where,
    )
