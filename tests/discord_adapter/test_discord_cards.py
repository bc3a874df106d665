"""Cards and forms as Discord takes them, whatever they say."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liteagent.chat.cards.form import Field, FieldKind, Form
from liteagent.chat.platform import FileOut, Text
from liteagent.testing.discord.checks import message_problems, modal_problems
from liteagent_discord.cards import card_body, plain_body
from liteagent_discord.errors import DiscordError
from liteagent_discord.messages import body_of, is_keyed, shows
from liteagent_discord.modals import modal
from tests.fixtures.cards import card

TEXTS = st.text(max_size=5000)


def test_an_open_card_shows_what_is_asked_for_whom_until_when_and_its_buttons() -> None:
    body = card_body(card())
    shown = str(body)

    for part in ("ops asks to run restart", "prod", "Ann", "Anybody who", "<t:1700000000:R>"):
        assert part in shown
    row = body["components"][0]["components"]
    assert [(each["custom_id"], each["style"]) for each in row] == [("v1", 3), ("v2", 4)]


def test_a_settled_card_says_how_and_has_no_buttons() -> None:
    body = card_body(card(buttons=(), outcome="Approved by Bob", settled_at=1700000000.0))

    assert "Approved by Bob" in str(body)
    assert "Open until" not in str(body)
    assert body["components"] == []


@given(title=TEXTS, text=TEXTS, value=TEXTS, name=TEXTS)
@example(title="*" * 5000, text="*" * 5000, value="`" * 5000, name="*" * 5000)
def test_discord_takes_every_card_whatever_it_says(
    title: str, text: str, value: str, name: str
) -> None:
    drawn = card(
        title=title,
        tool=name,
        agent=name,
        args={name: value},
        changes={name: (value, text)},
        requester=name,
        rule=text,
        votes=(name, "x"),
        quorum=2,
        note=text,
        outcome=text,
        settled_at=1.0,
        whole=text,
    )
    assert list(message_problems(card_body(drawn), flags=0)) == []
    assert list(message_problems(plain_body(drawn), flags=0)) == []


def test_a_card_that_does_not_show_all_says_so() -> None:
    assert "Not all of the arguments" not in str(card_body(card()))
    assert "Not all of the arguments" in str(card_body(card(whole="{}")))
    assert "Not all of the arguments" in str(plain_body(card(whole="{}")))


def test_arguments_do_not_break_out_of_their_block() -> None:
    body = card_body(card(args={"text": "``` @everyone *bold*"}))
    assert body["embeds"][0]["description"].count("```") == 2


FORM = Form(
    value="la:a1:edit:x",
    title="Edit restart",
    submit="Approve with changes",
    fields=(
        Field(name="name", label="Name", value="web", hint="As systemctl knows it."),
        Field(name="why", label="Why", kind=FieldKind.TEXT, required=False),
        Field(name="env", label="Env", kind=FieldKind.CHOICE, value="b", choices=("a", "b")),
        Field(name="odd", label="Odd", kind=FieldKind.CHOICE, choices=("x" * 101,)),
    ),
)


def test_a_form_is_a_modal_that_discord_takes() -> None:
    data = modal(FORM)

    assert list(modal_problems(data)) == []
    assert [row["component"]["type"] for row in data["components"]] == [4, 4, 3, 4]
    assert [row["component"]["required"] for row in data["components"]] == [True, False, True, True]


@given(name=st.text(min_size=1, max_size=100), text=st.text(max_size=4000))
def test_discord_takes_every_field_that_fits(name: str, text: str) -> None:
    field = Field(name=name, label=text, hint=text, value=text, kind=FieldKind.TEXT)
    form = Form(value="la:a1:edit:x", title=text, submit="s", fields=(field,))
    assert list(modal_problems(modal(form))) == []


@pytest.mark.parametrize(
    "field", [Field(name="n", label="N", value="x" * 4001), Field(name="n" * 101, label="N")]
)
def test_what_no_form_holds_is_said_to_be_too_large(field: Field) -> None:
    with pytest.raises(DiscordError, match="decide on the web") as error:
        modal(Form(value="v", title="t", submit="s", fields=(field,)))
    assert error.value.permanent


def test_a_message_is_known_by_its_nonce_and_by_what_it_shows_where_there_is_none() -> None:
    file = FileOut(name="a.md", content=b"x", title="All")
    key, other = "a" * 32, "b" * 32

    assert is_keyed({"nonce": "a" * 25}, key) is True
    assert is_keyed({"nonce": "a" * 25}, other) is False
    assert is_keyed({"content": "x"}, key) is None
    assert shows({"content": "hello "}, Text("hello"), key)
    assert not shows({"content": ""}, Text(""), key)
    assert shows(body_of(card()), card(buttons=(), outcome="done"), key)
    assert shows(body_of(card(), embeds=False), card(), key)
    assert not shows(body_of(card()), card(approval_id="a2"), key)
    assert shows(body_of(file, key), file, key)
    assert not shows(body_of(file, key), file, other)
