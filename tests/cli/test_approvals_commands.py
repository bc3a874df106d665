"""The approval inbox at the command line: a decision is carried out, and the turn goes on."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command_line import CommandLine


def test_approving_runs_the_call_and_shows_the_answer(cli: CommandLine) -> None:
    approval = cli.ask_for_approval("lunch is ready")
    said = cli("approvals", "approve", approval)
    assert said.code == 0
    assert "announce answered: Added to" in said.out
    assert cli.announcements == ["lunch is ready"]
    assert cli("approvals", "list").out == "Nothing waits for a person.\n"


def test_a_second_decision_is_told_the_first_and_runs_nothing(cli: CommandLine) -> None:
    approval = cli.ask_for_approval()
    cli("approvals", "approve", approval)
    said = cli("approvals", "reject", approval)
    assert said.code == 1
    assert "settled already: approve by local" in said.err
    assert len(cli.announcements) == 1


def test_an_edit_runs_the_call_with_the_new_arguments(cli: CommandLine) -> None:
    approval = cli.ask_for_approval("lunch")
    assert cli("approvals", "edit", approval, '{"text": "dinner"}').code == 0
    assert cli.announcements == ["dinner"]


def test_an_edit_that_is_no_json_or_does_not_fit_decides_nothing(cli: CommandLine) -> None:
    approval = cli.ask_for_approval("lunch")
    assert "no JSON" in cli("approvals", "edit", approval, "{").err
    said = cli("approvals", "edit", approval, '{"words": "dinner"}')
    assert said.code == 2
    assert "`words` is no parameter" in said.err
    assert [item["id"] for item in cli("approvals", "list", "--json").json] == [approval]


def test_a_rejection_tells_the_agent_why(cli: CommandLine) -> None:
    approval = cli.ask_for_approval()
    said = cli("approvals", "reject", approval, "--reason", "not today")
    assert said.code == 0
    assert "A person refused announce; it was not run: not today" in said.out
    assert cli.announcements == []


def test_a_response_stands_in_for_the_call(cli: CommandLine) -> None:
    approval = cli.ask_for_approval()
    said = cli("approvals", "respond", approval, "I told them myself.")
    assert said.code == 0
    assert "announce answered: I told them myself." in said.out
    assert cli.announcements == []


def test_an_approval_that_is_not_there_is_wrong_usage(cli: CommandLine) -> None:
    said = cli("approvals", "approve", "apr_nope")
    assert said.code == 2
    assert "apr_nope" in said.err


def test_the_list_shows_the_whole_arguments(cli: CommandLine) -> None:
    text = "lunch is ready " * 30
    cli.ask_for_approval(text)
    listed = cli("approvals", "list")
    assert text.strip() in listed.out
    assert "assistant" in listed.out


def test_whoever_is_not_an_approver_may_not_decide(cli: CommandLine) -> None:
    path = Path("configs/agents/desk.yaml")
    path.parent.mkdir(parents=True)
    path.write_text(
        "name: desk\nmodel: demo/demo\ntools: [announce]\n"
        "approval: {announce: {approvers: {users: [ann]}}}\n"
    )
    approval = cli.ask_for_approval()
    said = cli("approvals", "approve", approval)
    assert said.code == 1
    assert "local may not decide announce; these may: ann." in said.err
    assert cli.announcements == []


def test_a_vote_short_of_the_quorum_waits_for_more(cli: CommandLine) -> None:
    path = Path("configs/agents/desk.yaml")
    path.parent.mkdir(parents=True)
    path.write_text(
        "name: desk\nmodel: demo/demo\ntools: [announce]\napproval: {announce: {quorum: 2}}\n"
    )
    approval = cli.ask_for_approval()
    said = cli("approvals", "approve", approval)
    assert said.code == 3
    assert "needs more" in said.out
    assert cli.announcements == []
