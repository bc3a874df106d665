"""What a field has to hold, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liteagent.chat.cards.arguments import Argument, Schema, Shape
from liteagent.chat.cards.shown import as_line, cut
from liteagent.events import Json

_LONGEST = 200


def expected(argument: Argument) -> str:
    """`must be a whole number from 1 to 10`; empty where the schema says more than that."""
    if argument.choices:
        return f"must be one of {cut(', '.join(as_line(each) for each in argument.choices), 120)}"
    match argument.shape:
        case Shape.INTEGER:
            return f"must be a whole number{_range(argument.schema)}"
        case Shape.NUMBER:
            return f"must be a number{_range(argument.schema)}"
        case Shape.BOOLEAN:
            return "must be yes or no"
        case Shape.STRING:
            return _text(argument.schema)
        case Shape.JSON:
            kind = "a list" if argument.schema.get("type") == "array" else "an object"
            return f"must be {kind} in JSON"
        case Shape.ANY:
            return ""


def problems(
    schema: Schema, args: Mapping[str, Json], arguments: Mapping[str, Argument]
) -> dict[str, str]:
    """What is wrong with the arguments, the first thing of each by its name; by an empty one what
    no single argument is to blame for.
    """
    from jsonschema.validators import validator_for
    from referencing import Registry

    # An empty registry, so that no reference in a stranger's schema is fetched from the network.
    validator = validator_for(schema)(schema, registry=Registry[Any]())
    found: dict[str, str] = {}
    for problem in validator.iter_errors(args):
        path = list(problem.absolute_path)
        name = str(path[0]) if path else ""
        known = arguments.get(name)
        sentence = expected(known) if known is not None and len(path) == 1 else ""
        where = ".".join(str(part) for part in (path if known is None else path[1:]))
        message = cut(problem.message, _LONGEST)
        found.setdefault(name, sentence or (f"{where}: {message}" if where else message))
    return found


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return "".join(_bounds(schema))


def _bounds(schema: Schema) -> Iterator[str]:
    words = {
        "minimum": "of at least",
        "maximum": "of at most",
        "exclusiveMinimum": "greater than",
        "exclusiveMaximum": "less than",
        "multipleOf": "that is a multiple of",
    }
    glue = " "
    for name, word in words.items():
        if name in schema:
            yield f"{glue}{word} {schema[name]}"
            glue = " and "


def _text(schema: Schema) -> str:
    low, high = schema.get("minLength"), schema.get("maxLength")
    if "pattern" in schema:
        return f"must match {schema['pattern']}"
    if low is not None and high is not None:
        return f"must have {low} to {high} characters"
    if low is not None:
        return "must not be empty" if low == 1 else f"must have at least {low} characters"
    if high is not None:
        return f"must have at most {high} characters"
    return "must be text"
