"""From what a model wrote to plain JSON arguments, or to a sentence that tells it what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from liteagent.tools.errors import ToolArgumentsError

if TYPE_CHECKING:
    from pydantic import ValidationError


def parse(tool: str, text: str) -> dict[str, Any]:
    """The JSON object in `text`; nothing at all counts as an object without members."""
    import pydantic_core

    try:
        value: object = pydantic_core.from_json(text, allow_inf_nan=False) if text.strip() else {}
    except (ValueError, TypeError) as error:  # the latter for text that no UTF-8 can hold
        raise ToolArgumentsError(tool, [f"they are not JSON ({error})"]) from None
    if not isinstance(value, dict):
        raise ToolArgumentsError(tool, [f"they are a {_kind(value)}, not an object"])
    return cast(dict[str, Any], value)


def plain(tool: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """`given` itself, once it is sure that JSON can say it: an infinity, for one, it cannot."""
    try:
        json.dumps(given, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ToolArgumentsError(tool, [f"they are not JSON ({error})"]) from None
    return given


def problems_of(error: ValidationError, known: Sequence[str]) -> Iterator[str]:
    """One clause for each thing that is wrong. `known` are the tool's parameters."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden" and len(problem["loc"]) == 1:
            names = ", ".join(known) or "none"
            yield f"`{where}` is no parameter (the parameters are: {names})"
        elif problem["type"] == "missing":
            yield f"`{where}` is missing"
        else:
            message = problem["msg"]
            yield f"`{where}`: {message[:1].lower()}{message[1:]}"


def schema_problems(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """The same for a plain JSON schema."""
    from jsonschema.validators import validator_for
    from referencing import Registry

    # An empty registry, so that no reference in a stranger's schema is fetched from the network.
    validator = validator_for(schema)(schema, registry=Registry[Any]())
    for problem in validator.iter_errors(value):
        where = ".".join(str(part) for part in problem.absolute_path)
        yield f"`{where}`: {problem.message}" if where else problem.message


def _kind(value: object) -> str:
    names: dict[type, str] = {list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
