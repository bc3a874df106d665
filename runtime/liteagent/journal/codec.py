"""Event data as JSON text, with long strings moved out into content-addressed blobs.

The text is pure ASCII, so NULs and lone surrogates survive any store. A string longer than
`INLINE_LIMIT` characters, wherever it stands in the data, becomes `{"$blob": "<sha256 hex>"}`; a
key of the data that looks like that marker gets one more `$` in front, so every value comes back
as it was.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from liteagent.errors import JournalCorruptError, ValidationError
from liteagent.events import Draft, Json

INLINE_LIMIT = 32 * 1024
"""Characters; a longer string is stored as a blob."""
LARGE = 256 * 1024
"""Characters; to write and hash more of them would hold an event loop up for milliseconds."""

_MARKER = "$blob"
_MARKED = _MARKER + '"'
"""Stands in a text that has a reference or an escaped key, and in hardly any other."""
_REFERENCE = re.compile(r'\{"\$blob":"([0-9a-f]{64})"\}')
_LOOKS_LIKE_MARKER = re.compile(r"\$+blob")


class Encoded(NamedTuple):
    """What is stored: the text, and by digest the blobs that it refers to, as UTF-8."""

    text: str
    blobs: Mapping[str, bytes]


_NO_BLOBS: Mapping[str, bytes] = {}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Json]", value))
    raise TypeError(f"{type(value).__name__} is not JSON")


_ENCODER = json.JSONEncoder(
    separators=(",", ":"), allow_nan=False, default=_plain, check_circular=False
)
"""A cycle is found as what is too deep to write."""


def _encoding() -> Callable[[Json], str]:
    """`_ENCODER.encode`, with the C encoder that it makes anew for every text, which takes as long
    as to write a short one, made once; where Python has none of the kind, the method itself.
    """
    make: Callable[..., Callable[[Json, int], Iterable[str]]] | None
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _ENCODER.encode
    quote = json.encoder.encode_basestring_ascii
    pieces = make(None, _plain, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(pieces(value, 0))


_dump = _encoding()


def dump(value: Json) -> str:
    """Compact ASCII JSON. Raises `ValidationError` for what JSON cannot say (NaN, sets, …)."""
    try:
        return _dump(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError(f"Only plain JSON can be journaled: {error}.") from error


def load(text: str) -> Any:
    """The inverse of `dump`. Raises `JournalCorruptError` for what is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JournalCorruptError(f"The journal holds damaged JSON: {error}.") from error


def encode(data: Json) -> Encoded:
    """The text and the blobs to store for `data`. Raises `ValidationError` as `dump` does."""
    text = dump(data)
    return Encoded(text, _NO_BLOBS) if _is_whole(text) else _encode_parts(data)


async def encode_drafts(drafts: Iterable[Draft]) -> Encoded:
    """As `encode` of their types and data in pairs, but what takes a while of a large payload is
    done in a thread.
    """
    pairs = [(draft.type, draft.data) for draft in drafts]
    if _holds_large(pairs):
        return await asyncio.to_thread(encode, pairs)
    text = dump(pairs)
    if _is_whole(text):
        return Encoded(text, _NO_BLOBS)
    if len(text) < LARGE:
        return _encode_parts(pairs)
    return await asyncio.to_thread(_encode_parts, pairs)


def _holds_large(pairs: Iterable[tuple[str, Mapping[str, Json]]]) -> bool:
    for _, data in pairs:
        for value in data.values():
            if isinstance(value, str) and len(value) >= LARGE:
                return True
    return False


def _is_whole(text: str) -> bool:
    return len(text) <= INLINE_LIMIT and _MARKED not in text


def _encode_parts(data: Json) -> Encoded:
    blobs: dict[str, bytes] = {}
    try:
        moved = _move_out(data, blobs)
    except RecursionError as error:
        raise ValidationError("Data so deeply nested cannot be journaled.") from error
    return Encoded(dump(moved), blobs)


def references(text: str) -> frozenset[str]:
    """The digests that an encoded text refers to."""
    # Inside a JSON string a quote is escaped, and a key of the data that reads like the marker is
    # not spelled so any more: what matches is a reference.
    return frozenset(_REFERENCE.findall(text)) if _MARKED in text else frozenset()


def decode(text: str, blobs: Mapping[str, bytes] = _NO_BLOBS) -> Any:
    """The data that `encode` was given; `blobs` holds at least what `references` names.

    Raises `JournalCorruptError` for a missing blob and for what is no JSON.
    """
    if _MARKED not in text:
        return load(text)

    def restore(value: dict[str, Json]) -> Json:
        if _MARKER in value:
            return _text_of(str(value[_MARKER]), blobs)
        return {_unescaped(key): item for key, item in value.items()}

    try:
        return json.loads(text, object_hook=restore)
    except (ValueError, RecursionError) as error:
        raise JournalCorruptError(f"The journal holds damaged JSON: {error}.") from error


def _move_out(value: Json, blobs: dict[str, bytes]) -> Json:
    if isinstance(value, str):
        return _blob(value, blobs) if len(value) > INLINE_LIMIT else value
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Json]", value).items()
        return {_escaped(key): _move_out(item, blobs) for key, item in items}
    if isinstance(value, list | tuple):
        return [_move_out(item, blobs) for item in cast("Sequence[Json]", value)]
    return value


def _blob(text: str, blobs: dict[str, bytes]) -> dict[str, str]:
    content = text.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(content).hexdigest()
    blobs[digest] = content
    return {_MARKER: digest}


def _text_of(digest: str, blobs: Mapping[str, bytes]) -> str:
    content = blobs.get(digest)
    if content is None:
        raise JournalCorruptError(f"The journal has lost the blob {digest}.")
    return content.decode("utf-8", "surrogatepass")


def _escaped(key: str) -> str:
    return f"${key}" if _LOOKS_LIKE_MARKER.fullmatch(key) else key


def _unescaped(key: str) -> str:
    return key[1:] if _LOOKS_LIKE_MARKER.fullmatch(key) else key
