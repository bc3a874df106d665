"""Putting a tool together from what its function, its docstring and its options say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from liteagent.tools.body import Body, FunctionBody
from liteagent.tools.docstrings import Docs, read_docstring
from liteagent.tools.errors import ToolDefinitionError
from liteagent.tools.model import ArgumentsModel, build_model, json_schema, undescribed
from liteagent.tools.options import Isolation, ToolOptions
from liteagent.tools.parameters import Signature, locate, read_signature, unwrap
from liteagent.tools.tool import Tool

Extra = Literal["forbid", "ignore"]
"""What becomes of arguments that the function does not take."""


def from_function(
    function: Callable[..., Any],
    name: str,
    description: str | None,
    options: ToolOptions,
    *,
    extra: Extra = "forbid",
) -> Tool:
    """Raises `ToolDefinitionError` naming the function, its file and line, and what to change."""
    _refuse_generators(function)
    signature = read_signature(function)
    docs = read_docstring(unwrap(function).__doc__)
    model = build_model(signature, docs.parameters, extra=extra)
    made = assemble(
        FunctionBody(function, signature, model),
        name=name,
        description=description or docs.description,
        parameters=json_schema(model),
        options=options,
        where=signature.where,
    )
    return replace(made, warnings=tuple(_warnings(made, signature, model, docs)))


def load_body(function: Callable[..., Any]) -> FunctionBody:
    """What is needed to call `function` with arguments that were checked elsewhere."""
    signature = read_signature(function)
    return FunctionBody(function, signature, build_model(signature, {}, extra="ignore"))


def assemble(
    body: Body,
    *,
    name: str,
    description: str,
    parameters: Mapping[str, Any],
    options: ToolOptions,
    where: str,
) -> Tool:
    """The tool, with the isolation that it will really have."""
    fields = {field: getattr(options, field) for field in ToolOptions.__dataclass_fields__}
    fields["isolation"] = _isolation(body, options, where)
    return Tool(name=name, description=description, parameters=parameters, body=body, **fields)


def _refuse_generators(function: Callable[..., Any]) -> None:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ToolDefinitionError(
            f"{locate(function)} cannot be a tool: it is a generator; return one value, and say"
            " what happens meanwhile with ctx.progress()."
        )


def _isolation(body: Body, options: ToolOptions, where: str) -> Isolation:
    """Where it must run: a thread cannot be stopped, so a plain function with a timeout gets a
    process.
    """
    if options.isolation == "inline" and (body.is_async or options.timeout is None):
        return "inline"
    if body.entry is None:
        raise ToolDefinitionError(
            f"{where} cannot be a tool: it has to run in a process of its own (isolation='process',"
            " or a timeout on a plain function), which can only import functions from the top level"
            " of a module; move it there, or make it async and inline."
        )
    return "process"


def _warnings(made: Tool, signature: Signature, model: ArgumentsModel, docs: Docs) -> Iterator[str]:
    if not made.description:
        yield f"{made.name} has no description: models cannot know when to use it."
    for name in undescribed(signature, model):
        yield f"{made.name}: nothing describes the parameter {name}."
    for parameter in signature.parameters:
        if not parameter.annotated:
            yield f"{made.name}: the parameter {parameter.name} has no type, so any JSON fits."
    known = {parameter.name for parameter in signature.parameters} | {signature.context}
    for name in sorted(docs.parameters.keys() - known):
        yield f"{made.name}: the docstring describes {name}, which is no parameter."
