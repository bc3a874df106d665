"""Masks secrets in what people and files get to see: logs, cards, errors.

By the name of a field (`password`, `client_secret`, `Authorization`, …), and by the shape of a text
(keys of well-known makers and our own, bearer tokens, JSON Web Tokens, passwords in URLs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

MASK = "***"
_DEEPEST = 50

_SECRET_NAME = re.compile(
    r"(?i)(passw(or)?d|pwd|passphrase|secrets?|token|api[-_ ]?key|access[-_]?key|private[-_]?key"
    r"|signing[-_]?key|encryption[-_]?key|admin[-_]?key|credentials?|authorization|cookie)$"
)

# (what the text in lower case holds if the pattern can match at all, the pattern, the replacement)
_SHAPES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("sk-", re.compile(r"\bsk-[\w-]{12,}"), MASK),
    ("la_", re.compile(r"\bla_[a-z0-9]+_[0-9a-f]{16,}"), MASK),
    ("xox", re.compile(r"\bxox[a-z]-[\w-]{8,}"), MASK),
    ("xapp-", re.compile(r"\bxapp-[\w-]{8,}"), MASK),
    ("gh", re.compile(r"\bgh[a-z]_\w{20,}"), MASK),
    ("github_pat_", re.compile(r"\bgithub_pat_\w{20,}"), MASK),
    ("glpat-", re.compile(r"\bglpat-[\w-]{16,}"), MASK),
    ("hf_", re.compile(r"\bhf_\w{20,}"), MASK),
    ("akia", re.compile(r"\bAKIA[0-9A-Z]{16}\b"), MASK),
    ("aiza", re.compile(r"\bAIza[\w-]{35}"), MASK),
    ("eyj", re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"), MASK),
    ("bearer ", re.compile(r"(?i)\b(bearer +)[\w.~+/=-]{8,}"), rf"\1{MASK}"),
    ("basic ", re.compile(r"(?i)\b(authorization: *basic +)[\w.~+/=-]+"), rf"\1{MASK}"),
    ("://", re.compile(r"(://)[^\s/?#@:]*:[^\s/?#]+@"), rf"\1{MASK}@"),
    # A Discord bot's token: its id, a time and a signature, each in base64.
    (".", re.compile(r"\b[MNO][\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,}"), MASK),
    (
        "=",
        re.compile(r"(?i)((?:passw(?:or)?d|secret|token|api[-_]?key)=)[^\s&,;\"']+"),
        rf"\1{MASK}",
    ),
    (
        "private key-----",
        re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END[A-Z -]*|\Z)"),
        MASK,
    ),
)


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret (`max_tokens` and `idempotency_key` do not)."""
    return _SECRET_NAME.search(name) is not None


def redact_text(text: str) -> str:
    """The text with everything that has the shape of a secret masked."""
    lowered = text.lower()
    for marker, pattern, replacement in _SHAPES:
        if marker in lowered:
            text = pattern.sub(replacement, text)
    return text


def redact(value: Any) -> Any:
    """A copy of plain JSON with its secrets masked; anything that is not JSON is left as it is."""
    return _redact(value, 0)


def _redact(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if depth > _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        fields = cast("Mapping[Any, Any]", value)
        return {key: _field(key, inner, depth + 1) for key, inner in fields.items()}
    if isinstance(value, list | tuple):
        return [_redact(inner, depth + 1) for inner in cast("Sequence[Any]", value)]
    return value


def _field(name: Any, value: Any, depth: int) -> Any:
    # Whether a secret is set is worth knowing, so nothing, empty and yes or no stay visible.
    if value is None or value == "" or isinstance(value, bool):
        return value
    return MASK if isinstance(name, str) and is_secret_name(name) else _redact(value, depth)
