"""The README's two commands are the ones that CI runs."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = "pip install -e . && liteagent chat"
TEST = 'pip install -e ".[test]" && pytest'


def test_the_readme_has_the_two_commands() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    commands = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    assert START in commands
    assert TEST in commands


def test_ci_runs_the_readmes_test_command_as_it_stands() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert f"readonly TEST_COMMAND='{TEST}'\n" in script
    assert '-c "$TEST_COMMAND"' in script
