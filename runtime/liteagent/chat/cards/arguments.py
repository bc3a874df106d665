"""A tool's arguments, as its JSON schema has them, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from liteagent.events import Json

MOST_FIELDS = 5
"""Inputs of a form on Discord."""
_LONGEST_NAME = 80
_DEEPEST = 2
"""Levels of one argument that somebody can still keep apart: a list of flat objects."""
Schema = Mapping[str, Json]


class Shape(StrEnum):
    """How an argument is written down as text."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    JSON = "json"
    """A list or an object."""
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a tool."""

    name: str
    shape: Shape
    schema: Schema
    """What its value has to fit, without `null` and references."""
    required: bool
    nullable: bool
    description: str
    choices: tuple[Json, ...]
    """The only values it may have; empty where there are others."""


def arguments_of(schema: Schema, given: Mapping[str, Json]) -> tuple[Argument, ...] | None:
    """The arguments to ask for one by one; None where that would be too many of them, or too deep,
    or where the schema does not name all that was given.
    """
    properties: Mapping[str, Schema] = schema.get("properties", {})
    if not properties or len(properties) > MOST_FIELDS or not set(given) <= set(properties):
        return None
    if any(not 0 < len(name.strip()) <= len(name) <= _LONGEST_NAME for name in properties):
        return None
    if any(_depth(each, schema, 0) > _DEEPEST for each in properties.values()):
        return None
    required: Sequence[str] = schema.get("required", ())
    return tuple(
        _argument(name, each, schema, required=name in required)
        for name, each in properties.items()
    )


def _argument(name: str, given: Schema, root: Schema, *, required: bool) -> Argument:
    outer = _resolved(given, root)
    variants = list(_variants(outer, root))
    values = [each for each in variants if each.get("type") != "null"]
    schema: Schema = values[0] if len(values) == 1 else {}
    choices = [value for each in values for value in _choices(each)]
    return Argument(
        name=name,
        shape=_shape(schema),
        schema=schema,
        required=required,
        nullable=len(values) < len(variants),
        description=str(outer.get("description") or schema.get("description") or ""),
        choices=tuple(choices) if all(_choices(each) for each in values) else (),
    )


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema with references into `root` followed; what stands beside them goes before."""
    for _ in range(10):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        found: Json = root
        for part in reference[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            found = cast("Schema", found).get(part, {}) if isinstance(found, Mapping) else {}
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**cast("Schema", found), **beside} if isinstance(found, Mapping) else beside
    return schema


def _variants(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Every alternative, without `anyOf` and lists of types."""
    alternatives: Sequence[Schema] = schema.get("anyOf") or schema.get("oneOf") or ()
    for each in alternatives:
        yield from _variants(_resolved(each, root), root)
    if alternatives:
        return
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        yield schema
        return
    for kind in cast("list[str]", kinds):
        yield {**schema, "type": kind}


def _choices(schema: Schema) -> tuple[Json, ...]:
    if "const" in schema:
        return (schema["const"],)
    return tuple(value for value in schema.get("enum", ()) if value is not None)


def _shape(schema: Schema) -> Shape:
    kind = schema.get("type")
    if kind in ("array", "object"):
        return Shape.JSON
    return Shape(kind) if kind in Shape.__members__.values() else Shape.ANY


def _depth(schema: Schema, root: Schema, level: int) -> int:
    """Levels of lists and objects; a schema that holds itself is deeper than anybody asks for."""
    if level > _DEEPEST:
        return level
    deepest = level
    for each in _variants(_resolved(schema, root), root):
        inner: list[Json] = [*each.get("properties", {}).values(), *each.get("prefixItems", ())]
        inner += [each.get(name) for name in ("items", "additionalProperties")]
        below = [_depth(cast("Schema", s), root, level + 1) for s in inner if isinstance(s, dict)]
        own = level + 1 if _shape(each) is Shape.JSON else level
        deepest = max([deepest, own, *below])
    return deepest
