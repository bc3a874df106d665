"""The rules of each kind of block."""

from __future__ import annotations

from typing import Literal

from liteagent.testing.slack.blocks.elements import (
    ANY_TEXT,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    Rule,
    check_element,
)
from liteagent.testing.slack.blocks.problems import Spot

Surface = Literal["message", "modal", "home"]

_TASK_STATES = ("pending", "in_progress", "complete", "error")


def _only(block: Spot, *keys: str) -> None:
    block.only(("type", "block_id", *keys))


def _section(block: Spot) -> None:
    _only(block, "text", "fields", "accessory", "expand")
    block.text("text", 3_000, ANY_TEXT)
    if block.has("fields"):
        for field in block.array("fields", 10):
            _field(field)
    elif not block.has("text"):
        block.bad("missing required field: text or fields")
    if block.has("accessory"):
        check_element(block.at("accessory"), IN_SECTION)


def _field(field: Spot) -> None:
    if field.kind not in ANY_TEXT:
        field.bad(f"unsupported type: {field.kind}")
    field.need("text")
    field.string("text", 2_000)


def _header(block: Spot) -> None:
    _only(block, "text", "level")
    block.need("text")
    block.text("text", 150)


def _actions(block: Spot) -> None:
    _only(block, "elements")
    for element in block.array("elements", 25):
        check_element(element, IN_ACTIONS)


def _context(block: Spot) -> None:
    _only(block, "elements")
    for element in block.array("elements", 10):
        check_element(element, IN_CONTEXT)


def _context_actions(block: Spot) -> None:
    _only(block, "elements")
    for element in block.array("elements", 5):
        check_element(element, IN_CONTEXT_ACTIONS)


def _input(block: Spot) -> None:
    _only(block, "label", "element", "hint", "optional", "dispatch_action")
    block.text("label", 2_000)
    block.text("hint", 2_000)
    if block.need("label", "element"):
        check_element(block.at("element"), IN_INPUT)


def _divider(block: Spot) -> None:
    _only(block)


def _image(block: Spot) -> None:
    _only(block, "image_url", "slack_file", "alt_text", "title")
    block.need("alt_text")
    block.string("alt_text", 2_000)
    block.string("image_url", 3_000)
    block.text("title", 2_000)
    if not block.has("image_url") and not block.has("slack_file"):
        block.bad("missing required field: image_url")


def _markdown(block: Spot) -> None:
    _only(block, "text")
    block.need("text")
    block.string("text", 12_000)


def _rich_text(block: Spot) -> None:
    _only(block, "elements")
    block.array("elements", 1_000, 0)


def _table(block: Spot) -> None:
    _only(block, "rows", "column_settings")
    characters = 0
    for row in block.array("rows", 100):
        if not isinstance(row.value, list):
            row.bad("must be an array")
            continue
        cells = row.each()
        row.length(len(cells), 20, 1, "items")
        characters += sum(len(str(cell.at("text").value or "")) for cell in cells)
    block.length(characters, 10_000, 0, "characters")


def _task(block: Spot) -> None:
    block.need("task_id", "title")
    block.choice("status", _TASK_STATES)


def _plan(block: Spot) -> None:
    block.need("title")


def _alert(block: Spot) -> None:
    block.need("text")
    block.choice("level", ("default", "info", "warning", "error", "success"))


def _card(block: Spot) -> None:
    block.text("title", 150, ANY_TEXT)
    block.text("subtitle", 150, ANY_TEXT)
    block.text("body", 200, ANY_TEXT)
    if block.has("actions"):
        for element in block.array("actions", 5):
            check_element(element, ("button",))


def _video(block: Spot) -> None:
    block.need("alt_text", "title", "thumbnail_url", "video_url")
    block.text("title", 200)


def _free(block: Spot) -> None:
    """Kinds whose insides are not checked."""


RULES: dict[str, Rule] = {
    "actions": _actions,
    "alert": _alert,
    "card": _card,
    "carousel": _free,
    "context": _context,
    "context_actions": _context_actions,
    "divider": _divider,
    "file": _free,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "plan": _plan,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
    "task_card": _task,
    "video": _video,
}

_MESSAGES_ONLY = frozenset(
    ("card", "carousel", "context_actions", "file", "markdown", "plan", "table", "task_card")
)


def check_block(block: Spot, surface: Surface) -> None:
    """One block, where it is to stand."""
    rule = RULES.get(block.kind)
    if rule is None or (surface != "message" and block.kind in _MESSAGES_ONLY):
        block.bad(f"unsupported type: {block.kind}")
        return
    block.string("block_id", 255, 0)
    rule(block)
