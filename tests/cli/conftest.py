"""The command line in a folder and a data directory of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine

SETTING = ("LITEAGENT_", "OPENAI_", "ANTHROPIC_", "OLLAMA_")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory; the environment has no other setting, and the folder no `configs`."""
    for name in list(os.environ):
        if name.startswith(SETTING):
            monkeypatch.delenv(name)
    path = tmp_path / "home"
    monkeypatch.setenv("LITEAGENT_HOME", str(path))
    monkeypatch.setenv("COLUMNS", "200")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return path


@pytest.fixture
def cli(home: Path) -> CommandLine:
    return CommandLine(home)
