"""The bodies of messages, and the marks by which they are found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.chat.cards.card import Card
from liteagent.chat.platform import Content, FileOut, Text
from liteagent_discord.cards import card_body, plain_body, shows_card
from liteagent_discord.markup import cut

NOBODY: Mapping[str, Any] = {"parse": []}
"""`allowed_mentions` of a message that notifies nobody, whomever it mentions."""
MOST_NONCE, MOST_TITLE, MOST_NAME = 25, 1000, 60
BEGINNING = 12
"""Characters by which a text that was posted before all of it had come is known."""
EPHEMERAL, NO_PREVIEW = 1 << 6, 1 << 2
"""Discord fetches no address that an agent writes: what it was talked into writing there would have
been sent to whoever owns the address, before anybody clicks.
"""

Json = Mapping[str, Any]


def body_of(content: Content, key: str = "", *, embeds: bool = True) -> dict[str, Any]:
    """A message; `key` goes with a file, which carries nothing else to know it by. Without
    `embeds` a card is drawn in plain text.
    """
    match content:
        case Text(text=text):
            plain: dict[str, Any] = {"content": text, "embeds": [], "components": []}
            body = plain | {"flags": NO_PREVIEW}
        case Card():
            body = card_body(content) if embeds else plain_body(content)
        case FileOut():
            file = {"id": 0, "filename": content.name, "description": mark_of(content, key)}
            body = {"content": cut(content.title, MOST_TITLE), "attachments": [file]}
    return body | {"allowed_mentions": NOBODY}


def nonce_of(key: str) -> str:
    """By which Discord takes a second post within some minutes for the first."""
    return key[:MOST_NONCE]


def mark_of(file: FileOut, key: str) -> str:
    """The description of a file, by which its message is known again."""
    return f"{cut(file.title or file.name, MOST_NAME)} [{key[:8]}]"


def is_keyed(message: Json, key: str) -> bool | None:
    """Whether the message was posted with this key; None where Discord does not tell."""
    nonce = message.get("nonce")
    return None if nonce is None else str(nonce) == nonce_of(key)


def shows(message: Json, content: Content, key: str) -> bool:
    """Whether the message shows this, for messages of which Discord keeps no nonce."""
    match content:
        case Text(text=text):
            return _is_text(message.get("content") or "", text)
        case Card():
            return shows_card(message, content)
        case FileOut():
            mark = mark_of(content, key)
            return any(each.get("description") == mark for each in message.get("attachments") or ())


def _is_text(shown: str, text: str) -> bool:
    """Whether a message shows this text, or as much of it as had come when it was posted."""
    shown, text = shown.strip(), text.strip()
    return bool(shown) and (shown == text or (len(shown) >= BEGINNING and text.startswith(shown)))
