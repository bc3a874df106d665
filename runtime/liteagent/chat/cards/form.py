"""A form that a button opens, as data: a modal on both platforms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    """Several lines."""
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; what is entered is text, which the schema is applied to."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    value: str = ""
    """What stands there already."""
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What to show; `value` is that of the button and comes back with the answers."""

    value: str
    title: str
    """At most 24 characters."""
    submit: str
    """At most 24 characters."""
    fields: tuple[Field, ...]
    """At most 5: a form of more arguments has one field with all of them as JSON."""
