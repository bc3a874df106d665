"""Limits of a form (modal) and of the values typed into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from liteagent.testing.discord.checks.components import INPUT, LABEL, ROW, custom_id
from liteagent.testing.discord.checks.forms import Path, Problem, number_of, one_of, text
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.messages import walk

MOST_VALUE = 4000


def modal_problems(modal: Json) -> Iterator[Problem]:
    """What is wrong with a form. The text that a label may go with counts as no input."""
    at: Path = ("data",)
    yield from text(modal.get("title"), (*at, "title"), least=1, most=45)
    yield from custom_id(modal, at)
    components: list[Json] = modal.get("components") or []
    yield from number_of(components, (*at, "components"), least=1, most=5)
    for place, part in enumerate(components):
        here = (*at, "components", place)
        yield from one_of(part.get("type"), (*here, "type"), (ROW, LABEL, 10))
        if part.get("type") == LABEL:
            yield from text(part.get("label"), (*here, "label"), least=1, most=45)
            yield from text(part.get("description"), (*here, "description"), most=100)
        elif part.get("type") == ROW:
            yield from number_of(part.get("components"), (*here, "components"), least=1, most=1)
    for part in inputs(modal):
        yield from _input(part, (*at, "components"), labelled=_is_labelled(modal, part))


def inputs(modal: Json) -> list[Json]:
    """The text inputs of a form."""
    return [part for part in walk(modal.get("components") or []) if part.get("type") == INPUT]


def _is_labelled(modal: Json, part: Json) -> bool:
    rows: list[Json] = modal.get("components") or []
    return any(row.get("component") is part for row in rows)


def _input(part: Json, at: Path, *, labelled: bool) -> Iterator[Problem]:
    yield from custom_id(part, at)
    yield from one_of(part.get("style"), (*at, "style"), (1, 2))
    if not labelled:
        yield from text(part.get("label"), (*at, "label"), least=1, most=45)
    yield from text(part.get("placeholder"), (*at, "placeholder"), most=100)
    yield from text(part.get("value"), (*at, "value"), most=MOST_VALUE)
    least, most = part.get("min_length") or 0, part.get("max_length") or MOST_VALUE
    if not 0 <= least <= MOST_VALUE or not 1 <= most <= MOST_VALUE or least > most:
        yield Problem(
            (*at, "max_length"), "NUMBER_TYPE_MAX", f"int value should be <= {MOST_VALUE}."
        )


def value_problems(modal: Json, values: Mapping[str, str]) -> Iterator[str]:
    """Why the form cannot be sent with these values, in the words of who fills it in."""
    known = {part["custom_id"]: part for part in inputs(modal)}
    for name in values.keys() - known.keys():
        yield f"the form has no input {name!r}; it has {sorted(known)}"
    for name, part in known.items():
        value = values.get(name, part.get("value") or "")
        least = part.get("min_length") or (1 if part.get("required", True) else 0)
        if len(value) < least and (value or part.get("required", True)):
            yield f"{name!r} needs at least {least} characters"
        if len(value) > (part.get("max_length") or MOST_VALUE):
            yield f"{name!r} takes at most {part.get('max_length') or MOST_VALUE} characters"
