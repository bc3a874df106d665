"""`liteagent` as tests run it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from liteagent.cli.main import app


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """Runs `liteagent` in this process, with pipes in place of a terminal."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *args: str, typed: str = "") -> Said:
        result = CliRunner().invoke(app, list(args), input=typed)
        assert "Traceback" not in result.output
        return Said(result.exit_code, result.stdout, result.stderr)

    def ask_for_approval(self, text: str = "lunch is ready") -> str:
        """Let the demo agent ask whether it may announce something; the approval's id."""
        assert self("chat", "-m", f"announce {text}").code == 3
        return self("approvals", "list", "--json").json[-1]["id"]

    @property
    def announcements(self) -> list[str]:
        path = self.home / "announcements.txt"
        return path.read_text().splitlines() if path.exists() else []
