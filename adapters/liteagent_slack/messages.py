"""The bodies of messages, and the marks by which they are found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liteagent.chat.cards.card import Card
from liteagent.chat.platform import Text
from liteagent_slack.cards import card_blocks, card_text
from liteagent_slack.feedback import feedback_block
from liteagent_slack.markup import escaped, letters

EVENT_TYPE = "liteagent"
MOST_NOTIFICATION = 1000
"""Of the text that stands in for the blocks in notifications; Slack counts it into the message."""
_STREAMED = {"event_type": EVENT_TYPE, "event_payload": {"finished": True}}
_BEGINNING = 12
"""Letters by which a stream that broke off is known."""


def body_of(content: Text | Card) -> dict[str, Any]:
    """`blocks` and `text` of a message."""
    if isinstance(content, Card):
        return {"blocks": card_blocks(content), "text": escaped(card_text(content))}
    blocks = [{"type": "markdown", "text": content.text}]
    if content.closing:
        blocks.append(feedback_block())
    return {"blocks": blocks, "text": escaped(content.text[:MOST_NOTIFICATION])}


def bodies_of(content: Text | Card) -> Iterator[dict[str, Any]]:
    """The body, and behind it plainer ones for where its blocks are not known."""
    yield body_of(content)
    if isinstance(content, Text):
        if content.closing:
            yield body_of(Text(content.text))
        # an edit keeps the blocks of which it says nothing
        yield {"blocks": [], "text": escaped(content.text)}


def metadata(key: str) -> dict[str, Any]:
    """What a message carries so that `is_keyed` knows it again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def streamed() -> dict[str, Any]:
    """What a stream carries once it is finished: it is not looked for any more."""
    return dict(_STREAMED)


def is_keyed(message: Mapping[str, Any], key: str) -> bool:
    """Whether the message was posted with this key."""
    found = message.get("metadata") or {}
    payload = found.get("event_payload") or {}
    return found.get("event_type") == EVENT_TYPE and payload.get("key") == key


def is_broken_stream(message: Mapping[str, Any], content: Text) -> bool:
    """Whether the message is a stream of this text that was never finished."""
    if message.get("metadata") or message.get("edited") or not content.text:
        return False
    shown, whole = letters(message.get("text") or ""), letters(content.text)
    begins = whole.startswith(shown) or shown.startswith(whole)
    return bool(shown) and begins and len(shown) >= min(_BEGINNING, len(whole))
