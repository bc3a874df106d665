"""Sessions at the command line, and the journal behind them."""

from __future__ import annotations

import json

import pytest

from tests.cli.command_line import CommandLine


def test_sessions_are_listed_last_used_first(cli: CommandLine) -> None:
    cli("chat", "--session", "one", "-m", "hello")
    cli("chat", "--session", "two", "-m", "announce lunch")
    cli("chat", "--session", "one", "-m", "again")
    listed = cli("sessions", "list", "--json").json
    assert [item["id"] for item in listed] == ["one", "two"]
    assert [item["status"] for item in listed] == ["idle", "waiting"]
    assert [item["id"] for item in cli("sessions", "list", "--limit", "1", "--json").json] == [
        "one"
    ]
    waiting = cli("sessions", "list", "--status", "waiting", "--json").json
    assert [item["id"] for item in waiting] == ["two"]


def test_no_sessions_are_told_with_how_to_begin_one(cli: CommandLine) -> None:
    assert "liteagent chat" in cli("sessions", "list").out


def test_events_are_json_lines_without_gaps(cli: CommandLine) -> None:
    cli("chat", "--session", "one", "-m", "hello")
    lines = [json.loads(line) for line in cli("sessions", "events", "one").out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["type"] for line in lines} >= {"message.received", "turn.started", "message.sent"}
    rest = cli("sessions", "events", "one", "--after", "2").out.splitlines()
    assert len(rest) == len(lines) - 2


def test_a_session_is_shown_with_what_was_said(cli: CommandLine) -> None:
    cli("chat", "--session", "one", "-m", "hello")
    shown = cli("sessions", "show", "one").out
    assert "one with assistant: idle" in shown
    assert "local › hello" in shown
    assert "assistant › [demo] Hello!" in shown


def test_a_session_that_is_not_there_is_wrong_usage(cli: CommandLine) -> None:
    for command in (("show",), ("events",), ("cancel",), ("fork", "--at", "1")):
        said = cli("sessions", *command, "nope")
        assert said.code == 2, command
        assert "nope" in said.err, command


def test_cancelling_ends_the_turn_that_waits_and_takes_its_question_back(cli: CommandLine) -> None:
    approval = cli.ask_for_approval()
    session = cli("sessions", "list", "--json").json[0]["id"]
    assert cli("sessions", "cancel", session).out == "1 turn ended.\n"
    assert cli("sessions", "cancel", session).out == "No turn was open.\n"
    assert cli("approvals", "list", "--json").json == []
    assert cli("approvals", "approve", approval).code == 1
    assert cli.announcements == []


def test_a_fork_begins_where_it_was_taken_and_has_no_effects(cli: CommandLine) -> None:
    cli("chat", "--session", "one", "-m", "hello")
    seq = cli("sessions", "show", "one", "--json").json["seq"]
    said = cli("sessions", "fork", "one", "--at", str(seq))
    assert said.code == 0
    fork = said.out.strip()
    messages = cli("sessions", "show", fork, "--json").json["messages"]
    assert messages[0]["text"] == "hello"
    assert cli("sessions", "fork", "one", "--at", "999").code == 2


def test_a_session_that_is_called_almost_so_is_named(cli: CommandLine) -> None:
    cli("chat", "--session", "monday", "-m", "hello")
    for command in (("show",), ("events",), ("cancel",), ("fork", "--at", "1")):
        said = cli("sessions", *command, "mondai")
        assert (said.code, said.err) == (2, "No session named 'mondai': did you mean monday?\n")


def test_events_and_forks_can_be_asked_for_as_json_too(cli: CommandLine) -> None:
    cli("chat", "--session", "monday", "-m", "hello")
    assert (
        cli("sessions", "events", "monday", "--json").out == cli("sessions", "events", "monday").out
    )
    made = cli("sessions", "fork", "monday", "--at", "2", "--json").json["session_id"]
    assert cli("sessions", "show", made).code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("events", "monday", "--after", "9" * 30), "--after"),
        (("list", "--limit", "9" * 30), "--limit"),
        (("list", "--status", "busy"), "'--status': 'busy' is not one of 'idle', 'running'"),
        (("list", "--agent", "asistant"), "did you mean assistant?"),
    ],
)
def test_what_cannot_be_asked_for_is_wrong_usage(
    cli: CommandLine, args: tuple[str, ...], said: str
) -> None:
    refused = cli("sessions", *args)
    assert refused.code == 2
    assert said in refused.err
