"""Events, calls and approvals in a few words for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from liteagent.cli.output import as_json

LONGEST_LINE = 240
"""Characters of a value that a line shows; approvals show everything."""


def shortened(text: str, limit: int = LONGEST_LINE) -> str:
    """`text` as one line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def call_text(tool: str, args: Any) -> str:
    """`tool(name="value", …)`, shortened."""
    if not isinstance(args, Mapping):
        return shortened(f"{tool}({args})")
    named = cast("Mapping[str, Any]", args).items()
    return shortened(f"{tool}({', '.join(f'{name}={as_json(value)}' for name, value in named)})")


def result_text(result: Any) -> str:
    """What a tool returned: text as it is, the rest as JSON."""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)


def args_lines(args: Any) -> list[str]:
    """Every argument in full, a line each, so that whoever approves sees all of it."""
    if isinstance(args, Mapping) and args:
        named = cast("Mapping[str, Any]", args).items()
        return [f"{name}: {as_json(value)}" for name, value in named]
    return [as_json(args)] if args else ["(no arguments)"]


def time_text(ts: float | None) -> str:
    """A moment in this machine's time zone, to the second."""
    if ts is None:
        return ""
    return datetime.fromtimestamp(ts).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def age_text(seconds: float) -> str:
    """How long that is, in its largest unit: `42 s`, `5 min`, `3 h`, `12 d`."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(max(0.0, seconds))} s"
