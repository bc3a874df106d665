"""`chat-sim` lets a person try the real adapters where no platform is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine

PLATFORMS = ("slack", "discord")
DESK = "name: desk\nmodel: demo/demo\ntools: [announce]\napproval: {announce: always}\n"


@pytest.fixture(autouse=True)
def desk(home: Path) -> None:
    (home / "agents").mkdir(parents=True)
    (home / "agents" / "desk.yaml").write_text(DESK)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_mention_is_answered_and_a_call_edited_and_approved_by_buttons(
    cli: CommandLine, platform: str
) -> None:
    typed = "@agent announce lunch is ready\n2\nlunch is served\n/quit\n"
    said = cli("chat-sim", platform, "--agent", "desk", typed=typed)
    assert said.code == 0
    assert "[1] Approve  [2] Edit…" in said.out
    assert "Edited and approved by ann" in said.out
    assert cli.announcements == ["lunch is served"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_cannot_be_done_is_said(cli: CommandLine, platform: str) -> None:
    said = cli("chat-sim", platform, typed="/as eve\n7\n/quit\n")
    assert said.code == 0
    assert "Nobody is called 'eve': ann, bob." in said.out
    assert "There is no button 7." in said.out


def test_an_unknown_platform_is_told_with_the_near_ones(cli: CommandLine) -> None:
    said = cli("chat-sim", "slak")
    assert said.code == 2
    assert "did you mean slack?" in said.err
