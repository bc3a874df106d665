"""Secrets are masked by their field's name and by their own shape; nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liteagent.security import JWTHandler, User, redact, redact_text
from liteagent.security.secret import new_key


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "db_password",
        "client_secret",
        "clientSecret",
        "api_key",
        "apiKey",
        "X-Api-Key",
        "Authorization",
        "Set-Cookie",
        "slack_bot_token",
        "accessToken",
        "credentials",
        "private_key",
    ],
)
def test_a_field_named_for_a_secret_is_masked_whatever_it_holds(name: str) -> None:
    assert redact({name: "x"}) == {name: "***"}
    assert redact([{"a": {name: {"deep": [1]}}}]) == [{"a": {name: "***"}}]


@pytest.mark.parametrize(
    "name", ["max_tokens", "input_tokens", "idempotency_key", "key", "tokenizer", "secretary"]
)
def test_a_field_that_only_sounds_like_one_is_not(name: str) -> None:
    assert redact({name: 5}) == {name: 5}


@pytest.mark.parametrize("value", [None, "", True, False])
def test_that_a_secret_is_set_or_not_stays_visible(value: Any) -> None:
    assert redact({"password": value}) == {"password": value}


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcDEF0123456789",
        "sk-ant-api03-abcDEF0123456789",
        "xoxb-123456789012-abcdef",
        "xapp-1-A0123-abcdef",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "glpat-abcdefghij0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "AIza" + "a" * 35,
        "MTA1NzI4NTcyODU3Mjg1NzI4.GabcdE.abcdefghijklmnopqrstuvwxyz01234567",
        new_key("abc123"),
        JWTHandler("0" * 32).create_access_token(User(id="u", email="", roles=[])),
    ],
)
def test_a_secret_is_known_by_its_shape_in_any_text(secret: str) -> None:
    assert redact_text(f"calling with {secret}, then") == "calling with ***, then"
    assert redact({"args": ["--flag", secret]}) == {"args": ["--flag", "***"]}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer ***"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic ***"),
        ("redis://:pa55@cache:6379/0", "redis://***@cache:6379/0"),
        ("postgresql://la:p@55@db/la", "postgresql://***@db/la"),
        ("GET /x?api_key=abc&limit=5", "GET /x?api_key=***&limit=5"),
        (
            "key:\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
            "key:\n***\n",
        ),
    ],
)
def test_only_the_secret_part_of_a_text_is_masked(text: str, masked: str) -> None:
    assert redact_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Restart web-1 in prod, please.",
        "https://example.com/a?b=c#d",
        "max_tokens=100 and temperature=0.2",
        "user@example.com",
        "task-1234567890123456",
        "la_fiesta_de_hoy",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


def test_what_is_given_is_not_changed() -> None:
    given_value = {"password": "x", "list": [{"token": "y"}]}
    redact(given_value)
    assert given_value == {"password": "x", "list": [{"token": "y"}]}


def test_a_value_without_end_is_cut_off() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert "***" in repr(redact(endless))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner),
)


@given(json_values)
def test_masking_twice_is_masking_once(value: Any) -> None:
    assert redact(redact(value)) == redact(value)
