"""Whether Slack would take these blocks, or this view."""

from __future__ import annotations

from typing import Any, Literal

from liteagent.testing.slack.blocks.kinds import Surface, check_block
from liteagent.testing.slack.blocks.problems import Problem, Spot

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_MARKDOWN = 12_000
_VIEW = (
    *("type", "title", "blocks", "close", "submit", "private_metadata", "callback_id"),
    *("clear_on_close", "notify_on_close", "external_id", "submit_disabled"),
)


def check_blocks(blocks: list[Any], surface: Surface) -> list[Problem]:
    """What is wrong with the blocks of a message; pointers start at `/blocks`."""
    return _check(Spot({"blocks": blocks}, "", []), surface)


def check_view(view: dict[str, Any]) -> list[Problem]:
    """What is wrong with a modal or an App Home; pointers start at `/view`."""
    spot = Spot(view, "/view", [])
    if spot.kind not in ("modal", "home"):
        return [Problem("must be one of: home, modal", "/view/type")]
    spot.only(_VIEW)
    spot.need("blocks")
    modal = spot.kind == "modal"
    if modal:
        spot.need("title")
        _modal(spot)
    for key, most in (("private_metadata", 3_000), ("callback_id", 255), ("external_id", 255)):
        spot.string(key, most, 0)
    return _check(spot, "modal" if modal else "home")


def _modal(view: Spot) -> None:
    for key in ("title", "submit", "close"):
        view.text(key, 24)
    inputs = any(block.kind == "input" for block in view.at("blocks").each())
    if inputs and not view.has("submit"):
        view.bad("missing required field: submit")


def _check(holder: Spot, surface: Surface) -> list[Problem]:
    blocks = holder.at("blocks").each()
    holder.at("blocks").length(len(blocks), MOST_BLOCKS[surface], 0, "items")
    for block in blocks:
        check_block(block, surface)
        _unique(_actions_of(block), "action_id")
    _unique(blocks, "block_id")
    _cumulative(blocks)
    tables = [block for block in blocks if block.kind == "table"]
    for table in tables[1:]:
        table.bad("only one table is allowed")
    return holder.problems


def _actions_of(block: Spot) -> list[Spot]:
    inner = [*block.at("elements").each(), *block.at("actions").each()]
    return [*inner, *(block.at(key) for key in ("accessory", "element") if block.has(key))]


def _unique(spots: list[Spot], key: Literal["action_id", "block_id"]) -> None:
    seen: set[str] = set()
    for spot in spots:
        value = spot.at(key).value
        if isinstance(value, str) and value in seen:
            spot.at(key).bad(f"`{key}` {value!r} already exists")
        elif isinstance(value, str) and value:
            seen.add(value)


def _cumulative(blocks: list[Spot]) -> None:
    """The markdown blocks of one message share one limit."""
    total = 0
    for block in blocks:
        if block.kind == "markdown" and isinstance(block.at("text").value, str):
            before, total = total, total + len(block.at("text").value)
            if before <= MOST_MARKDOWN < total and before:
                block.at("text").bad(f"all markdown must be less than {MOST_MARKDOWN + 1}")
