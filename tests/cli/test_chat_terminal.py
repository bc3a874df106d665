"""`liteagent chat` at a terminal: answers stream, approvals are asked inline, Ctrl-C stops."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liteagent.testing.distributions import write_distribution
from tests.cli.command_line import CommandLine
from tests.cli.terminal_session import TerminalSession, at_terminal

COMMAND = str(Path(sys.executable).with_name("liteagent"))
CHOICES = "[l]ater › "
WAITING_TOOL = '''
import asyncio
import liteagent

@liteagent.tool(effect="pure", approval="never")
async def wait_long() -> str:
    """Wait."""
    await asyncio.sleep(3600)
    return "waited"

@liteagent.hookimpl
def register_tools(register):
    register(wait_long)
'''


@contextmanager
def chat(*args: str, **environ: str) -> Generator[TerminalSession]:
    with at_terminal([COMMAND, "chat", *args], environ) as terminal:
        terminal.wait_for("you › ")
        yield terminal


def leave(terminal: TerminalSession) -> None:
    terminal.type("/quit\n")
    assert terminal.exit_code() == 0


def test_a_conversation_says_that_the_model_is_a_demo_and_how_to_go_on(cli: CommandLine) -> None:
    with chat() as terminal:
        assert "The demo model is a script" in terminal.all_shown
        terminal.type("hello\n")
        assert "assistant (demo) › [demo] Hello!" in terminal.wait_for("you › ")
        leave(terminal)
        session = cli("sessions", "list", "--json").json[0]["id"]
        assert f"liteagent chat --session {session}" in terminal.all_shown


def test_a_call_is_approved_inline_and_runs_once(cli: CommandLine) -> None:
    with chat() as terminal:
        terminal.type("announce lunch is ready\n")
        asked = terminal.wait_for(CHOICES)
        assert "announce waits for your approval." in asked
        assert 'text: "lunch is ready"' in asked
        assert cli.announcements == []
        terminal.type("a\n")
        shown = terminal.wait_for("you › ")
        assert "✓ announce → Added to" in shown
        assert "[demo] announce answered:" in shown
        leave(terminal)
    assert cli.announcements == ["lunch is ready"]


def test_arguments_are_edited_inline(cli: CommandLine) -> None:
    with chat() as terminal:
        terminal.type("announce lunch\n")
        terminal.wait_for(CHOICES)
        terminal.type("e\n")
        terminal.wait_for('{"text": "lunch"}')
        terminal.type('\x01\x0b{"text": "dinner"}\n')  # to the start, cut the rest, write anew
        terminal.wait_for("✓ announce")
        terminal.wait_for("you › ")
        leave(terminal)
    assert cli.announcements == ["dinner"]


def test_an_edit_that_does_not_fit_is_asked_again(cli: CommandLine) -> None:
    with chat() as terminal:
        terminal.type("announce lunch\n")
        terminal.wait_for(CHOICES)
        terminal.type("e\n")
        terminal.wait_for('{"text": "lunch"}')
        terminal.type('\x01\x0b{"words": 3}\n')
        assert "`words` is no parameter" in terminal.wait_for(CHOICES)
        terminal.type("a\n")
        terminal.wait_for("you › ")
        leave(terminal)
    assert cli.announcements == ["lunch"]


def test_a_rejection_asks_for_the_reason_and_tells_it(cli: CommandLine) -> None:
    with chat() as terminal:
        terminal.type("announce lunch\n")
        terminal.wait_for(CHOICES)
        terminal.type("r\n")
        terminal.wait_for("why › ")
        terminal.type("not today\n")
        assert "it was not run: not today" in terminal.wait_for("you › ")
        leave(terminal)
    assert cli.announcements == []


def test_what_was_typed_before_the_question_does_not_answer_it(cli: CommandLine) -> None:
    with chat() as terminal:
        terminal.type("announce lunch\na\n")
        terminal.wait_for(CHOICES)
        terminal.type("x\n")
        terminal.wait_for("One of the letters in brackets")
        assert cli.announcements == []
        terminal.wait_for(CHOICES)
        terminal.type("l\n")
        terminal.wait_for("you › ")
        leave(terminal)
    assert cli.announcements == []


def test_a_question_put_off_does_not_hold_up_the_conversation_and_is_asked_again(
    cli: CommandLine,
) -> None:
    with chat("--session", "mine") as terminal:
        terminal.type("announce lunch\n")
        terminal.wait_for(CHOICES)
        terminal.type("l\n")
        approval = cli("approvals", "list", "--json").json[0]["id"]
        assert f"liteagent approvals approve {approval}" in terminal.wait_for("you › ")
        terminal.type("hello\n")
        assert "[demo] Hello!" in terminal.wait_for("you › ")
        leave(terminal)
    with at_terminal([COMMAND, "chat", "--session", "mine"], {}) as terminal:
        terminal.wait_for(CHOICES)
        terminal.type("a\n")
        terminal.wait_for("you › ")
        leave(terminal)
    assert cli.announcements == ["lunch"]


@pytest.fixture
def waiting_tool(tmp_path: Path, cli: CommandLine) -> dict[str, str]:
    """An agent with a tool that waits for an hour; what the environment needs for it."""
    write_distribution(
        tmp_path / "site",
        "liteagent-wait",
        plugins={"wait": "liteagent_wait"},
        modules={"liteagent_wait": WAITING_TOOL},
    )
    agent = Path("configs/agents/waiter.yaml")
    agent.parent.mkdir(parents=True)
    agent.write_text("name: waiter\nmodel: demo/demo\ntools: [wait_long]\n")
    return {"PYTHONPATH": str(tmp_path / "site")}


def test_ctrl_c_stops_the_turn_and_not_the_conversation(
    cli: CommandLine, waiting_tool: dict[str, str]
) -> None:
    with chat("--session", "mine", **waiting_tool) as terminal:
        terminal.type("call wait_long {}\n")
        terminal.wait_for("· wait_long()")
        terminal.type("\x03")
        assert "stopped" in terminal.wait_for("you › ")
        terminal.type("hello\n")
        assert "[demo] Hello!" in terminal.wait_for("you › ")
        leave(terminal)
    lines = cli("sessions", "events", "mine").out.splitlines()
    assert sum('"turn.cancelled"' in line for line in lines) == 1


def test_ctrl_c_during_a_single_message_stops_its_turn_and_exits_as_interrupted(
    cli: CommandLine, waiting_tool: dict[str, str]
) -> None:
    command = [COMMAND, "chat", "--session", "mine", "-m", "call wait_long {}"]
    with at_terminal(command, waiting_tool) as terminal:
        terminal.wait_for("· wait_long()")
        terminal.press_until("\x03", "stopped")
        assert terminal.exit_code() == 130
    assert cli("sessions", "show", "mine", "--json").json["status"] == "idle"


def test_a_session_that_another_process_works_on_is_left_to_it(
    cli: CommandLine, waiting_tool: dict[str, str]
) -> None:
    with chat("--session", "mine", **waiting_tool) as terminal:
        terminal.type("call wait_long {}\n")
        terminal.wait_for("· wait_long()")
        said = cli("sessions", "cancel", "mine")
        assert said.code == 1
        assert "is being worked on by" in said.err
        assert "--server" in said.err
        terminal.type("\x03")
        terminal.wait_for("you › ")
        leave(terminal)
    assert cli("sessions", "cancel", "mine").code == 0


def test_ctrl_c_twice_at_the_prompt_leaves(cli: CommandLine) -> None:
    with chat("--session", "mine") as terminal:
        terminal.type("hello\n")
        terminal.wait_for("[demo] Hello!")
        terminal.wait_for("you › ")
        terminal.press_until("\x03", "Ctrl-C again leaves.")
        terminal.press_until("\x03", "liteagent chat --session mine")
        assert terminal.exit_code() == 0


def test_the_history_of_prompts_is_kept(cli: CommandLine) -> None:
    with chat() as terminal:
        terminal.type("hello there\n")
        terminal.wait_for("[demo]")
        terminal.wait_for("you › ")
        leave(terminal)
    with chat() as terminal:
        terminal.type("\x10\x10")  # two lines back, past /quit
        terminal.wait_for("hello there")
        terminal.type("\n")
        assert "[demo] Hello!" in terminal.wait_for("you › ")


def test_a_message_at_a_terminal_streams_and_shows_the_tools(cli: CommandLine) -> None:
    with at_terminal([COMMAND, "chat", "-m", "what time is it?"], {}) as terminal:
        assert terminal.exit_code() == 0
    assert "[demo] Calling current_time." in terminal.all_shown
    assert "✓ current_time →" in terminal.all_shown
    assert "Traceback" not in terminal.all_shown


def test_events_are_followed_as_another_process_writes_them_until_ctrl_c(cli: CommandLine) -> None:
    cli("chat", "--session", "monday", "-m", "hello")
    command = [COMMAND, "sessions", "events", "monday", "--follow"]
    with at_terminal(command, {}) as terminal:
        terminal.wait_for("turn.completed")
        assert cli("chat", "--session", "monday", "-m", "and again").code == 0
        assert '"text": "and again"' in terminal.wait_for("turn.completed")
        terminal.type("\x03")
        assert terminal.exit_code() == 130


def test_a_session_that_somebody_else_makes_meanwhile_is_talked_in(cli: CommandLine) -> None:
    with chat("--session", "monday") as terminal:
        assert cli("chat", "--session", "monday", "-m", "first").code == 0
        terminal.type("hello\n")
        terminal.wait_for("assistant (demo) › [demo] Hello!")
        leave(terminal)
    said = [
        message["text"] for message in cli("sessions", "show", "monday", "--json").json["messages"]
    ]
    assert (said[0], said[2]) == ("first", "hello")
