"""`chat` without a terminal: one message, or a pipe of them; what it prints and exits with."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command_line import CommandLine


def agent(name: str, model: str) -> None:
    path = Path("configs/agents") / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"name: {name}\nmodel: {model}\n")


def test_a_message_is_answered_on_stdout_and_nothing_else_is_printed(cli: CommandLine) -> None:
    said = cli("chat", "-m", "hello")
    assert said.code == 0
    assert said.out.startswith("[demo] Hello!")
    assert said.err == ""


def test_only_the_last_answer_of_a_turn_with_tools_is_printed(cli: CommandLine) -> None:
    said = cli("chat", "-m", "what time is it?")
    assert said.code == 0
    assert said.out.startswith("[demo] current_time answered:")
    assert "Calling" not in said.out


def test_a_turn_that_waits_for_a_person_exits_with_3_and_says_what_and_how(
    cli: CommandLine,
) -> None:
    said = cli("chat", "-m", "announce lunch is ready")
    assert said.code == 3
    assert said.out == ""
    assert "announce waits for your approval." in said.err
    assert 'text: "lunch is ready"' in said.err
    approval = cli("approvals", "list", "--json").json[0]["id"]
    assert f"liteagent approvals approve {approval}" in said.err
    assert cli.announcements == []


def test_every_line_of_a_pipe_is_a_message_of_one_session(cli: CommandLine) -> None:
    said = cli("chat", typed="hello\n\nanother one\n")
    assert said.code == 0
    assert said.out.count("[demo]") == 2
    assert "You said: another one" in said.out
    assert len(cli("sessions", "list", "--json").json) == 1


def test_a_pipe_goes_on_after_a_question_to_a_person_and_exits_with_3(cli: CommandLine) -> None:
    said = cli("chat", typed="announce lunch\nhello\n")
    assert said.code == 3
    assert "[demo] Hello!" in said.out


def test_an_empty_pipe_is_no_conversation(cli: CommandLine) -> None:
    assert cli("chat", typed="").code == 0
    assert cli("sessions", "list", "--json").json == []


def test_a_session_that_is_not_there_is_made_and_gone_on_with(cli: CommandLine) -> None:
    assert cli("chat", "--session", "mine", "-m", "hello").code == 0
    assert cli("chat", "--session", "mine", "-m", "again").code == 0
    messages = cli("sessions", "show", "mine", "--json").json["messages"]
    assert [m["text"] for m in messages if m["role"] == "user"] == ["hello", "again"]


def test_a_session_stays_with_its_agent(cli: CommandLine) -> None:
    agent("ops", "demo/demo")
    assert cli("chat", "--agent", "ops", "--session", "mine", "-m", "hello").code == 0
    said = cli("chat", "--agent", "assistant", "--session", "mine", "-m", "hello")
    assert said.code == 2
    assert "Session mine is with the agent ops, not assistant" in said.err


def test_an_agent_that_is_not_there_is_told_with_near_misses(cli: CommandLine) -> None:
    said = cli("chat", "--agent", "assistent", "-m", "hello")
    assert said.code == 2
    assert said.err == "No agent named 'assistent': did you mean assistant?\n"


def test_a_turn_that_fails_exits_with_1_and_says_why(cli: CommandLine) -> None:
    agent("broken", "nobody/nothing")
    said = cli("chat", "--agent", "broken", "-m", "hello")
    assert said.code == 1
    assert said.out == ""
    assert said.err.startswith("The turn failed: No model provider named 'nobody'")


def test_an_empty_message_is_wrong_usage_and_sends_nothing(cli: CommandLine) -> None:
    said = cli("chat", "-m", "  ")
    assert (said.code, said.err) == (2, "The message is empty; send some text.\n")
    assert cli("sessions", "list", "--json").json == []


def test_a_server_that_is_not_there_is_told_with_what_to_do(cli: CommandLine) -> None:
    said = cli("chat", "--server", "http://127.0.0.1:9", "-m", "hello")
    assert said.code == 1
    assert "No LiteAgent answers at http://127.0.0.1:9" in said.err
    assert "liteagent up" in said.err


def test_a_server_has_a_url(cli: CommandLine) -> None:
    said = cli("chat", "--server", "localhost:8000", "-m", "hello")
    assert said.code == 2
    assert "http://127.0.0.1:8000" in said.err
