"""Approval cards and forms as Slack takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liteagent.chat.cards.form import Field, FieldKind, Form
from liteagent.chat.places import Place
from liteagent.testing.slack import FakeSlack
from liteagent.testing.slack.blocks import check_blocks, check_view, readable
from liteagent_slack.cards import card_blocks, card_text
from liteagent_slack.errors import SlackError
from liteagent_slack.modals import errors_by_block, modal
from liteagent_slack.platform import SlackPlatform
from tests.fixtures.cards import card

TEXTS = st.text(max_size=4000)


def test_an_open_card_shows_what_is_asked_for_whom_until_when_and_its_buttons() -> None:
    shown = readable(card_blocks(card()))

    for part in ("ops asks to run restart", '"env": "prod"', "Ann", "Anybody who", "Approve"):
        assert part in shown
    assert "<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>" in shown


def test_a_settled_card_says_how_and_has_no_buttons() -> None:
    blocks = card_blocks(card(buttons=(), outcome="Approved by Bob", settled_at=1700000000.0))

    assert "Approved by Bob" in readable(blocks)
    assert "Open until" not in readable(blocks)
    assert not [block for block in blocks if block["type"] == "actions"]


def test_votes_and_changes_are_shown() -> None:
    shown = readable(
        card_blocks(card(quorum=2, votes=("Bob",), changes={"env": ("prod", "staging")}))
    )
    assert "1 of 2 consent: Bob" in shown
    assert '`env`: `"prod"` → `"staging"`' in shown


@given(title=TEXTS, text=TEXTS, value=st.text(max_size=9000), name=TEXTS)
def test_slack_takes_every_card_whatever_it_says(
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
    )
    assert check_blocks(card_blocks(drawn), "message") == []
    assert len(card_text(drawn)) <= 300


def test_arguments_do_not_break_out_of_their_block() -> None:
    shown = readable(card_blocks(card(args={"text": "``` <!channel> *bold*"})))
    assert shown.count("```") == 2
    assert "<!channel>" not in str(card_blocks(card(args={"text": "<!channel>"})))


FORM = Form(
    value="la:a1:edit:x",
    title="Edit restart",
    submit="Approve with changes",
    fields=(
        Field(name="name", label="Name", value="web", hint="As systemctl knows it."),
        Field(name="why", label="Why", kind=FieldKind.TEXT, required=False),
        Field(name="env", label="Env", kind=FieldKind.CHOICE, value="b", choices=("a", "b")),
        Field(name="odd", label="Odd", kind=FieldKind.CHOICE, choices=("x" * 76,), value="y"),
    ),
)


def test_a_form_is_a_modal_that_slack_takes() -> None:
    view = modal(FORM, {"place": Place(team="T1", channel="C1").to_json(), "message": "1.2"})

    assert check_view(view) == []
    kinds = [block["element"]["type"] for block in view["blocks"]]
    assert kinds == ["plain_text_input", "plain_text_input", "static_select", "plain_text_input"]
    assert [block["optional"] for block in view["blocks"]] == [False, True, False, False]


def test_what_is_longer_than_a_form_holds_is_said_to_be() -> None:
    long = Form(
        value="v", title="t", submit="s", fields=(Field(name="n", label="N", value="x" * 3001),)
    )
    with pytest.raises(SlackError, match="longer than a form"):
        modal(long, {})


def test_complaints_stand_under_their_fields_and_others_under_the_first() -> None:
    errors = errors_by_block(
        {"env": "is wrong", "": "say more", "gone": "too"}, {"name": "", "env": ""}
    )
    assert errors == {"la:env": "is wrong", "la:name": "say more too"}


async def test_a_form_opens_for_whoever_clicked(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    from liteagent_slack.interactions import clicked

    posted = await platform.post(thread, card(), "a" * 32)
    touch = await slack.click(ann, thread.channel, posted, "v2")
    item = clicked(touch.payload, platform.account)
    assert item is None  # the values of this card are not of the shape of ours
    handle = {"trigger_id": touch.trigger_id, "place": thread.to_json(), "message": posted}

    await platform.show_form(FORM, handle)
    (view,) = slack.views.open(ann)
    assert view.title == "Edit restart"
    with pytest.raises(SlackError) as late:
        await platform.show_form(FORM, handle)
    assert late.value.permanent
