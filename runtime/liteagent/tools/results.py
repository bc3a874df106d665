"""What a tool returned, as plain JSON of bounded size."""

from __future__ import annotations

import json
from typing import Any

MAX_CHARACTERS = 1_000_000
"""A result with more text than this is cut, with a note that says so."""


def to_result(value: object) -> Any:
    """Plain JSON: models, dataclasses, dates, sets and the like in their JSON form, what has none
    as `str(value)`.

    A text of more than `MAX_CHARACTERS` is cut. Anything else whose JSON form is longer becomes
    the beginning of that form, as text. Raises what `str(value)` raises.
    """
    import pydantic_core

    try:
        plain: Any = pydantic_core.to_jsonable_python(
            value, fallback=str, bytes_mode="base64", inf_nan_mode="null"
        )
    except ValueError:  # A value that contains itself.
        plain = str(value)
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    if len(text) > MAX_CHARACTERS:
        plain = (
            f"{text[:MAX_CHARACTERS]}\n[cut: the first {MAX_CHARACTERS:,} of {len(text):,}"
            " characters]"
        )
        return _encodable(plain)
    return (
        plain
        if _encodable(text) == text
        else json.loads(_encodable(json.dumps(plain, ensure_ascii=False)))
    )


def _encodable(text: str) -> str:
    """`text` with half surrogate pairs, which no UTF-8 can hold, replaced by `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")
