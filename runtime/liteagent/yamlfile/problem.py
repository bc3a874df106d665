"""One thing that is wrong in a configuration file, and the error that tells of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liteagent.errors import ConfigurationError

_TOLD = 3
"""So many problems beside the first are told in words; all of them are data."""


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


def sentence_of(problems: Sequence[Problem], *, lines: bool = True) -> str:
    """All that is wrong, in one sentence, or the first few of it; without the first one's line."""
    first, *others = problems
    told = [
        f"line {each.line}: {each.message}" if lines and each.line is not None else each.message
        for each in others[:_TOLD]
    ]
    if len(others) > _TOLD:
        told.append(f"{len(others) - _TOLD} more")
    said = first.message + (f" (and {'; '.join(told)})" if told else "")
    return said if said.endswith("?") else f"{said}."


def configuration_error(path: Path, problems: Sequence[Problem]) -> ConfigurationError:
    """The error that tells what is wrong, and where."""
    first = problems[0]
    place = f"{path} " if first.line is None else f"{path}, line {first.line}: "
    return ConfigurationError(
        place + sentence_of(problems),
        field=first.field or None,
        problems=[each.to_json(path) for each in problems],
    )
