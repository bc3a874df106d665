"""What Discord says happened, as values of the chat core."""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.chat.cards.form import Field, FieldKind, Form
from liteagent.chat.inbound import Said
from liteagent.chat.places import PersonKind, Place
from liteagent_discord.account import Account
from liteagent_discord.events import first_id, id_of, order_of, said, seconds_of
from liteagent_discord.interactions import clicked, commanded, submitted
from liteagent_discord.modals import answers_of, modal

US = Account(user="7", application="7", name="agent")
ID = "1574065604925587456"
CHANNEL = Place(team="1", channel="2")
THREAD = Place(team="1", channel="3", parent="2")
DIRECT = Place(team="", channel="4", direct=True)
VALUE = "la:apr_1:edit:" + "x" * 32


def message(text: str = "<@7> restart web", **more: Any) -> dict[str, Any]:
    user = {"id": "42", "username": "ann", "global_name": "Ann"}
    mentions = [{"id": "7", "username": "agent"}] if "<@7>" in text else []
    return {
        "id": ID,
        "type": 0,
        "channel_id": "2",
        "author": user,
        "content": text,
        "mentions": mentions,
        **more,
    }


def heard(text: str = "<@7> restart web", place: Place = CHANNEL, **more: Any) -> Said:
    item = said(message(text, **more), US, place)
    assert item is not None
    return item


def test_a_mention_in_a_channel_begins_a_thread_with_the_id_of_the_message() -> None:
    item = heard()

    assert (item.id, item.message_id, item.conversation) == (ID, ID, f"1:{ID}")
    assert item.place == Place(team="1", channel=ID, parent="2")
    assert item.source == CHANNEL
    assert (item.text, item.mentions_us) == ("restart web", True)
    assert (item.person.id, item.person.name, item.person.team) == ("42", "Ann", "1")


def test_what_is_said_in_a_thread_or_directly_is_answered_where_it_stands() -> None:
    assert heard("more", THREAD).place == THREAD
    assert heard("more", THREAD).conversation == "1:3"
    assert heard("more", DIRECT).place == DIRECT
    assert heard("more", DIRECT).conversation == "@me:4"


def test_a_reply_that_notifies_us_mentions_us_though_its_text_does_not() -> None:
    assert heard("yes", type=19, mentions=[{"id": "7"}]).mentions_us


@pytest.mark.parametrize("text", ["<@43> look", "<@&5> look", "<@!43> look"])
def test_it_is_seen_that_somebody_else_is_addressed(text: str) -> None:
    assert heard(text, THREAD).opens_with_other


@pytest.mark.parametrize("kind", [6, 7, 18, 20, 21, 46])
def test_what_nobody_says_is_nothing(kind: int) -> None:
    assert said(message(type=kind), US, CHANNEL) is None


def test_bots_webhooks_and_we_ourselves_are_told_apart() -> None:
    bot = {"id": "43", "username": "other", "bot": True}
    assert heard(author=bot).person.kind is PersonKind.BOT
    assert heard(webhook_id="9").person.kind is PersonKind.BOT
    assert heard(author={"id": "7", "username": "agent"}).person.kind is PersonKind.SELF


def test_a_mention_is_read_from_the_text_where_no_list_says_who_is_mentioned() -> None:
    for text, is_ours in (("<@7> hi", True), ("hi <@!7>", True), ("<@8> hi", False)):
        payload = message(text)
        del payload["mentions"]
        item = said(payload, US, CHANNEL)
        assert item is not None
        assert item.mentions_us is is_ours


def test_files_and_forwarded_messages_are_part_of_what_is_said() -> None:
    file = {"id": "1", "filename": "a.txt", "url": "https://x/a", "size": 3, "content_type": "t/p"}
    item = heard("look", attachments=[file], message_snapshots=[{"message": {"content": "old"}}])

    assert item.text == "look\nold"
    assert [(f.name, f.size, f.mime) for f in item.files] == [("a.txt", 3, "t/p")]


def test_orders_sort_as_text_like_the_ids_as_numbers() -> None:
    ids = ["99999999999999999", "100000000000000000", ID]
    assert sorted(map(order_of, ids)) == [order_of(each) for each in ids]
    assert [id_of(order_of(each)) for each in ids] == [int(each) for each in ids]
    assert id_of("") == 0
    assert first_id(seconds_of(ID)) <= int(ID)
    assert abs(seconds_of(str(first_id(1_795_357_000.25))) - 1_795_357_000.25) < 0.002


def interaction(kind: int, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "application_id": "7",
        "type": kind,
        "token": "t",
        "data": data,
        "guild_id": "1",
        "channel": {"id": "3", "type": 11, "parent_id": "2"},
        "member": {"user": {"id": "42", "username": "ann"}, "nick": "Annie", "roles": []},
        **more,
    }


def test_a_click_carries_what_is_needed_to_answer_it_later() -> None:
    item = clicked(interaction(3, {"custom_id": VALUE}, message={"id": "9"}))
    assert item is not None
    assert (item.id, item.value, item.message_id, item.place) == (ID, VALUE, "9", THREAD)
    assert item.person.name == "Annie"
    assert item.handle == {
        "id": ID,
        "token": "t",
        "application": "7",
        "on_message": True,
        "person": "42",
    }
    assert clicked(interaction(3, {"custom_id": "other"})) is None
    assert submitted(interaction(3, {"custom_id": VALUE})) is None


def test_a_command_knows_its_text_and_where_it_stands() -> None:
    text = {"options": [{"name": "text", "type": 3, "value": " restart web "}]}
    direct = {"id": "4", "type": 1}
    item = commanded(interaction(2, {"name": "agent", **text}))
    assert item is not None
    assert (item.text, item.conversation) == ("restart web", "1:3")
    more = {"guild_id": None, "channel": direct, "member": None, "user": {"id": "42"}}
    item = commanded(interaction(2, {"name": "agent"}, **more))
    assert item is not None
    assert (item.text, item.place) == ("", DIRECT)


def test_a_form_of_lines_is_one_that_every_client_knows() -> None:
    name = Field(name="name", label="name", value="web", hint="As systemctl knows it.")
    why = Field(name="why", label="Why", kind=FieldKind.TEXT, required=False, hint="For the log.")
    drawn = modal(Form(value=VALUE, title="t", submit="s", fields=(name, why)))["components"]

    assert [row["type"] for row in drawn] == [1, 1]
    lines = [row["components"][0] for row in drawn]
    assert [line["label"] for line in lines] == ["name: As systemctl knows it.", "Why"]
    assert lines[1]["placeholder"] == "For the log."
    assert (lines[0]["value"], lines[0]["custom_id"]) == ("web", "name")


def test_what_is_entered_comes_back_by_field() -> None:
    form = Form(
        value=VALUE,
        title="t",
        submit="s",
        fields=(
            Field(name="env", label="Env", kind=FieldKind.CHOICE, choices=("a", "b"), value="b"),
            Field(name="why", label="Why", kind=FieldKind.TEXT, required=False),
        ),
    )
    kinds = [row["component"]["type"] for row in modal(form)["components"]]
    entered = {
        "custom_id": VALUE,
        "components": [
            {"type": 18, "component": {"type": 3, "custom_id": "env", "values": ["a"]}},
            {"type": 1, "components": [{"type": 4, "custom_id": "why", "value": "so"}]},
        ],
    }
    item = submitted(interaction(5, entered))

    assert kinds == [3, 4]
    assert item is not None
    assert item.answers == {"env": "a", "why": "so"}
    assert answers_of({"components": [{"component": {"custom_id": "e", "values": []}}]}) == {
        "e": ""
    }
