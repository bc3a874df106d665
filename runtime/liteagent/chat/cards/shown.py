"""Arguments as people get to see them: without secrets, without tricks, and not without end."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import cast

from liteagent.events import Json
from liteagent.security.redact import redact

LONGEST = 240
"""Characters of one value on a card."""
MOST = 10
"""Arguments on a card: with names and both sides of a change it stays under what platforms take."""
_MOST_TOGETHER = 1500
"""Characters of all of them, as platforms count: whoever draws a card has room for these."""
_LONGEST_NAME = 40
_PLAIN = frozenset("\n\t\u200d\ufe0f")
"""The last two hold emoji together, and hide nothing."""
_SHELL_SIGNS = ("$(", "${", "`", "|", ";", "&&", "<(", ">")
_STRANGE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs of which nothing is seen."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0x180B, 0x1810), range(0xE0100, 0xE01F0))
"""Characters that only vary the one before them, and can carry a whole text unseen."""


def shown_args(args: Mapping[str, Json]) -> dict[str, Json]:
    """What a card shows of these arguments."""
    clean = redact(args)
    shown = {_name(name): _short(value) for name, value in list(clean.items())[:MOST]}
    if len(args) > MOST:
        shown["…"] = f"{len(args) - MOST} more"
    return shown


def whole_args(args: Mapping[str, Json]) -> str:
    """All of these arguments, in JSON, where a card shows only some or parts of them; empty where
    it shows all.
    """
    shown, clean = shown_args(args), _seen(redact(args))
    text = json.dumps(shown, ensure_ascii=False, indent=2)
    if shown == clean and len(text) + 4 * sum(map(text.count, "&<>`")) <= _MOST_TOGETHER:
        return ""
    return json.dumps(clean, ensure_ascii=False, indent=2)


def masks_commands(args: Mapping[str, Json]) -> bool:
    """Whether something that is masked as a secret holds signs that a shell acts on: a model can
    be talked into hiding a command there.
    """
    plain, masked = as_line(dict(args)), as_line(redact(args))
    return any(plain.count(sign) > masked.count(sign) for sign in _SHELL_SIGNS)


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
    seen = _seen(value)
    text = as_line(seen)
    return cut(text, LONGEST) if isinstance(seen, str) or len(text) > LONGEST else seen


def _seen(value: Json) -> Json:
    """The value with all its texts and names made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Json]", value)
        return {visible(name): _seen(inner) for name, inner in fields.items()}
    if isinstance(value, list):
        return [_seen(inner) for inner in cast("list[Json]", value)]
    return value


def _is_plain(char: str) -> bool:
    if char in _PLAIN or char == " " or "!" <= char <= "~":
        return True
    if char in _BLANK or any(ord(char) in selectors for selectors in _SELECTORS):
        return False
    return unicodedata.category(char) not in _STRANGE


_NONE = object()
