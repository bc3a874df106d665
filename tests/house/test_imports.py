"""Nobody pays for a library before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "anthropic",
    "cryptography",
    "fastapi",
    "httpx",
    "openai",
    "prometheus_client",
    "ray",
    "sqlalchemy",
    "structlog",
    "tenacity",
    "tiktoken",
)


@pytest.mark.parametrize("module", ["liteagent", "liteagent.kernel", "liteagent.journal"])
def test_importing_what_everybody_needs_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
