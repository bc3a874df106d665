"""API keys at the command line: shown once, listed without their secret, revoked."""

from __future__ import annotations

import pytest

from tests.cli.command_line import CommandLine


def test_a_key_is_printed_alone_and_never_again(cli: CommandLine) -> None:
    made = cli("keys", "create", "ann", "--scope", "chat", "--scope", "approve")
    assert made.code == 0
    key = made.out.strip()
    assert key.startswith("la_")
    assert "not shown again" in made.err
    listed = cli("keys", "list", "--json")
    assert listed.json[0]["scopes"] == ["approve", "chat"]
    assert key.rpartition("_")[2] not in listed.out + cli("keys", "list").out


def test_a_key_may_be_made_to_speak_for_others(cli: CommandLine) -> None:
    made = cli("keys", "create", "bridge", "--scope", "chat", "--scope", "impersonate")
    assert made.code == 0
    assert cli("keys", "list", "--json").json[0]["scopes"] == ["chat", "impersonate"]
    refused = cli("keys", "create", "bridge", "--scope", "imitate")
    assert refused.code == 2
    assert "impersonate" in refused.err


def test_a_key_may_chat_and_no_more_unless_it_is_said(cli: CommandLine) -> None:
    cli("keys", "create", "ann")
    assert cli("keys", "list", "--json").json[0]["scopes"] == ["chat"]


def test_a_revoked_key_is_listed_as_such(cli: CommandLine) -> None:
    cli("keys", "create", "ann")
    key = cli("keys", "list", "--json").json[0]["id"]
    assert cli("keys", "revoke", key).code == 0
    assert "revoked" in cli("keys", "list").out


def test_a_key_that_is_not_there_is_wrong_usage(cli: CommandLine) -> None:
    assert cli("keys", "revoke", "nope").code == 2


def test_a_key_can_run_out(cli: CommandLine) -> None:
    cli("keys", "create", "ann", "--expires", "12h")
    info = cli("keys", "list", "--json").json[0]
    assert info["expires_at"] - info["created_at"] == pytest.approx(12 * 3600, abs=1)
    assert cli("keys", "create", "ann", "--expires", "soon").code == 2


def test_a_scope_that_is_not_there_is_wrong_usage(cli: CommandLine) -> None:
    said = cli("keys", "create", "ann", "--scope", "fly")
    assert said.code == 2
    assert "known: admin, approve, chat" in said.err


def test_a_journal_in_memory_keeps_no_keys(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_JOURNAL_URL", "memory://")
    said = cli("keys", "create", "ann")
    assert said.code == 1
    assert "memory://" in said.err


def test_a_server_is_not_asked_and_that_is_told(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_SERVER", "http://agents.example.com")
    said = cli("keys", "create", "ann")
    assert said.code == 0
    assert "http://agents.example.com is not asked" in said.err


def test_a_key_can_be_made_without_a_name_and_told_as_json(cli: CommandLine) -> None:
    made = cli("keys", "create", "--json").json
    assert made["key"].startswith(f"la_{made['id']}_")
    assert (made["name"], made["scopes"]) == ("unnamed", ["chat"])
