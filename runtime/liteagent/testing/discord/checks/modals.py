"""Limits of a form (modal) and of what is filled into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from liteagent.testing.discord.checks.components import (
    INPUT,
    LABEL,
    ROW,
    SELECT,
    TEXT_DISPLAY,
    custom_id,
    select_problems,
    unique,
)
from liteagent.testing.discord.checks.forms import Path, Problem, number_of, one_of, text
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.messages import walk

MOST_VALUE = 4000
Value = str | Sequence[str]
"""What a text input takes, or the chosen values of a select."""


def modal_problems(modal: Json) -> Iterator[Problem]:
    """What is wrong with a form."""
    at: Path = ("data", "components")
    yield from text(modal.get("title"), ("data", "title"), least=1, most=45)
    yield from custom_id(modal, ("data",))
    rows: list[Json] = modal.get("components") or []
    yield from number_of(rows, at, least=1, most=5)
    for place, row in enumerate(rows):
        yield from _row(row, (*at, place))
    yield from unique(rows, at)


def _row(row: Json, at: Path) -> Iterator[Problem]:
    yield from one_of(row.get("type"), (*at, "type"), (ROW, LABEL, TEXT_DISPLAY))
    if row.get("type") == LABEL:
        yield from text(row.get("label"), (*at, "label"), least=1, most=45)
        yield from text(row.get("description"), (*at, "description"), most=100)
        yield from _field(row.get("component") or {}, (*at, "component"), labelled=True)
    elif row.get("type") == ROW:
        yield from number_of(row.get("components"), (*at, "components"), least=1, most=1)
        for place, part in enumerate(row.get("components") or ()):
            yield from _field(part, (*at, "components", place), labelled=False)


def _field(part: Json, at: Path, *, labelled: bool) -> Iterator[Problem]:
    if part.get("type") == SELECT:
        yield from select_problems(part, at)
    if part.get("type") != INPUT:
        return
    yield from custom_id(part, at)
    yield from one_of(part.get("style"), (*at, "style"), (1, 2))
    if not labelled:
        yield from text(part.get("label"), (*at, "label"), least=1, most=45)
    yield from text(part.get("placeholder"), (*at, "placeholder"), most=100)
    yield from text(part.get("value"), (*at, "value"), most=MOST_VALUE)
    least, most = part.get("min_length") or 0, part.get("max_length") or MOST_VALUE
    if not 0 <= least <= MOST_VALUE or not least <= most <= MOST_VALUE:
        problem = f"int value should be less than or equal to {MOST_VALUE}."
        yield Problem((*at, "max_length"), "NUMBER_TYPE_MAX", problem)


def fields(modal: Json) -> dict[str, Json]:
    """What can be filled in, text inputs and selects of given options, by custom id."""
    parts = walk(modal.get("components") or [])
    return {part["custom_id"]: part for part in parts if part.get("type") in (INPUT, SELECT)}


def value_problems(modal: Json, values: Mapping[str, Value]) -> Iterator[str]:
    """Why the form cannot be sent with these values, in the words of who fills it in."""
    known = fields(modal)
    for name in sorted(values.keys() - known.keys()):
        yield f"the form has no field {name!r}; it has {sorted(known)}"
    for name, part in known.items():
        if part["type"] == SELECT:
            yield from _choice(part, values.get(name, ()))
        else:
            yield from _typed(part, values.get(name, part.get("value") or ""))


def _choice(part: Json, values: Value) -> Iterator[str]:
    options = [one["value"] for one in part.get("options") or ()]
    least = part.get("min_values", 1) if part.get("required", True) else 0
    if isinstance(values, str) or not set(values) <= set(options):
        yield f"{part['custom_id']!r} takes a list of {options}, not {values!r}"
    elif not least <= len(values) <= (part.get("max_values") or 1):
        yield f"{part['custom_id']!r} takes {least} to {part.get('max_values') or 1} values"


def _typed(part: Json, value: Value) -> Iterator[str]:
    must = part.get("required", True)
    least, most = part.get("min_length") or int(must), part.get("max_length") or MOST_VALUE
    if not isinstance(value, str):
        yield f"{part['custom_id']!r} takes text, not {value!r}"
    elif (value or must) and len(value) < least:
        yield f"{part['custom_id']!r} needs at least {least} characters"
    elif len(value) > most:
        yield f"{part['custom_id']!r} takes at most {most} characters"
