"""A method of the Web API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.stage import Stage


@dataclass(frozen=True, slots=True)
class Method:
    """What it does and what it demands. `run` answers without the `ok`, or raises SlackRefusal."""

    run: Callable[[Stage, Arguments], Json]
    scopes: tuple[str, ...] = ()
    """Any one of them will do; none is needed if there are none."""
    token: Literal["bot", "app", "none"] = "bot"
