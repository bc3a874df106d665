"""Approval cards in Block Kit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from liteagent.chat.cards.card import Button, ButtonStyle, Card
from liteagent.chat.cards.draw import PARTLY
from liteagent_slack.markup import escaped

MOST_HEADER, MOST_SECTION, MOST_LABEL, MOST_CONTEXT = 150, 3000, 75, 2000
MOST_ARGUMENTS = 2600
"""Of the arguments in a card; leaves room in a section for what stands around them."""

Block = dict[str, Any]
_BREAK = "\u200b"


def card_blocks(card: Card) -> list[Block]:
    """The card as blocks; a settled one without buttons."""
    blocks = [
        {"type": "header", "text": plain(card.title, MOST_HEADER)},
        _section(f"*Tool* `{_code(card.tool)}`   *Agent* {escaped(card.agent)}"),
        _section(_arguments(card.args)),
        *([_section(f":warning: *{PARTLY}*")] if card.whole else ()),
        *(_section(text) for text in _changes(card.changes)),
        _context(_facts(card)),
    ]
    if card.note:
        blocks.append(_context([escaped(card.note)]))
    if card.outcome:
        blocks.append(_section(f"*{_cut(escaped(card.outcome), 1500)}*{_when(card.settled_at)}"))
    if card.buttons:
        blocks.append(_buttons(card))
    return blocks


def card_text(card: Card) -> str:
    """The card in a line, for notifications."""
    return _cut(f"{card.title}: {card.outcome}" if card.outcome else card.title, 300)


def plain(text: str, most: int) -> Block:
    """A `plain_text`, cut to size; Slack takes no empty one."""
    return {"type": "plain_text", "text": _cut(text, most) or "…", "emoji": False}


def date(seconds: float) -> str:
    """A time that every reader sees in their own zone."""
    fallback = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(seconds)}^{{date_short_pretty}} {{time}}|{fallback}>"


def _arguments(args: Mapping[str, Any]) -> str:
    if not args:
        return "_no arguments_"
    whole = json.dumps(args, indent=2, ensure_ascii=False).replace("```", f"`{_BREAK}``")
    text, most = whole, MOST_ARGUMENTS
    while len(escaped(text)) > MOST_SECTION - 10:
        text, most = _cut(whole, most), most // 2
    return f"```{escaped(text)}```"


def _changes(changes: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    if changes:
        lines = (
            f"• `{_code(name)}`: {_value(before)} → {_value(after)}"
            for name, (before, after) in changes.items()
        )
        yield _cut("*Changed*\n" + "\n".join(lines), MOST_SECTION)


def _value(value: Any) -> str:
    return f"`{_code(_cut(json.dumps(value, ensure_ascii=False), 200))}`"


def _facts(card: Card) -> list[str]:
    facts = [f"Asked for by {escaped(card.requester)}", escaped(card.rule)]
    if card.quorum > 1:
        names = f": {escaped(', '.join(card.votes))}" if card.votes else ""
        facts.append(f"{len(card.votes)} of {card.quorum} consent{names}")
    if card.expires_at is not None and not card.outcome:
        facts.append(f"Open until {date(card.expires_at)}")
    return [fact for fact in facts if fact]


def _when(settled_at: float | None) -> str:
    return "" if settled_at is None else f"  {date(settled_at)}"


def _buttons(card: Card) -> Block:
    return {
        "type": "actions",
        "block_id": f"la:{card.approval_id}"[:255],
        "elements": [_button(button) for button in card.buttons],
    }


def _button(button: Button) -> Block:
    drawn: Block = {
        "type": "button",
        "action_id": f"la:{button.verb.value}",
        "text": plain(button.label, MOST_LABEL),
        "value": button.value,
    }
    if button.style is not ButtonStyle.PLAIN:
        drawn["style"] = button.style.value
    return drawn


def _section(text: str) -> Block:
    return {"type": "section", "text": _marked_up(text, MOST_SECTION)}


def _context(texts: list[str]) -> Block:
    return {"type": "context", "elements": [_marked_up(text, MOST_CONTEXT) for text in texts]}


def _marked_up(text: str, most: int) -> Block:
    """Verbatim: nothing in it becomes a link or a mention but what is marked up as one."""
    return {"type": "mrkdwn", "text": _cut(text, most), "verbatim": True}


def _code(text: str) -> str:
    """Text that does not end the code span in which it stands."""
    return escaped(text).replace("`", "ˋ")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
