"""Problems with a form, and the refusal that Discord makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from liteagent.testing.discord.errors import INVALID_FORM, ApiError, Json

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    path: Path
    code: str
    message: str


def refuse(problems: Iterable[Problem]) -> None:
    """Raise 50035 with all the problems, each at its field's path, if there is one."""
    errors: Json = {}
    for problem in problems:
        place = errors
        for step in problem.path:
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    if errors:
        raise ApiError(INVALID_FORM, errors=errors)


def text(value: Any, path: Path, *, least: int = 0, most: int) -> Iterator[Problem]:
    """A string of a length between the two, counted in code points."""
    if value is None:
        if least:
            yield required(path)
    elif not isinstance(value, str):
        yield Problem(path, "STRING_TYPE_CONVERT", "Could not interpret as a string.")
    elif least and not least <= len(value) <= most:
        yield Problem(
            path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
        )
    elif len(value) > most:
        yield Problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def number_of(values: Any, path: Path, *, least: int = 0, most: int) -> Iterator[Problem]:
    """A list of a length between the two."""
    if not isinstance(values, list):
        yield Problem(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    elif not least <= len(values) <= most:  # pyright: ignore[reportUnknownArgumentType]
        yield Problem(
            path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
        )


def one_of(value: Any, path: Path, choices: Iterable[Any]) -> Iterator[Problem]:
    allowed = tuple(choices)
    if value not in allowed:
        yield Problem(path, "BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")


def required(path: Path) -> Problem:
    return Problem(path, "BASE_TYPE_REQUIRED", "This field is required")
