"""What a tool returned, as plain JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from liteagent.tools import to_result


class Model(BaseModel):
    when: datetime


@dataclass
class Data:
    path: Path


class Color(Enum):
    RED = "red"


class Opaque:
    def __str__(self) -> str:
        return "opaque"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        ("text", "text"),
        ({"a": [1, 2.5, True]}, {"a": [1, 2.5, True]}),
        (Model(when=datetime(2026, 1, 2, tzinfo=UTC)), {"when": "2026-01-02T00:00:00Z"}),
        ([Data(path=Path("/x"))], [{"path": "/x"}]),
        (Color.RED, "red"),
        ({1: Opaque()}, {"1": "opaque"}),
        ((1, 2), [1, 2]),
        (b"\xff", "_w=="),
        (float("nan"), None),
        ("half \ud800", "half ?"),
        (["half \ud800"], ["half ?"]),
    ],
)
def test_everything_becomes_plain_json(value: object, plain: Any) -> None:
    assert to_result(value) == plain
    json.dumps(to_result(value), allow_nan=False, ensure_ascii=False).encode()


def test_a_value_that_contains_itself_becomes_text() -> None:
    loop: list[Any] = []
    loop.append(loop)

    assert to_result(loop) == "[[...]]"


def test_a_long_text_is_cut_with_a_note() -> None:
    cut = to_result("x" * 1_000_001)

    assert cut.endswith("x\n[cut: the first 1,000,000 of 1,000,001 characters]")
    assert to_result("x" * 1_000_000) == "x" * 1_000_000


def test_a_large_structure_becomes_the_beginning_of_its_json() -> None:
    cut = to_result(["x" * 999_999])

    assert cut.startswith('["xxx')
    assert "[cut: the first 1,000,000 of 1,000,003 characters]" in cut
