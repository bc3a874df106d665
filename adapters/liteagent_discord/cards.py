"""Approval cards as embeds with buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from liteagent.chat.cards.card import Button, ButtonStyle, Card
from liteagent.chat.cards.draw import PARTLY, as_text
from liteagent_discord.events import inside
from liteagent_discord.markup import as_code, cut, escaped
from liteagent_discord.modals import BUTTON, ROW

MOST_TITLE, MOST_ARGUMENTS, MOST_CHANGES = 250, 1900, 800
"""Together with the fields below the 6,000 characters that Discord allows an embed."""
MOST_FACT, MOST_OUTCOME, MOST_LABEL, MOST_ROW = 400, 800, 80, 5
MOST_PLAIN = 1850
CUT = "**The card is cut here: read it with `liteagent approvals` before you decide.**"
OPEN, SETTLED = 0xE8A33D, 0x8A8F98
_STYLES = {ButtonStyle.PRIMARY: 3, ButtonStyle.PLAIN: 2, ButtonStyle.DANGER: 4}

Json = dict[str, Any]


def card_body(card: Card) -> Json:
    """The message that shows the card; a settled one without buttons."""
    embed = {
        "description": "\n".join(_description(card)),
        "color": OPEN if card.buttons else SETTLED,
        "fields": list(_fields(card)),
        "footer": {"text": footer(card)},
    }
    return {"content": _title(card), "embeds": [embed], "components": _buttons(card)}


def plain_body(card: Card) -> Json:
    """The card where the application may embed nothing."""
    whole, most = escaped(as_text(card)), MOST_PLAIN - 100 - len(CUT)
    text = whole if len(whole) <= most else f"{cut(whole, most)}\n{CUT}"
    text = f"{text}\n-# {footer(card)}"
    return {"content": text, "embeds": [], "components": _buttons(card)}


def shows_card(message: Mapping[str, Any], card: Card) -> bool:
    """Whether a message shows this card, as it was at any time."""
    mark = footer(card)
    footers = [inside(each, "footer").get("text") for each in message.get("embeds") or ()]
    return mark in footers or (message.get("content") or "").endswith(f"-# {mark}")


def footer(card: Card) -> str:
    """By which the card is known again, here and by `liteagent approvals`."""
    return cut(f"approval {card.approval_id}", 100)


def button(value: str, label: str, style: ButtonStyle = ButtonStyle.PLAIN) -> Json:
    """One button."""
    return {
        "type": BUTTON,
        "style": _STYLES[style],
        "label": cut(label, MOST_LABEL) or "…",
        "custom_id": value,
    }


def row(*buttons: Json) -> Json:
    """At most five buttons, side by side."""
    return {"type": ROW, "components": list(buttons)}


def _title(card: Card) -> str:
    return f"**{cut(escaped(card.title), MOST_TITLE)}**"


def _description(card: Card) -> Iterator[str]:
    yield f"Tool **{cut(escaped(card.tool), 200)}** of agent **{cut(escaped(card.agent), 200)}**"
    if card.args:
        text = json.dumps(card.args, indent=2, ensure_ascii=False)
        yield f"```json\n{cut(as_code(cut(text, MOST_ARGUMENTS)), MOST_ARGUMENTS)}\n```"
    else:
        yield "*no arguments*"
    if card.whole:
        yield f"⚠️ **{PARTLY}**"
    if card.changes:
        yield cut("\n".join(("Changed:", *_changes(card))), MOST_CHANGES)


def _changes(card: Card) -> Iterator[str]:
    for name, (before, after) in card.changes.items():
        yield f"• {escaped(cut(name, 100))}: {_value(before)} → {_value(after)}"


def _value(value: Any) -> str:
    return escaped(cut(json.dumps(value, ensure_ascii=False), 150))


def _fields(card: Card) -> Iterator[Json]:
    yield from _field("Asked for by", card.requester, inline=True)
    yield from _field("Who decides", card.rule)
    if card.quorum > 1:
        names = f": {', '.join(card.votes)}" if card.votes else ""
        yield from _field("Consent", f"{len(card.votes)} of {card.quorum}{names}", inline=True)
    if card.expires_at is not None and not card.outcome:
        yield {"name": "Open until", "value": _until(card.expires_at), "inline": True}
    yield from _field("Note", card.note)
    if card.outcome:
        when = "" if card.settled_at is None else f" <t:{int(card.settled_at)}:f>"
        settled = f"{cut(escaped(card.outcome), MOST_OUTCOME)}{when}"
        yield {"name": "Decision", "value": settled, "inline": False}


def _field(name: str, value: str, *, inline: bool = False) -> Iterator[Json]:
    if value.strip():
        yield {"name": name, "value": cut(escaped(value), MOST_FACT), "inline": inline}


def _until(seconds: float) -> str:
    """A time in the reader's own zone, with a countdown."""
    return f"<t:{int(seconds)}:f> (<t:{int(seconds)}:R>)"


def _buttons(card: Card) -> list[Json]:
    drawn = [_drawn(each) for each in card.buttons]
    return [row(*drawn[at : at + MOST_ROW]) for at in range(0, len(drawn), MOST_ROW)]


def _drawn(each: Button) -> Json:
    return button(each.value, each.label, each.style)
