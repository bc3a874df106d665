"""What people type, as Slack writes it down, and back."""

from __future__ import annotations

import re

from liteagent.testing.slack.records import Json

_SPECIAL = re.compile(r"<[@#!][^<>]*>|<https?://[^<>]*>|https?://[^\s<>]+")
_MENTION = re.compile(r"<@(\w+)>")


def typed(text: str) -> str:
    """`&`, `<` and `>` become entities, addresses links; mentions and channels stay."""
    parts: list[str] = []
    at = 0
    for found in _SPECIAL.finditer(text):
        parts.append(escaped(text[at : found.start()]))
        whole = found[0]
        parts.append(whole if whole.startswith("<") else f"<{escaped(whole)}>")
        at = found.end()
    return "".join((*parts, escaped(text[at:])))


def escaped(text: str) -> str:
    """Slack's three entities instead of their characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """What a reader sees of `escaped`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rich_text(text: str) -> Json:
    """A typed message as the block that Slack makes of it."""
    parts: list[Json] = []
    at = 0
    for found in _MENTION.finditer(text):
        parts.append({"type": "text", "text": unescaped(text[at : found.start()])})
        parts.append({"type": "user", "user_id": found[1]})
        at = found.end()
    parts.append({"type": "text", "text": unescaped(text[at:])})
    shown = [part for part in parts if part.get("text") != ""]
    section: Json = {"type": "rich_text_section", "elements": shown}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}
