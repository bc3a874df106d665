"""What pydantic found wrong, said so that a person can put it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WANTED = {
    "a whole number": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "a number": ("float_type", "float_parsing", "decimal_type", "decimal_parsing"),
    "text": ("string_type", "string_sub_type"),
    "true or false": ("bool_type", "bool_parsing"),
    "a list": ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"),
    "a mapping": ("dict_type", "model_type", "mapping_type", "dataclass_type"),
    "nothing": ("none_required",),
}
_WANTED_BY_TYPE = {kind: wanted for wanted, kinds in _WANTED.items() for kind in kinds}
_INPUT_SHOULD_BE = "Input should be "


def wanted(error: ErrorDetails) -> str | None:
    """What should stand there (`a whole number`), or None where the error is not of that kind."""
    known = _WANTED_BY_TYPE.get(error["type"])
    if known is None and error["msg"].startswith(_INPUT_SHOULD_BE):
        return error["msg"].removeprefix(_INPUT_SHOULD_BE)
    return known


def objection(field: str, error: ErrorDetails) -> str:
    """Why `field` does not do, where that is not a matter of what should stand there."""
    if error["type"] == "missing":
        return f"{field} is missing"
    if error["type"] in ("value_error", "assertion_error"):
        return f"{field}: {error['msg'].partition(', ')[2].rstrip('.')}"
    return f"{field}: {error['msg'][:1].lower()}{error['msg'][1:].rstrip('.')}"
