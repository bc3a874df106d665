"""For any arguments: a form that nobody touched changes nothing, and shows no secret."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from liteagent.approvals import Verb
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.cards.draw import as_text, card_of
from liteagent.chat.cards.form import Form
from liteagent.chat.cards.forms import FormTooLargeError, form_of, read_answers

SECRET = "sk-0123456789abcdefghij"
NAMES = st.sampled_from(["name", "token", "deep", "…", "a b", "x" * 100]) | st.text(max_size=8)
TEXTS = st.sampled_from(["***", "x" * 900, "x" * 5_000, "two\r\nlines ", SECRET]) | st.text()
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
ARGS = st.dictionaries(NAMES, VALUES, max_size=6)


def request(args: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "apr_1",
        "kind": "tool",
        "status": "pending",
        "tool": "restart",
        "agent": "ops",
        "args": args,
        "digest": "ab" * 32,
        "requester": {"id": "ann", "name": "Ann"},
        "approvers": None,
        "quorum": 1,
        "expires_at": None,
        "note": "",
    }


def form_with(args: dict[str, Any], schema: dict[str, Any] | None) -> Form | None:
    try:
        return form_of(request(args), Verb.EDIT, "la:x", schema)
    except FormTooLargeError:
        return None


def schema_of(args: dict[str, Any]) -> dict[str, Any]:
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
    kinds |= {list: "array", dict: "object", type(None): "null"}
    return {
        "type": "object",
        "properties": {name: {"type": kinds[type(value)]} for name, value in args.items()},
        "required": list(args),
    }


@settings(max_examples=60, deadline=None)
@given(args=ARGS, typed=st.booleans())
def test_a_form_that_nobody_touched_gives_the_same_arguments(
    args: dict[str, Any], typed: bool
) -> None:
    schema = schema_of(args) if typed else None
    form = form_with(args, schema)
    if form is not None:
        answers = {field.name: field.value for field in form.fields}
        assert read_answers(schema, args, answers) == (args, {})
        trimmed = {name: value.strip() for name, value in answers.items()}
        assert read_answers(schema, args, trimmed) == (args, {})


@settings(max_examples=60, deadline=None)
@given(args=ARGS, typed=st.booleans())
def test_a_form_obeys_the_limits_of_both_platforms(args: dict[str, Any], typed: bool) -> None:
    form = form_with(args, schema_of(args) if typed else None)
    if form is not None:
        assert 1 <= len(form.fields) <= 5
        assert len(form.title) <= 24
        assert len(form.submit) <= 24
        for field in form.fields:
            assert len(field.name) <= 80
            assert 1 <= len(field.label) <= 45
            assert len(field.value) <= 3_000
            assert len(field.hint) <= 100


@settings(max_examples=60, deadline=None)
@given(args=ARGS)
def test_neither_card_nor_form_shows_a_secret_and_a_card_stays_small(args: dict[str, Any]) -> None:
    card = card_of(request(args), Buttons("slack", b"key"))
    assert SECRET not in repr(card)
    assert len(as_text(card)) < 5_000
    for schema in (schema_of(args), None):
        assert SECRET not in repr(form_with(args, schema))
