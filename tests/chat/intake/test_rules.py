"""Which messages are answered, ignored, refused, or taken for commands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liteagent.agents.chat_settings import PlatformSettings
from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, PersonKind, Place
from liteagent.chat.rules import (
    Answer,
    Command,
    Ignore,
    Refuse,
    Verdict,
    judge,
    slash_command,
    text_command,
)
from tests.chat.intake.desk import BOT, GUEST, STRANGER

ANN = Person(id="U1", team="T1", complete=True)


def said(text: str = "hello", **more: Any) -> Said:
    place = Place(team="T1", channel="C1", thread="1")
    fields: dict[str, Any] = {"place": place, "source": place, "person": ANN} | more
    return Said(
        id="1", order="1", conversation="T1:C1:1", message_id="1", text=text, ts=0.0, **fields
    )


def test_a_server_that_is_not_listed_is_refused() -> None:
    refused = verdict(said(mentions_us=True), servers=["T2"])
    assert isinstance(refused, Refuse)
    assert "servers: [T1]" in refused.sentence
    assert verdict(said(mentions_us=True), servers=["T1"]) == Answer()


def verdict(message: Said, *, bound: bool = False, **settings: Any) -> Verdict:
    allowed = PlatformSettings.model_validate(settings)
    return judge(message, bound=bound, person=message.person, settings=allowed)


def test_a_direct_message_is_always_answered() -> None:
    assert verdict(said(place=Place(team="T1", channel="D1", direct=True))) == Answer()


def test_a_channel_is_answered_on_mention_alone() -> None:
    assert verdict(said()) == Ignore()
    assert verdict(said(mentions_us=True)) == Answer()


def test_a_bound_thread_is_answered_unless_somebody_else_is_spoken_to() -> None:
    assert verdict(said(), bound=True) == Answer()
    assert verdict(said(opens_with_other=True), bound=True) == Ignore()
    assert verdict(said(opens_with_other=True, mentions_us=True), bound=True) == Answer()


def test_our_own_words_are_never_answered() -> None:
    us = replace(ANN, kind=PersonKind.SELF)
    assert verdict(said(person=us, mentions_us=True), bound=True) == Ignore()


@pytest.mark.parametrize(
    ("person", "setting"),
    [
        (GUEST, {"allow_guests": True}),
        (STRANGER, {"allow_external": True}),
        (BOT, {"allow_bots": ["B1"]}),
    ],
)
def test_others_are_refused_with_the_setting_that_allows_them(
    person: Person, setting: dict[str, Any]
) -> None:
    message = said(person=person, mentions_us=True)
    refused = verdict(message)
    assert isinstance(refused, Refuse)
    assert next(iter(setting)) in refused.sentence
    assert verdict(message, **setting) == Answer()


def test_a_shared_channel_is_refused_to_everybody_until_it_is_allowed() -> None:
    message = said(shared=True, mentions_us=True)
    assert isinstance(verdict(message), Refuse)
    assert verdict(message, allow_external=True) == Answer()


def test_a_bot_is_ignored_unless_it_mentions_us_even_where_it_is_allowed() -> None:
    assert verdict(said(person=BOT), bound=True) == Ignore()
    assert verdict(said(person=BOT), bound=True, allow_bots=["B1"]) == Ignore()


def test_a_mention_alone_asks_for_help_and_a_file_alone_is_a_message() -> None:
    assert verdict(said("  ", mentions_us=True)) == Command("help")
    assert verdict(said(""), bound=True) == Ignore()
    file = FileIn(name="a.txt", url="u", size=1)
    assert verdict(said("", mentions_us=True, files=(file,))) == Answer()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("!stop", Command("stop")),
        ("!STOP now", Command("stop", "now")),
        ("!agent ops", Command("agent", "ops")),
        ("!stpo", Command("hint", "stpo")),
        ("!important: look at this", None),
        ("!wow", None),
        ("well, !stop", None),
        ("!!!", None),
    ],
)
def test_commands_stand_at_the_beginning_of_a_text(text: str, command: Command | None) -> None:
    assert text_command(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Command("help")),
        ("status", Command("status")),
        ("!status", Command("status")),
        ("agent ops", Command("agent", "ops")),
        ("agent that knows Kafka, please", None),
        ("status of the cluster?", None),
        ("restart web", None),
    ],
)
def test_a_slash_command_is_one_as_a_whole(text: str, command: Command | None) -> None:
    assert slash_command(text) == command
