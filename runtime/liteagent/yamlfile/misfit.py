"""Where a file does not fit its model: pydantic's errors, each by its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import pydantic

from liteagent.errors import near_misses
from liteagent.misfits import objection, wanted
from liteagent.yamlfile import nodes
from liteagent.yamlfile.problem import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from yaml.nodes import Node

_SECRET_FIELD = re.compile(r"(?i)(key|secret|password|token)$")
_Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A pydantic error, the path of its field, the line that names it, and what stands there."""

    path: _Path
    line: int
    node: Node
    error: ErrorDetails


def misfits(
    root: Node, model: type[pydantic.BaseModel], errors: Sequence[ErrorDetails]
) -> list[Problem]:
    """What is wrong, soonest in the file first; a union that fits no member is one problem. What is
    missing comes last: it has no line of its own, and often is what a misspelt field was meant for.
    """
    found = [_locate(root, error) for error in errors]
    by_path: dict[_Path, list[_Misfit]] = {}
    for misfit in found:
        # Of a union's members the one that got furthest is the one that was meant.
        if not any(_is_below(other.path, misfit.path) for other in found):
            by_path.setdefault(misfit.path, []).append(misfit)
    ordered = sorted(
        by_path.values(), key=lambda same: (same[0].error["type"] == "missing", same[0].line)
    )
    return [_problem(model, same) for same in ordered]


def _is_below(path: _Path, above: _Path) -> bool:
    return len(path) > len(above) and path[: len(above)] == above


def _locate(root: Node, error: ErrorDetails) -> _Misfit:
    path: _Path = ()
    line, node = nodes.line_of(root), root
    for part in error["loc"]:
        # Pydantic's `loc` also names members of unions, which are no place in the file.
        if (found := nodes.child(node, part)) is not None:
            path, line, node = (*path, part), nodes.line_of(found[0]), found[1]
    if error["type"] == "missing":
        path = (*path, error["loc"][-1])
    return _Misfit(path, line, node, error)


def _problem(model: type[pydantic.BaseModel], same: Sequence[_Misfit]) -> Problem:
    """One problem out of the errors at one path: several where a union tried each member."""
    first = same[0]
    field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first.path).lstrip(".")
    subject = field or "the file"
    expected = [text for each in same if (text := wanted(each.error)) is not None]
    if first.error["type"] == "extra_forbidden":
        known = near_misses(str(first.path[-1]), _field_names(model, first.path[:-1]))
        message = f"{field} is not a field here: {known.rstrip('.')}"
    elif expected:
        message = f"{subject} should be {' or '.join(dict.fromkeys(expected))}; found "
        secret = _SECRET_FIELD.search(field)
        message += "a value not shown here" if secret else nodes.shown(first.node)
    else:
        message = objection(subject, first.error)
    return Problem(line=first.line, field=field, message=message)


def _field_names(model: type[pydantic.BaseModel], path: _Path) -> set[str]:
    """The names that fields may have at `path`."""
    here = [model]
    for part in path:
        here = [inner for shape in here for inner in _below(shape, part)]
    return {info.alias or name for shape in here for name, info in shape.model_fields.items()}


def _below(model: type[pydantic.BaseModel], part: int | str) -> list[type[pydantic.BaseModel]]:
    for name, info in model.model_fields.items():
        if part in (name, info.alias):
            return list(_models_in(info.annotation))
    # A key of a mapping or an index of a list: the model is still the one that was meant.
    return [model]


def _models_in(annotation: Any) -> Iterator[type[pydantic.BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
