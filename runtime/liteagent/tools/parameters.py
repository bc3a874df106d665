"""The parameters of a typed function, with their annotations resolved."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liteagent.tools.context import ToolContext
from liteagent.tools.errors import ToolDefinitionError

MISSING = inspect.Parameter.empty
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument of a tool. `default` is `MISSING` where it must be given."""

    name: str
    annotation: Any
    default: Any
    annotated: bool
    """False where the author wrote no annotation, so that any JSON fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a tool's function takes."""

    where: str
    """`name (file:line)`, for messages."""
    parameters: tuple[Parameter, ...]
    context: str | None
    """The parameter that takes the `ToolContext`."""


def locate(function: Callable[..., Any]) -> str:
    """`name (file:line)` of a function, or as much of it as is known."""
    plain = unwrap(function)
    name = getattr(plain, "__qualname__", repr(plain))
    code = getattr(plain, "__code__", None)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name


def unwrap(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function behind partials and decorators that keep `__wrapped__`."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(function)


def read_signature(function: Callable[..., Any]) -> Signature:
    """Raises `ToolDefinitionError` naming the function, its file and line, and the parameter."""
    where = locate(function)
    parameters: list[Parameter] = []
    context = None
    for parameter in inspect.signature(function).parameters.values():
        _refuse(parameter, where)
        annotation = _resolve(function, parameter, where)
        if _takes_context(annotation):
            context = parameter.name
            continue
        parameters.append(
            Parameter(
                name=parameter.name,
                annotation=annotation,
                default=parameter.default,
                annotated=parameter.annotation is not MISSING,
            )
        )
    return Signature(where=where, parameters=tuple(parameters), context=context)


def _refuse(parameter: inspect.Parameter, where: str) -> None:
    """Raise for a parameter that a JSON object cannot fill."""
    if parameter.kind in _VARIADIC:
        raise ToolDefinitionError(
            f"{where} cannot be a tool: {parameter} has no fixed name or type;"
            " write out the parameters."
        )
    if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
        raise ToolDefinitionError(
            f"{where} cannot be a tool: {parameter.name} is positional-only,"
            " and a tool's arguments are named."
        )
    if parameter.name in ("self", "cls") and parameter.annotation is MISSING:
        raise ToolDefinitionError(
            f"{where} cannot be a tool: it is a method; make tools of bound ones,"
            f" tool(instance.{where.partition(' ')[0].rpartition('.')[2]})."
        )


def _resolve(function: Callable[..., Any], parameter: inspect.Parameter, where: str) -> Any:
    annotation = parameter.annotation
    if annotation is MISSING:
        return Any
    # One parameter at a time, so that the message can say which one it is.
    holder = types.SimpleNamespace(__annotations__={parameter.name: annotation})
    scope: Mapping[str, Any] = getattr(unwrap(function), "__globals__", {})
    try:
        hints = typing.get_type_hints(holder, globalns=dict(scope), include_extras=True)
    except (NameError, AttributeError, TypeError, SyntaxError) as error:
        raise ToolDefinitionError(
            f"{where} cannot be a tool: the annotation {annotation!r} of {parameter.name}"
            f" cannot be resolved ({error}); import what it names, outside TYPE_CHECKING."
        ) from error
    return hints[parameter.name]


def _takes_context(annotation: Any) -> bool:
    return annotation is ToolContext or ToolContext in typing.get_args(annotation)
