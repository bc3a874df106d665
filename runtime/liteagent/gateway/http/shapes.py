"""What a piece of JSON is, for code that was promised nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast


def as_object(value: Any) -> Mapping[str, Any] | None:
    """The value if it is an object."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: Any) -> Sequence[Any] | None:
    """The value if it is an array."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else None
