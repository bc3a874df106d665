"""Text at the boundary to a provider: JSON in UTF-8 cannot carry half a surrogate pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def well_formed(text: str) -> str:
    """`text` with surrogate pairs joined and each lone surrogate replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def well_formed_json(value: Any) -> Any:
    """A JSON value with `well_formed` applied to every text in it, keys included."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return {well_formed(key): well_formed_json(item) for key, item in items}
    if isinstance(value, list | tuple):
        return [well_formed_json(item) for item in cast("list[Any]", value)]
    return value


class SurrogateJoiner:
    """Joins a stream of text whose pieces may split a surrogate pair, as some servers' do."""

    def __init__(self) -> None:
        self._high = ""

    def feed(self, piece: str) -> str:
        """The well-formed text so far that was not given yet; may be empty."""
        text = self._high + piece
        self._high = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return well_formed(text[: len(text) - len(self._high)])

    def end(self) -> str:
        """What is left when the stream is over."""
        left, self._high = self._high, ""
        return _REPLACEMENT if left else ""
