"""Arguments as people get to see them: without secrets, without tricks, and not without end."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

from liteagent.events import Json
from liteagent.security.redact import redact

LONGEST = 240
"""Characters of one value on a card."""
MOST = 10
"""Arguments on a card: with names and both sides of a change it stays under what platforms take."""
_LONGEST_NAME = 40
_JOINER = "\u200d"
"""Holds emoji together, and hides nothing."""


def shown_args(args: Mapping[str, Json]) -> dict[str, Json]:
    """What a card shows of these arguments."""
    clean = redact(args)
    shown = {_name(name): _short(value) for name, value in list(clean.items())[:MOST]}
    if len(args) > MOST:
        shown["…"] = f"{len(args) - MOST} more"
    return shown


def shown_changes(
    before: Mapping[str, Json], after: Mapping[str, Json]
) -> dict[str, tuple[Json, Json]]:
    """What an approver changed. Of a secret it is said that it changed, not to what."""
    masked = redact(before), redact(after)
    names = dict.fromkeys([*before, *after])
    changed = [name for name in names if before.get(name, _NONE) != after.get(name, _NONE)]
    return {
        _name(name): (_short(masked[0].get(name)), _short(masked[1].get(name)))
        for name in changed[:MOST]
    }


def as_line(value: Json) -> str:
    """A value of a card in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def visible(text: str) -> str:
    """The text with characters that show nothing, or turn what stands around them, written out."""
    return "".join(char if _is_plain(char) else f"\\u{ord(char):04x}" for char in text)


def cut(text: str, longest: int) -> str:
    """At most about `longest` characters, and how many there are where some are missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text):,} characters)"


def _name(name: str) -> str:
    return cut(visible(name), _LONGEST_NAME)


def _short(value: Json) -> Json:
    """The value itself where it is short, else the beginning of what it looks like."""
    text = as_line(value)
    if isinstance(value, str) or len(text) > LONGEST:
        return cut(visible(text), LONGEST)
    return value


def _is_plain(char: str) -> bool:
    if char in "\n\t" or char == _JOINER:
        return True
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")


_NONE = object()
