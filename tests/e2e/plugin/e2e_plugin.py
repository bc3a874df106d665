"""A plugin of a stranger: tools that leave a line in a file each time they run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import liteagent


def home() -> Path:
    return Path(os.environ["LITEAGENT_HOME"])


def leave_line(text: str) -> None:
    with (home() / "sink.txt").open("a", encoding="utf-8") as sink:
        sink.write(f"{text}\n")


@liteagent.tool
def note(text: str) -> str:
    """Write a line down.

    Args:
        text: The line.
    """
    leave_line(text)
    return f"noted {text}"


@liteagent.tool(approval="always")
def publish(text: str, copies: int = 1) -> str:
    """Write a line where everybody reads it.

    Args:
        text: The line.
        copies: How often it is written.
    """
    for _ in range(copies):
        leave_line(text)
    return f"published {text}"


@liteagent.tool
def ponder(text: str) -> str:
    """Write a line down, as soon as somebody has written into the named pipe of that name.

    Args:
        text: The line, and the pipe.
    """
    (home() / text).read_text(encoding="utf-8")
    leave_line(text)
    return f"pondered {text}"


@liteagent.hookimpl
def register_tools(register: Callable[[Any], None]) -> None:
    for tool in (note, publish, ponder):
        register(tool)
