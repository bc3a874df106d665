"""What a tool does, behind its name and schema: a typed function, or a handler of plain JSON."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from liteagent.tools.arguments import problems_of, schema_problems
from liteagent.tools.context import ToolContext
from liteagent.tools.entry import entry_of
from liteagent.tools.errors import ToolArgumentsError, ToolDefinitionError
from liteagent.tools.model import ArgumentsModel, field_of
from liteagent.tools.parameters import Signature

Handler = Callable[[dict[str, Any], ToolContext], Awaitable[Any]]
"""Takes the arguments as plain JSON and the context."""


class Body(Protocol):
    """The part of a tool that checks arguments and runs."""

    @property
    def is_async(self) -> bool:
        """Whether `start` returns at once, with an awaitable."""
        ...

    @property
    def entry(self) -> str | None:
        """`module:qualname` by which another process finds the function; None where it cannot."""
        ...

    def check(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Plain JSON arguments with defaults filled in. Raises `ToolArgumentsError`."""
        ...

    def start(self, arguments: Mapping[str, Any], ctx: ToolContext) -> Any:
        """Call it with checked arguments; its value, or an awaitable of it. Blocks unless
        `is_async`.
        """
        ...


class FunctionBody:
    """A typed Python function."""

    def __init__(
        self, function: Callable[..., Any], signature: Signature, model: ArgumentsModel
    ) -> None:
        self.is_async = inspect.iscoroutinefunction(function)
        self.entry = entry_of(function)
        self._function = function
        self._signature = signature
        self._model = model

    def check(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the function will be called with, in JSON: after coercion, so that whoever approves
        sees the same as the function.
        """
        given = _text(tool, arguments)
        checked = self._read(tool, given)
        again = _text(tool, checked)
        if again != given and self._read(tool, again) != checked:
            raise ToolDefinitionError(
                f"{self._signature.where} cannot be a tool: a type of its parameters changes a"
                " value that it has read before, so nobody can approve what the function gets;"
                " do that change inside the function."
            )
        return checked

    def start(self, arguments: Mapping[str, Any], ctx: ToolContext) -> Any:
        import pydantic_core

        values = self._model.model_validate_json(pydantic_core.to_json(arguments))
        named: dict[str, Any] = {
            parameter.name: getattr(values, field_of(index))
            for index, parameter in enumerate(self._signature.parameters)
        }
        if self._signature.context is not None:
            named[self._signature.context] = ctx
        return self._function(**named)

    def _read(self, tool: str, text: bytes) -> dict[str, Any]:
        """What the arguments in `text` are after coercion, in plain JSON."""
        import pydantic_core

        try:
            values = self._model.model_validate_json(text)
        except pydantic_core.ValidationError as error:
            names = [parameter.name for parameter in self._signature.parameters]
            raise ToolArgumentsError(tool, list(problems_of(error, names))) from None
        return values.model_dump(mode="json", by_alias=True)


def _text(tool: str, arguments: Mapping[str, Any]) -> bytes:
    import pydantic_core

    try:
        return pydantic_core.to_json(arguments)
    except pydantic_core.PydanticSerializationError as error:
        raise ToolArgumentsError(tool, [f"they are not JSON ({error})"]) from None


class SchemaBody:
    """A handler behind a plain JSON schema, such as a remote server's tool."""

    is_async = True
    entry = None

    def __init__(self, schema: Mapping[str, Any], handler: Handler) -> None:
        self._schema = schema
        self._handler = handler

    def check(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        checked = dict(arguments)
        problems = list(schema_problems(self._schema, checked))
        if problems:
            raise ToolArgumentsError(tool, problems)
        return checked

    def start(self, arguments: Mapping[str, Any], ctx: ToolContext) -> Awaitable[Any]:
        return self._handler(dict(arguments), ctx)
