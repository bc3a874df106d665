"""Limits of a message that is posted or edited."""

from __future__ import annotations

from collections.abc import Iterator

from liteagent.testing.discord.checks.components import component_problems
from liteagent.testing.discord.checks.embeds import embed_problems
from liteagent.testing.discord.checks.forms import Problem, number_of, text
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.messages import COMPONENTS_V2

MOST_CONTENT = 2000
MOST_FILES = 10
MOST_NONCE = 25


def message_problems(body: Json, *, flags: int) -> Iterator[Problem]:
    """What is wrong with a message's JSON, of which `flags` are those it will have."""
    yield from text(body.get("content"), ("content",), most=MOST_CONTENT)
    if isinstance(body.get("nonce"), str):
        yield from text(body["nonce"], ("nonce",), most=MOST_NONCE)
    yield from embed_problems(body.get("embeds") or [])
    v2 = bool(flags & COMPONENTS_V2)
    yield from component_problems(body.get("components") or [], v2=v2)
    yield from number_of(body.get("attachments") or [], ("attachments",), most=MOST_FILES)
    if v2:
        yield from _legacy(body)


def _legacy(body: Json) -> Iterator[Problem]:
    for field in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(field):
            yield Problem(
                (field,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
