from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liteagent.errors import JournalCorruptError, ValidationError
from liteagent.journal import INLINE_LIMIT, decode, encode, references

LONG = "x" * (INLINE_LIMIT + 1)
TEXTS = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    ["$blob", "$$blob", "$$$blob", "$", "blob", '{"$blob":"' + "0" * 64 + '"}', LONG, LONG + "é\0"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_every_json_value_comes_back_as_it_was(data: dict[str, object]) -> None:
    # What JSON itself makes of it: two surrogates in a row are one character there.
    data = json.loads(json.dumps(data))
    text, blobs = encode(data)
    assert text.isascii()
    assert references(text) == set(blobs)
    assert decode(text, blobs) == data


@given(VALUES.filter(lambda value: "$" not in json.dumps(value) and LONG not in json.dumps(value)))
def test_the_text_is_compact_ascii_json(value: object) -> None:
    assert encode({"v": value}).text == json.dumps({"v": value}, separators=(",", ":"))


def test_only_strings_beyond_the_limit_become_blobs() -> None:
    text, blobs = encode({"a": ["x" * INLINE_LIMIT, {"b": LONG, "c": LONG}], "d": "y" * 99})
    assert list(blobs.values()) == [LONG.encode()]
    assert LONG not in text
    assert "y" * 99 in text


def test_a_text_that_looks_like_a_reference_is_none() -> None:
    data = {"a": '{"$blob":"' + "0" * 64 + '"}', "b": {"$blob": "0" * 64}}
    text, blobs = encode(data)
    assert references(text) == frozenset()
    assert (blobs, decode(text)) == ({}, data)


def test_mappings_and_tuples_are_stored_as_objects_and_arrays() -> None:
    text, _ = encode(MappingProxyType({"a": (1, MappingProxyType({"b": 2}))}))
    assert decode(text) == {"a": [1, {"b": 2}]}


def deep(levels: int) -> object:
    value: object = LONG
    for _ in range(levels):
        value = [value]
    return value


NOT_PLAIN = {
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a set": {1},
    "bytes": b"bytes",
    "an integer too long to be read": 10**5000,
    "nested beyond what can be walked": deep(600),
    "nested beyond what can be written": deep(5000),
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_json_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        encode({"value": NOT_PLAIN[name]})


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(ValidationError):
        encode({"value": value})


@pytest.mark.parametrize("text", ["", "{", '{"a":1}x', '{"$blob":"0"', '{"$blob":["0"]}'])
def test_damaged_text_is_reported_as_damage(text: str) -> None:
    with pytest.raises(JournalCorruptError):
        decode(text)


def test_a_missing_blob_is_reported_as_damage() -> None:
    text, blobs = encode({"a": LONG})
    with pytest.raises(JournalCorruptError, match=next(iter(blobs))):
        decode(text)
