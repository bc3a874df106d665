"""Block Kit's limits, each at the place where it is broken."""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.testing.slack.blocks import check_blocks, check_view, readable

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("ok"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


def confirm(**more: Any) -> Json:
    texts = {key: plain(key) for key in ("title", "text", "confirm", "deny")}
    return {"confirm": {**texts, **more}}


def feedback(**more: Any) -> Json:
    buttons = {
        f"{way}_button": {"text": plain("+"), "value": way} for way in ("positive", "negative")
    }
    return {"type": "feedback_buttons", "action_id": "f", **buttons, **more}


GOOD: list[Json] = [
    {"type": "header", "text": plain("x" * 150)},
    section("x" * 3_000, accessory=button(action_id="a")),
    {"type": "section", "fields": [mrkdwn("x" * 2_000)] * 10},
    {"type": "divider"},
    actions(*[button(action_id=f"a{n}", value="x" * 2_000) for n in range(25)]),
    actions(button(style="danger", **confirm())),
    {"type": "context", "elements": [mrkdwn("x")] * 10},
    {"type": "context_actions", "elements": [feedback()]},
    markdown(12_000),
    {"type": "rich_text", "elements": []},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
    {"type": "image", "image_url": "https://x/y.png", "alt_text": "y"},
    {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete"},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_what_is_within_the_limits_is_taken(block: Json) -> None:
    assert check_blocks([block], "message") == []


BAD: list[tuple[Json, str]] = [
    ({"type": "marquee"}, "/blocks/0"),
    (section("x" * 3_001), "/blocks/0/text/text"),
    (section(""), "/blocks/0/text/text"),
    (section(colour="red"), "/blocks/0"),
    (section(block_id="x" * 256), "/blocks/0/block_id"),
    ({"type": "section"}, "/blocks/0"),
    ({"type": "section", "fields": [mrkdwn("x")] * 11}, "/blocks/0/fields"),
    ({"type": "section", "fields": [mrkdwn("x" * 2_001)]}, "/blocks/0/fields/0/text"),
    ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    ({"type": "header", "text": mrkdwn("x")}, "/blocks/0/text"),
    (actions(), "/blocks/0/elements"),
    (actions(*[button()] * 26), "/blocks/0/elements"),
    (actions({"type": "image", "image_url": "u", "alt_text": "a"}), "/blocks/0/elements/0"),
    (actions({"type": "button", "text": plain("x" * 76)}), "/blocks/0/elements/0/text/text"),
    (actions({"type": "button", "text": mrkdwn("x")}), "/blocks/0/elements/0/text"),
    (actions(button(value="x" * 2_001)), "/blocks/0/elements/0/value"),
    (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    (actions(button(url="x" * 3_001)), "/blocks/0/elements/0/url"),
    (actions(button(style="loud")), "/blocks/0/elements/0/style"),
    (actions(button(colour="red")), "/blocks/0/elements/0"),
    (
        actions(button(action_id="a"), button(action_id="a")),
        "/blocks/0/elements/1/action_id",
    ),
    (
        actions(button(**confirm(title=plain("x" * 101)))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        actions(button(**confirm(text=mrkdwn("x" * 301)))),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        actions(button(**confirm(deny=plain("x" * 31)))),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, "/blocks/0/elements"),
    ({"type": "context", "elements": [button()]}, "/blocks/0/elements/0"),
    ({"type": "context_actions", "elements": [feedback()] * 6}, "/blocks/0/elements"),
    ({"type": "context_actions", "elements": [button()]}, "/blocks/0/elements/0"),
    (
        {"type": "context_actions", "elements": [feedback(positive_button={"text": plain("+")})]},
        "/blocks/0/elements/0/positive_button",
    ),
    (markdown(12_001), "/blocks/0/text"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}, "/blocks/0/rows"),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
        "/blocks/0/rows/0",
    ),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}, "/blocks/0"),
    (
        section(accessory={"type": "static_select", "options": []}),
        "/blocks/0/accessory/options",
    ),
    (
        section(
            accessory={
                "type": "static_select",
                "options": [{"text": plain("x" * 76), "value": "v"}],
            }
        ),
        "/blocks/0/accessory/options/0/text/text",
    ),
    (
        {"type": "input", "label": plain("l"), "element": button()},
        "/blocks/0/element",
    ),
]


@pytest.mark.parametrize(("block", "pointer"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_what_is_beyond_a_limit_is_refused_at_its_place(block: Json, pointer: str) -> None:
    problems = check_blocks([block], "message")
    assert pointer in [problem.pointer for problem in problems]


def pointers(blocks: list[Any]) -> list[str]:
    return [problem.pointer for problem in check_blocks(blocks, "message")]


def test_messages_have_fifty_blocks_with_ids_of_their_own_and_one_table() -> None:
    assert pointers([section()] * 50) == []
    assert pointers([section()] * 51) == ["/blocks"]
    assert pointers([section(block_id="b"), section(block_id="b")]) == ["/blocks/1/block_id"]
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert pointers([table, table]) == ["/blocks/1"]


def test_all_markdown_of_a_message_shares_one_limit() -> None:
    assert pointers([markdown(6_000), markdown(6_000)]) == []
    assert pointers([markdown(6_000), markdown(6_001)]) == ["/blocks/1/text"]


def test_what_is_no_object_is_refused_and_breaks_nothing() -> None:
    assert pointers(["text"]) == ["/blocks/0"]
    assert pointers([{"type": "actions", "elements": "x"}]) == ["/blocks/0/elements"]
    assert pointers([{"type": "actions", "elements": [None]}]) == ["/blocks/0/elements/0"]
    assert pointers([{"type": "section", "text": "x"}]) == ["/blocks/0/text"]


def view(**more: Any) -> Json:
    return {"type": "modal", "title": plain("t"), "blocks": [section()], **more}


INPUT: Json = {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input"}}

BAD_VIEWS: list[tuple[Json, str]] = [
    (view(type="popup"), "/view/type"),
    (view(title=plain("x" * 25)), "/view/title/text"),
    (view(submit=plain("x" * 25)), "/view/submit/text"),
    (view(close=plain("x" * 25)), "/view/close/text"),
    (view(private_metadata="x" * 3_001), "/view/private_metadata"),
    (view(callback_id="x" * 256), "/view/callback_id"),
    (view(external_id="x" * 256), "/view/external_id"),
    (view(blocks=[section()] * 101), "/view/blocks"),
    (view(blocks=[markdown(1)]), "/view/blocks/0"),
    (view(blocks=[{"type": "context_actions", "elements": [feedback()]}]), "/view/blocks/0"),
    (view(blocks=[INPUT]), "/view"),
    (view(colour="red"), "/view"),
    ({"type": "modal", "blocks": []}, "/view"),
]


@pytest.mark.parametrize(
    ("body", "pointer"), BAD_VIEWS, ids=[str(n) for n in range(len(BAD_VIEWS))]
)
def test_views_have_limits_of_their_own(body: Json, pointer: str) -> None:
    assert pointer in [problem.pointer for problem in check_view(body)]


def test_good_views_are_taken() -> None:
    assert check_view(view(blocks=[INPUT], submit=plain("x" * 24))) == []
    assert check_view({"type": "home", "blocks": [section()] * 100}) == []


def test_a_reader_sees_texts_buttons_and_tables() -> None:
    blocks = [
        {"type": "header", "text": plain("Deploy")},
        section("*web*"),
        actions(button()),
        {"type": "table", "rows": [[{"type": "raw_text", "text": "cell"}]]},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "user", "user_id": "U1"},
                        {"type": "text", "text": " hi"},
                    ],
                }
            ],
        },
    ]
    assert readable(blocks).splitlines() == ["Deploy", "*web*", "[ok]", "cell", "<@U1> hi"]
