"""JSON with what must not or cannot be shown left out, and put back when it was not touched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from liteagent.chat.cards.shown import cut
from liteagent.errors import ValidationError
from liteagent.events import Json
from liteagent.security.redact import MASK, redact

_LONGEST = 400
"""Characters of one text inside JSON that is to be edited."""
_HEAD = 60
_CUT = re.compile(r"… \([\d,]+ characters\)$")


class HiddenValueError(ValidationError):
    """Something that was left out was changed, but not replaced."""

    error_code = "hidden_value"

    def __init__(self, value: str) -> None:
        super().__init__(
            f"{cut(value, 80)!r} stands for a value that is not shown: leave it exactly as it was,"
            " or write the whole new value"
        )


def hidden(value: Json) -> Json:
    """The value with secrets masked and long texts cut."""
    return _cut_texts(redact(value))


def restored(new: Json, shown: Json, present: Json) -> Json:
    """`new` with everything that stands there as it was `shown` put back as it is at `present`.

    Raises `HiddenValueError` where that cannot be told.
    """
    if isinstance(new, Mapping):
        fields = cast("Mapping[str, Json]", new)
        inside = isinstance(shown, Mapping)
        olds = cast("Mapping[str, Json]", shown if inside else {})
        nows: Mapping[str, Json] = present if inside else {}
        return {
            name: restored(value, olds.get(name), nows.get(name)) for name, value in fields.items()
        }
    if isinstance(new, list):
        items = cast("list[Json]", new)
        if isinstance(shown, list):
            return _restored_list(items, cast("list[Json]", shown), present)
        return [restored(item, None, None) for item in items]
    if isinstance(new, str):
        return _restored_text(new, shown, present)
    return new


def _restored_list(new: Sequence[Json], shown: Sequence[Json], present: Sequence[Json]) -> Json:
    """Item by item; where items were added or taken away, each by what it looked like."""
    if len(new) == len(shown):
        return [restored(*each) for each in zip(new, shown, present, strict=True)]
    result: list[Json] = []
    for item in new:
        alike = [now for old, now in zip(shown, present, strict=True) if old == item]
        if any(each != alike[0] for each in alike):
            raise HiddenValueError(str(item))
        result.append(alike[0] if alike else restored(item, None, None))
    return result


def _restored_text(new: str, shown: Json, present: Json) -> Json:
    if new == shown:
        return present
    was_masked = isinstance(shown, str) and MASK in shown
    if new == MASK or (was_masked and MASK in new) or _CUT.search(new):
        raise HiddenValueError(new)
    return new


def _cut_texts(value: Json) -> Json:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_HEAD]}… ({len(value):,} characters)"
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Json]", value)
        return {name: _cut_texts(inner) for name, inner in fields.items()}
    if isinstance(value, list):
        return [_cut_texts(inner) for inner in cast("list[Json]", value)]
    return value
