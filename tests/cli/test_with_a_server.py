"""The same commands against a running server, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from liteagent.cli.chat.bridge import Bridge
from tests.cli.command_line import CommandLine
from tests.cli.served import Served, served
from tests.cli.terminal_session import at_terminal
from tests.cli.test_chat_terminal import CHOICES, COMMAND


@pytest.fixture
def server(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with Bridge() as bridge, bridge.entered(served(cli.home)) as server:
        monkeypatch.setenv("LITEAGENT_SERVER", server.url)
        monkeypatch.setenv("LITEAGENT_API_KEY", server.key)
        yield server


def test_a_message_is_answered(cli: CommandLine, server: Served) -> None:
    said = cli("chat", "-m", "hello")
    assert said.code == 0
    assert said.out.startswith("[demo] Hello!")


def test_the_server_can_be_named_by_an_option(
    cli: CommandLine, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LITEAGENT_SERVER")
    assert cli("chat", "--server", server.url, "--session", "mine", "-m", "hello").code == 0
    assert cli("sessions", "show", "mine", "--server", server.url, "--json").json["seq"] > 0


def test_a_session_that_is_not_there_is_made_and_gone_on_with(
    cli: CommandLine, server: Served
) -> None:
    cli("chat", "--session", "mine", "-m", "hello")
    cli("chat", "--session", "mine", "-m", "again")
    messages = cli("sessions", "show", "mine", "--json").json["messages"]
    assert [m["text"] for m in messages if m["role"] == "user"] == ["hello", "again"]


def test_a_turn_that_waits_is_decided_and_goes_on_there(cli: CommandLine, server: Served) -> None:
    said = cli("chat", "--session", "mine", "-m", "announce lunch")
    assert said.code == 3
    approval = cli("approvals", "list", "--json").json[0]["id"]
    assert f"liteagent approvals approve {approval} --server {server.url}" in said.err
    decided = cli("approvals", "approve", approval)
    assert decided.code == 0
    assert "the server goes on with it" in decided.out
    again = cli("chat", "--session", "mine", "-m", "hello")  # comes after the turn that waited
    assert again.code == 0
    assert cli.announcements == ["lunch"]


def test_a_second_decision_is_told_the_first(cli: CommandLine, server: Served) -> None:
    cli("chat", "-m", "announce lunch")
    approval = cli("approvals", "list", "--json").json[0]["id"]
    assert cli("approvals", "reject", approval, "--reason", "no").code == 0
    said = cli("approvals", "approve", approval)
    assert said.code == 1
    assert "settled already: reject by ann" in said.err
    assert cli("approvals", "edit", "apr_nope", "{}").code == 2


def test_sessions_are_listed_forked_cancelled_and_their_events_printed(
    cli: CommandLine, server: Served
) -> None:
    cli("chat", "--session", "one", "-m", "hello")
    cli("chat", "--session", "two", "-m", "announce lunch")
    assert [s["id"] for s in cli("sessions", "list", "--json").json] == ["two", "one"]
    waiting = cli("sessions", "list", "--agent", "assistant", "--status", "waiting", "--json")
    assert [session["id"] for session in waiting.json] == ["two"]
    lines = [json.loads(line) for line in cli("sessions", "events", "one").out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    last = len(lines)
    assert cli("sessions", "events", "one", "--after", str(last)).out == ""
    assert cli("sessions", "fork", "one", "--at", str(last)).code == 0
    assert cli("sessions", "cancel", "two").out == "1 turn ended.\n"


def test_agents_are_those_of_the_server(cli: CommandLine, server: Served) -> None:
    assert server.url in cli("agents", "list").out
    assert cli("agents", "show", "assistant", "--json").json["model"] == ["demo/demo"]
    assert cli("agents", "show", "nobody").code == 2


def test_an_agent_is_applied_to_the_server_and_can_be_talked_to_there(
    cli: CommandLine, server: Served
) -> None:
    Path("clerk.yaml").write_text("name: clerk\npurpose: Files.\nmodel: demo/demo\n")
    said = cli("agents", "apply", "clerk.yaml", "--server", server.url)
    assert said.code == 0
    assert said.out == f"clerk is kept: {server.url}\n"
    assert cli("agents", "show", "clerk", "--json").json["purpose"] == "Files."
    assert cli("chat", "--agent", "clerk", "-m", "hello").code == 0
    Path("clerk.yaml").write_text("name: assistant\nmodel: demo/demo\n")
    refused = cli("agents", "apply", "clerk.yaml")
    assert refused.code == 1
    assert "built in" in refused.err


def test_what_the_server_does_not_know_is_wrong_usage(cli: CommandLine, server: Served) -> None:
    assert cli("sessions", "show", "nope").code == 2
    said = cli("chat", "--agent", "nobody", "-m", "hello")
    assert said.code == 2
    assert "nobody" in said.err


def test_a_key_that_is_not_good_is_told_with_what_to_set(
    cli: CommandLine, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_API_KEY", "la_wrong")
    said = cli("sessions", "list")
    assert said.code == 1
    assert "LITEAGENT_API_KEY" in said.err


def test_status_looks_at_the_server(cli: CommandLine, server: Served) -> None:
    said = cli("status", "--json")
    assert said.code == 0
    assert said.json["ready"] is True
    assert said.json["url"] == server.url


def test_a_question_that_somebody_else_settles_meanwhile_needs_no_answer(
    cli: CommandLine, server: Served, tmp_path: Path
) -> None:
    with at_terminal([COMMAND, "chat"], {}) as terminal:
        terminal.wait_for("you › ")
        terminal.type("announce lunch\n")
        terminal.wait_for(CHOICES)
        approval = cli("approvals", "list", "--json").json[0]["id"]
        assert cli("approvals", "approve", approval).code == 0
        shown = terminal.wait_for("you › ")
        assert "ann approved announce" in shown
        assert "✓ announce" in shown
        terminal.type("/quit\n")
        assert terminal.exit_code() == 0
    assert cli.announcements == ["lunch"]


QUORUM = "name: desk\nmodel: demo/demo\ntools: [announce]\napproval: {announce: {quorum: 2}}\n"


@pytest.fixture
def desk(cli: CommandLine) -> None:
    """Written before the server reads."""
    agents = cli.home / "agents"
    agents.mkdir(parents=True)
    (agents / "desk.yaml").write_text(QUORUM)


def test_arguments_that_somebody_changes_meanwhile_are_asked_about_anew(
    cli: CommandLine, desk: None, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = cli("keys", "create", "bob", "--scope", "approve", "--as", "bob").out.strip()
    with at_terminal([COMMAND, "chat", "--agent", "desk"], {}) as terminal:
        terminal.wait_for("you › ")
        terminal.type("announce lunch\n")
        assert 'text: "lunch"' in terminal.wait_for(CHOICES)
        approval = cli("approvals", "list", "--json").json[0]["id"]
        with monkeypatch.context() as patch:
            patch.setenv("LITEAGENT_API_KEY", bob)
            assert cli("approvals", "edit", approval, '{"text": "dinner"}').code == 3
        terminal.wait_for('text: "dinner"')
        terminal.wait_for(CHOICES)
        terminal.type("a\n")
        terminal.wait_for("you › ")
        terminal.type("/quit\n")
        assert terminal.exit_code() == 0
    assert cli.announcements == ["dinner"]
