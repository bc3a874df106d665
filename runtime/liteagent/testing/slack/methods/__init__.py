"""The methods of the Web API, by family."""

from __future__ import annotations

from collections.abc import Mapping

from liteagent.testing.slack.methods import (
    agents,
    apps,
    chat,
    conversations,
    files,
    people,
    reactions,
    streams,
    views,
)
from liteagent.testing.slack.methods.method import Method

METHODS: Mapping[str, Method] = {
    **agents.METHODS,
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **reactions.METHODS,
    **streams.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Method"]
