"""Blocks as a reader sees them, and with the ids that Slack fills in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from liteagent.testing.slack.records import Json
from liteagent.testing.slack.typed import unescaped

_SHOWN = (
    *("text", "title", "fields", "elements", "accessory", "label", "element", "hint", "rows"),
    *("subtitle", "body", "actions", "positive_button", "negative_button", "details", "output"),
    *("tasks", "placeholder", "initial_value", "options", "alt_text", "description"),
)
_INTERACTIVE = ("button", "select", "picker", "input", "checkboxes", "radio_buttons", "overflow")


def readable(blocks: list[Json]) -> str:
    """Every text a reader sees, a line each; buttons in brackets."""
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def text_length(blocks: list[Json]) -> int:
    """Characters over all texts."""
    return sum(len(line) for block in blocks for line in _lines(block))


def fill_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """A copy in which every block and every interactive element has its id."""
    filled: list[Json] = []
    for block in blocks:
        copy: Json = {**block, "block_id": block.get("block_id") or new_id("b")}
        for key in ("elements", "actions"):
            if isinstance(copy.get(key), list):
                copy[key] = [_with_action(element, new_id) for element in copy[key]]
        for key in ("accessory", "element"):
            if isinstance(copy.get(key), dict):
                copy[key] = _with_action(copy[key], new_id)
        filled.append(copy)
    return filled


def _with_action(element: Json, new_id: Callable[[str], str]) -> Json:
    kind = str(element.get("type", ""))
    if any(part in kind for part in _INTERACTIVE) and not element.get("action_id"):
        return {**element, "action_id": new_id("a")}
    return element


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in cast("list[Any]", value):
            yield from _lines(member)
    elif isinstance(value, dict):
        yield from _object_lines(cast("Json", value))


def _object_lines(value: Json) -> Iterator[str]:
    kind = value.get("type")
    if kind == "button" and isinstance(value.get("text"), dict):
        yield f"[{value['text'].get('text', '')}]"
    elif kind == "mrkdwn":
        yield unescaped(str(value.get("text", "")))
    elif kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        yield "".join(_inline(part) for part in value.get("elements", []))
    else:
        for key in _SHOWN:
            yield from _lines(value.get(key))


def _inline(part: Json) -> str:
    if part.get("type") == "user":
        return f"<@{part.get('user_id')}>"
    return str(part.get("text") or part.get("url") or part.get("name") or "")
