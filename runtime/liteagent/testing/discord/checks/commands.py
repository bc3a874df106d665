"""Limits of slash commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liteagent.testing.discord.checks.forms import Path, Problem, number_of, text
from liteagent.testing.discord.errors import Json

_NAME = re.compile(r"^[-_'\w]{1,32}$")
CHAT_INPUT = 1


def command_problems(command: Json, at: Path = ()) -> Iterator[Problem]:
    """What is wrong with a command."""
    if command.get("type", CHAT_INPUT) == CHAT_INPUT:
        yield from _described(command, at)
    else:
        yield from text(command.get("name"), (*at, "name"), least=1, most=32)
    yield from _options(command, at)


def _options(command: Json, at: Path) -> Iterator[Problem]:
    options: list[Json] = command.get("options") or []
    yield from number_of(options, (*at, "options"), most=25)
    for place, option in enumerate(options):
        here = (*at, "options", place)
        yield from _described(option, here)
        yield from number_of(option.get("choices") or [], (*here, "choices"), most=25)
        yield from _options(option, here)


def _described(command: Json, at: Path) -> Iterator[Problem]:
    name = command.get("name")
    if not isinstance(name, str) or not _NAME.match(name) or name != name.lower():
        yield Problem((*at, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    yield from text(command.get("description"), (*at, "description"), least=1, most=100)
