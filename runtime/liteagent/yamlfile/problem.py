"""One thing that is wrong in a configuration file, and the error that tells of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liteagent.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`message` is a clause that names the field too; `line` is None where the whole file is meant,
    `field` is a path like `approval.restart.quorum` or `tools[2]`, empty for the file itself.
    """

    line: int | None
    field: str
    message: str

    def to_json(self, path: Path) -> dict[str, Any]:
        return {
            "file": str(path),
            "line": self.line,
            "field": self.field,
            "message": self.message,
        }


def configuration_error(path: Path, problems: Sequence[Problem]) -> ConfigurationError:
    """The error whose sentence is about the first problem and counts the others."""
    first, more = problems[0], len(problems) - 1
    place = f"{path} " if first.line is None else f"{path}, line {first.line}: "
    tail = f" (and {more} more problem{'s' if more > 1 else ''})" if more else ""
    said = first.message + tail
    return ConfigurationError(
        place + (said if said.endswith("?") else f"{said}."),
        field=first.field or None,
        problems=[each.to_json(path) for each in problems],
    )
