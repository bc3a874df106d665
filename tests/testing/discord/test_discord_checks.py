"""Discord's limits, each at its edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from liteagent.testing.discord.checks import (
    Problem,
    command_problems,
    message_problems,
    modal_problems,
    thread_problems,
)

V2 = 1 << 15


def button(name: str = "b", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": name, **more}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def select(options: int, **more: Any) -> dict[str, Any]:
    choices = [{"label": str(n), "value": str(n)} for n in range(options)]
    return {"type": 3, "custom_id": "s", "options": choices, **more}


def message(flags: int = 0, **body: Any) -> Iterator[Problem]:
    return message_problems(body, flags=flags)


def grid(rows: int, columns: int) -> list[dict[str, Any]]:
    return [row(*(button(f"{r}{c}") for c in range(columns))) for r in range(rows)]


def entry(**more: Any) -> dict[str, Any]:
    return row({"type": 4, "style": 1, "label": "Why", "custom_id": "why", **more})


def form(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "T", "custom_id": "f", "components": list(rows), **more}


@pytest.mark.parametrize(
    "problems",
    [
        message(content="x" * 2000, nonce="n" * 25),
        message(embeds=[{"title": "x" * 256, "description": "x" * 4096}] + [{}] * 9),
        message(components=grid(5, 5)),
        message(components=[row(select(25))]),
        message(components=[row(button("x" * 100, label="x" * 80))]),
        message(components=[row({"type": 2, "style": 5, "label": "x", "url": "https://x"})]),
        message(components=[row(button(label=None, emoji={"name": "👍"}))]),
        message(V2, components=[{"type": 10, "content": "x" * 4000}]),
        modal_problems(form(entry(label="x" * 45), title="x" * 45)),
        modal_problems(form(*(entry(custom_id=str(n)) for n in range(5)))),
        thread_problems({"name": "x" * 100, "auto_archive_duration": 1440}, new=True),
        thread_problems({"archived": True}, new=False),
        command_problems({"name": "a" * 32, "description": "x" * 100}),
    ],
)
def test_what_is_just_within_the_limits_is_taken(problems: Iterator[Problem]) -> None:
    assert list(problems) == []


@pytest.mark.parametrize(
    ("problems", "path", "code"),
    [
        (message(content="x" * 2001), "content", "BASE_TYPE_MAX_LENGTH"),
        (message(nonce="n" * 26), "nonce", "BASE_TYPE_MAX_LENGTH"),
        (message(embeds=[{}] * 11), "embeds", "BASE_TYPE_BAD_LENGTH"),
        (message(embeds=[{"title": "x" * 257}]), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        (
            message(embeds=[{"fields": [{"name": "", "value": "v"}]}]),
            "embeds.0.fields.0.name",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            message(embeds=[{"footer": {"text": "x" * 2049}}]),
            "embeds.0.footer.text",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (message(components=grid(6, 1)), "components", "BASE_TYPE_BAD_LENGTH"),
        (message(components=grid(1, 6)), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        (message(components=[row()]), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        (message(components=[button()]), "components.0.type", "BASE_TYPE_CHOICES"),
        (
            message(components=[row(button("x" * 101))]),
            "components.0.components.0.custom_id",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            message(components=[row(button(label="x" * 81))]),
            "components.0.components.0.label",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            message(components=[row(button(label=""))]),
            "components.0.components.0.label",
            "BASE_TYPE_REQUIRED",
        ),
        (
            message(components=[row(button("a"), button("a"))]),
            "components",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            message(components=[row(button("a"), select(1))]),
            "components.0.components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
        (
            message(components=[row(select(26))]),
            "components.0.components.0.options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            message(V2, content="x"),
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            message(V2, components=[{"type": 10, "content": "x"}] * 41),
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        ),
        (
            message(V2, components=grid(8, 5)),
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        ),
        (modal_problems(form(entry(), title="x" * 46)), "data.title", "BASE_TYPE_BAD_LENGTH"),
        (modal_problems(form()), "data.components", "BASE_TYPE_BAD_LENGTH"),
        (
            modal_problems(form(*(entry(custom_id=str(n)) for n in range(6)))),
            "data.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            modal_problems(form(entry(), entry())),
            "data.components",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            modal_problems(form(entry(max_length=4001))),
            "data.components.0.components.0.max_length",
            "NUMBER_TYPE_MAX",
        ),
        (thread_problems({"name": ""}, new=True), "name", "BASE_TYPE_BAD_LENGTH"),
        (
            thread_problems({"name": "x", "auto_archive_duration": 61}, new=True),
            "auto_archive_duration",
            "BASE_TYPE_CHOICES",
        ),
        (
            command_problems({"name": "Upper", "description": "x"}),
            "name",
            "APPLICATION_COMMAND_INVALID_NAME",
        ),
        (
            command_problems({"name": "a", "description": "x" * 101}),
            "description",
            "BASE_TYPE_BAD_LENGTH",
        ),
    ],
)
def test_what_is_just_beyond_a_limit_is_a_problem_of_its_field(
    problems: Iterator[Problem], path: str, code: str
) -> None:
    assert [(".".join(map(str, one.path)), one.code) for one in problems] == [(path, code)]
