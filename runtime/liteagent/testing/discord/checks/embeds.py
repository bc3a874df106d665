"""Limits of embeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from liteagent.testing.discord.checks.forms import Path, Problem, number_of, text
from liteagent.testing.discord.errors import Json

MOST_EMBEDS = 10
MOST_TEXT = 6000
"""Code points over all embeds of a message."""


def embed_problems(embeds: list[Json]) -> Iterator[Problem]:
    """What is wrong with the embeds of a message."""
    yield from number_of(embeds, ("embeds",), most=MOST_EMBEDS)
    for place, embed in enumerate(embeds):
        yield from _one(embed, ("embeds", place))
    if sum(len(part) for embed in embeds for part in _texts(embed)) > MOST_TEXT:
        yield Problem(
            ("embeds",),
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {MOST_TEXT}",
        )


def _one(embed: Json, at: Path) -> Iterator[Problem]:
    yield from text(embed.get("title"), (*at, "title"), most=256)
    yield from text(embed.get("description"), (*at, "description"), most=4096)
    yield from text(_in(embed, "footer", "text"), (*at, "footer", "text"), most=2048)
    yield from text(_in(embed, "author", "name"), (*at, "author", "name"), most=256)
    fields: list[Json] = embed.get("fields") or []
    yield from number_of(fields, (*at, "fields"), most=25)
    for place, field in enumerate(fields):
        here = (*at, "fields", place)
        yield from text(field.get("name"), (*here, "name"), least=1, most=256)
        yield from text(field.get("value"), (*here, "value"), least=1, most=1024)


def _texts(embed: Json) -> Iterable[str]:
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    yield _in(embed, "footer", "text") or ""
    yield _in(embed, "author", "name") or ""
    for field in embed.get("fields") or ():
        yield field.get("name") or ""
        yield field.get("value") or ""


def _in(embed: Json, key: str, inner: str) -> str | None:
    part: Json = embed.get(key) or {}
    return part.get(inner)
