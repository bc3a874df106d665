"""Limits of threads."""

from __future__ import annotations

from collections.abc import Iterator

from liteagent.testing.discord.checks.forms import Problem, one_of, text
from liteagent.testing.discord.errors import Json

AUTO_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


def thread_problems(body: Json, *, new: bool) -> Iterator[Problem]:
    """What is wrong with the JSON that makes (`new`) or changes a thread."""
    if new or "name" in body:
        yield from text(body.get("name"), ("name",), least=1, most=100)
    if body.get("auto_archive_duration") is not None:
        yield from one_of(
            body["auto_archive_duration"], ("auto_archive_duration",), AUTO_ARCHIVE_MINUTES
        )
