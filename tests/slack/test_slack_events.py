"""What Slack says happened, as values of the chat core."""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.chat.cards.form import Field, Form
from liteagent.chat.inbound import Said
from liteagent.chat.places import PersonKind, Place
from liteagent_slack.account import Account
from liteagent_slack.events import said_in
from liteagent_slack.interactions import clicked, commanded, submitted
from liteagent_slack.modals import modal

US = Account(team="T1", user="UBOT", bot="BBOT")
TS = "1700000000.000100"


def event(text: str = "<@UBOT> restart web", **more: Any) -> dict[str, Any]:
    """An `event_callback` of a message of Ann's in a channel."""
    envelope = {name: more.pop(name) for name in ("is_ext_shared_channel",) if name in more}
    message = {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "text": text,
        "ts": TS,
        "team": "T1",
        "client_msg_id": "x",
    }
    return {
        "type": "event_callback",
        "team_id": "T1",
        "authorizations": [{"team_id": "T1"}],
        "event": message | more,
        **envelope,
    }


def heard(text: str = "<@UBOT> restart web", **more: Any) -> Said:
    item = said_in(event(text, **more), US)
    assert item is not None
    return item


def test_a_mention_in_a_channel_begins_a_thread_of_its_own() -> None:
    said = heard()

    assert said.id == f"T1:C1:{TS}"
    assert said.conversation == f"T1:C1:{TS}"
    assert said.place == Place(team="T1", channel="C1", thread=TS)
    assert said.source == Place(team="T1", channel="C1")
    assert (said.text, said.mentions_us, said.ts) == ("restart web", True, 1700000000.0001)


def test_the_two_events_of_one_mention_are_one_message() -> None:
    assert heard() == heard(type="app_mention")


def test_an_answer_in_a_thread_belongs_to_the_thread() -> None:
    said = heard("and db", thread_ts="1699.1")
    assert (said.conversation, said.place) == ("T1:C1:1699.1", said.source)
    assert not said.mentions_us


@pytest.mark.parametrize("thread", ["", "1699.1"])
def test_a_direct_message_is_one_conversation_or_one_a_thread(thread: str) -> None:
    more = {"thread_ts": thread} if thread else {}
    said = heard("hi", channel="D1", channel_type="im", **more)
    assert said.conversation == ("T1:D1:1699.1" if thread else "T1:D1")
    assert said.place.direct
    assert said.place.thread == thread


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed", "message": {}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"type": "reaction_added"},
        {"user": "", "channel": "C1"},
    ],
)
def test_what_is_no_speech_is_nothing(more: dict[str, Any]) -> None:
    assert said_in(event(**more), US) is None


@pytest.mark.parametrize("more", [{"user": "UBOT"}, {"user": "", "bot_id": "BBOT"}])
def test_what_we_say_ourselves_is_known_as_ours(more: dict[str, Any]) -> None:
    assert heard(**more).person.kind is PersonKind.SELF


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B2", "user": "U2"},
        {"bot_id": "B2", "user": "", "subtype": "bot_message"},
        {"app_id": "A2", "client_msg_id": ""},
    ],
)
def test_other_bots_are_bots_even_with_a_persons_token(more: dict[str, Any]) -> None:
    assert heard(**more).person.kind is PersonKind.BOT


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_speech_of_these_kinds_counts(subtype: str) -> None:
    assert heard(subtype=subtype).text == "restart web"


def test_files_come_with_their_message_and_what_stands_elsewhere_without_an_address() -> None:
    file = {"name": "a.log", "url_private": "u", "size": 3, "mimetype": "text/plain"}
    outside = {"name": "doc", "is_external": True, "url_private": "https://elsewhere", "size": 0}
    gone = {"mode": "tombstone"}
    said = heard(files=[file, outside, gone])
    assert [(each.name, each.url, each.size) for each in said.files] == [
        ("a.log", "u", 3),
        ("doc", "", 0),
    ]


def test_somebody_of_another_workspace_is_told_from_ours() -> None:
    said = heard(user="U9", user_team="T9", team="T9", is_ext_shared_channel=True)
    assert said.id.startswith("T1:")
    assert (said.person.team, said.shared) == ("T9", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@UBOT>: a &lt; b &amp; c", "a < b & c"),
        ("<@UBOT|bot> see <https://x.y/z|this>", "see [this](https://x.y/z)"),
        ("<https://x.y> in <#C2|ops> <!here>", "https://x.y in #ops @here"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("ask <@U2> too", "ask <@U2> too"),
        ("<!subteam^S1|@sre> hello", "@sre hello"),
    ],
)
def test_what_is_typed_reaches_the_agent_in_plain_words(text: str, expected: str) -> None:
    assert heard(text).text == expected


def test_who_is_addressed_first_is_known() -> None:
    assert heard("<@U2> can you?").opens_with_other
    assert not heard("<@UBOT> and <@U2>").opens_with_other


def click(**more: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "username": "ann", "team_id": "T1"},
        "trigger_id": "trigger",
        "response_url": "https://respond",
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1700.2", "channel_id": "C1"},
        "message": {"ts": "1700.2", "thread_ts": "1700.1"},
        "actions": [{"action_id": "la:approve", "value": "la:a1:approve:x", "action_ts": "9.5"}],
    } | more


def test_a_click_says_who_where_and_what() -> None:
    item = clicked(click(), US)
    assert item is not None
    assert item.value == "la:a1:approve:x"
    assert item.place == Place(team="T1", channel="C1", thread="1700.1")
    assert (item.message_id, item.person.id, item.ts) == ("1700.2", "U1", 9.5)
    assert item.handle["trigger_id"] == "trigger"


def test_two_people_who_click_at_the_same_moment_are_two() -> None:
    first, second = clicked(click(), US), clicked(click(user={"id": "U2"}), US)
    assert first is not None
    assert second is not None
    assert first.id != second.id


@pytest.mark.parametrize("lacking", [{}, {"action_ts": None}, {"action_ts": "1.1"}])
def test_every_click_is_told_from_the_others_whatever_slack_leaves_out(
    lacking: dict[str, Any],
) -> None:
    button = {"action_id": "la:approve", "value": "la:a1:approve:x"} | lacking
    another = button | {"value": "la:a2:approve:x"}
    bodies = [
        click(actions=[button]),
        click(actions=[another]),
        click(actions=[button], trigger_id="another"),
        click(actions=[button], response_url="https://respond/another"),
    ]
    ids = [item.id for body in bodies if (item := clicked(body, US)) is not None]
    assert len(set(ids)) == 4
    again = clicked(click(actions=[button]), US)
    assert again is not None
    assert again.id == ids[0]


@pytest.mark.parametrize("value", ["", "other"])
def test_buttons_that_are_no_cards_are_nothing(value: str) -> None:
    assert clicked(click(actions=[{"action_id": "x", "value": value}]), US) is None


def test_a_form_brings_back_its_button_its_place_and_the_answers() -> None:
    form = Form(
        value="la:a1:edit:x", title="Edit", submit="Go", fields=(Field(name="n", label=""),)
    )
    item = clicked(click(), US)
    assert item is not None
    view = modal(form, {name: item.handle[name] for name in ("place", "message", "response_url")})
    values = {"la:n": {"value": {"type": "plain_text_input", "value": "web"}}}
    body = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U2", "username": "bob"},
        "view": view | {"id": "V1", "state": {"values": values}},
    }

    sent = submitted(body, US)

    assert sent is not None
    assert (sent.value, sent.place, sent.answers) == ("la:a1:edit:x", item.place, {"n": "web"})
    assert (sent.person.id, sent.handle) == ("U2", {"response_url": "https://respond"})


def test_views_of_others_are_nothing() -> None:
    view = {"id": "V1", "private_metadata": "not ours"}
    assert submitted({"type": "view_submission", "view": view}, US) is None


def test_a_command_says_what_is_asked_and_where() -> None:
    body = {
        "command": "/agent",
        "text": " is <https://x.y|this> up? ",
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "user_name": "ann",
        "trigger_id": "t",
        "response_url": "https://respond",
    }
    item = commanded(body, US)
    assert item is not None
    assert (item.text, item.conversation) == ("is [this](https://x.y) up?", "T1:C1")
    assert (item.person.name, item.handle["response_url"]) == ("ann", "https://respond")


def test_two_commands_are_two_though_their_triggers_are_alike() -> None:
    body = {"command": "/agent", "text": "status", "channel_id": "C1", "user_id": "U1"}
    bodies = [body, body | {"text": "help"}, body | {"user_id": "U2"}, body | {"response_url": "r"}]
    items = [commanded(each, US) for each in bodies]
    assert len({item.id for item in items if item is not None}) == 4
    assert commanded(dict(body), US) == items[0]
