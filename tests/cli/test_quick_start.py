"""`liteagent chat` answers quickly because it imports little; the real command, in a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "ray",
    "fastapi",
    "starlette",
    "uvicorn",
    "openai",
    "anthropic",
    "ollama",
    "tiktoken",
    "cryptography",
    "httpx",
    "rich",
    "structlog",
    "prometheus_client",
    "jsonschema",
)

ANSWER_AND_COUNT = """
import json, sys
from liteagent.cli.main import main
sys.argv = ["liteagent", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(args, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("chat", "-m", "hello"), ("sessions", "list"), ("--version",)])
def test_a_short_command_imports_nothing_heavy(home: Path, command: tuple[str, ...]) -> None:
    done = run(sys.executable, "-c", ANSWER_AND_COUNT, *command)
    modules = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    assert [name for name in HEAVY if name in modules] == []


def test_the_installed_command_answers(home: Path) -> None:
    done = run(str(Path(sys.executable).with_name("liteagent")), "chat", "-m", "hello")
    assert done.returncode == 0
    assert done.stdout.startswith("[demo] Hello!")
    assert done.stderr == ""


def test_what_serves_http_imports_no_command_line(home: Path) -> None:
    script = "import sys, liteagent.cli.server.http; print('typer' in sys.modules)"
    assert run(sys.executable, "-c", script).stdout.strip() == "False"
