"""A process that is killed while it works loses nothing, and nothing runs twice unasked."""

from __future__ import annotations

import os
import signal
import subprocess

from tests.cli.command_line import CommandLine
from tests.cli.terminal_session import at_terminal
from tests.cli.test_chat_terminal import COMMAND

QUESTION = "Nobody knows whether announce has happened"


def killed_at(point: str, *args: str) -> None:
    """Run the real command with a kill at a named point."""
    environ = {**os.environ, "LITEAGENT_CRASH_AT": point}
    done = subprocess.run([COMMAND, *args], env=environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_tool_that_may_have_run_is_asked_about_and_not_run_again(cli: CommandLine) -> None:
    approval = cli.ask_for_approval("lunch")
    session = cli("sessions", "list", "--json").json[0]["id"]
    killed_at("tool.after-effect", "approvals", "approve", approval)
    assert cli.announcements == ["lunch"]
    with at_terminal([COMMAND, "chat", "--session", session], {}) as terminal:
        terminal.wait_for(QUESTION)
        terminal.wait_for("[l]ater › ")
        terminal.type("t\n")
        terminal.wait_for("the answer › ")
        terminal.type("It was announced.\n")
        assert "announce answered: It was announced." in terminal.wait_for("you › ")
    assert cli.announcements == ["lunch"]


def test_whoever_says_so_has_it_run_again(cli: CommandLine) -> None:
    approval = cli.ask_for_approval("lunch")
    session = cli("sessions", "list", "--json").json[0]["id"]
    killed_at("tool.after-intent", "approvals", "approve", approval)
    assert cli.announcements == []
    said = cli("chat", "--session", session, "-m", "hello")
    assert said.code == 0
    (item,) = cli("approvals", "list", "--json").json
    assert item["kind"] == "unknown_outcome"
    assert "outcome unknown" in cli("approvals", "list").out
    assert cli("approvals", "approve", item["id"]).code == 0
    assert cli.announcements == ["lunch"]


def test_a_new_conversation_takes_up_what_another_left(cli: CommandLine) -> None:
    approval = cli.ask_for_approval("lunch")
    killed_at("model.after-intent", "approvals", "reject", approval)
    assert cli("sessions", "list", "--json").json[0]["status"] == "running"
    with at_terminal([COMMAND, "chat"], {}) as terminal:
        terminal.wait_for("you › ")
        terminal.type("hello\n")
        terminal.wait_for("[demo] Hello!")
        terminal.wait_for("you › ")
        terminal.type("/quit\n")
        assert terminal.exit_code() == 0
    assert {s["status"] for s in cli("sessions", "list", "--json").json} == {"idle"}


def test_a_message_whose_answer_was_cut_off_is_answered(cli: CommandLine) -> None:
    killed_at("model.after-effect", "chat", "--session", "mine", "-m", "hello")
    said = cli("chat", "--session", "mine", "-m", "again")
    assert said.code == 0
    messages = cli("sessions", "show", "mine", "--json").json["messages"]
    assert sorted(message["role"] for message in messages) == ["assistant"] * 2 + ["user"] * 2
    assert said.out.count("[demo]") == 1  # the other one's answer is in the session
