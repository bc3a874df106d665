"""Discord's markup: mentions in what people write, and escapes in what cards show."""

from __future__ import annotations

import re

from liteagent.chat.text import tables_as_code

_OPENING = re.compile(r"\s*<@([!&]?)([0-9]+)>")
_SPECIAL = re.compile(r"([\\*_~`|>\[\]#<])")
_BREAK = "\u200b"


def as_discord(markdown: str) -> str:
    """An agent's Markdown: Discord draws all of it but tables. That it calls nobody is seen to
    where it is posted.
    """
    return tables_as_code(markdown)


def without_opening(text: str, user: str) -> str:
    """The text without the mention of `user` that opens it."""
    found = _OPENING.match(text)
    if found is None or found[1] == "&" or found[2] != user:
        return text.strip()
    return text[found.end() :].lstrip(" \t,:\u00a0").strip()


def opens_with_other(text: str, user: str) -> bool:
    """Whether the text opens with a mention of somebody else, or of a role."""
    found = _OPENING.match(text)
    return found is not None and (found[1] == "&" or found[2] != user)


def escaped(text: str) -> str:
    """Text that is shown as it stands."""
    return _SPECIAL.sub(r"\\\1", text)


def as_code(text: str) -> str:
    """Text for the inside of a fenced block, out of which it cannot break."""
    return text.replace("```", f"`{_BREAK}``")


def cut(text: str, most: int) -> str:
    """The text, or its beginning."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
