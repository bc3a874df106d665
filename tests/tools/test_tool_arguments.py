"""From what a model wrote to arguments, or to a sentence that helps it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints

import liteagent
from liteagent.tools import ToolArgumentsError, schema_tool


class Window(BaseModel):
    hours: int


@liteagent.tool
def restart(
    name: Annotated[str, StringConstraints(strip_whitespace=True)],
    window: Window,
    force: bool = False,
) -> None:
    """Restart a service."""


def problems(arguments: Any) -> tuple[str, ...]:
    with pytest.raises(ToolArgumentsError) as caught:
        restart.tool.bind(arguments)
    return caught.value.problems


def test_defaults_are_filled_in_and_values_are_what_the_function_will_see() -> None:
    bound = restart.tool.bind('{"name": " web ", "window": {"hours": "2"}}')

    assert bound == {"name": "web", "window": {"hours": 2}, "force": False}
    assert restart.tool.bind(bound) == bound


def test_every_problem_is_told_at_once() -> None:
    assert problems({"window": {"hours": "soon"}, "fast": True}) == (
        "`name` is missing",
        "`window.hours`: input should be a valid integer, unable to parse string as an integer",
        "`fast` is no parameter (the parameters are: name, window, force)",
    )


def test_the_sentence_names_the_tool_and_what_to_do() -> None:
    with pytest.raises(ToolArgumentsError) as caught:
        restart.tool.bind("{}")

    assert str(caught.value) == (
        "The arguments of restart do not fit: `name` is missing; `window` is missing."
        " Nothing was run. Call it again with one JSON object that fits its schema."
    )
    assert caught.value.details["tool"] == "restart"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"name": ', "they are not JSON (EOF while parsing a value at line 1 column 9)"),
        ("[1]", "they are a list, not an object"),
        ('"x"', "they are a string, not an object"),
        ("null", "they are a null, not an object"),
        ("1", "they are a number, not an object"),
    ],
)
def test_what_is_no_json_object_is_told(text: str, problem: str) -> None:
    assert problems(text) == (problem,)


@pytest.mark.parametrize("text", ['{"name": NaN}', '{"name": "\\ud800"}'])
def test_json_that_others_cannot_read_is_refused(text: str) -> None:
    assert problems(text)[0].startswith("they are not JSON")


def test_nothing_at_all_is_an_empty_object() -> None:
    @liteagent.tool
    def ping() -> None:
        """Ping."""

    assert ping.tool.bind("") == {}
    assert ping.tool.bind(" ") == {}


def test_a_plain_schema_tells_every_problem_too() -> None:
    async def handle(arguments: dict[str, Any], ctx: Any) -> None: ...

    schema = {
        "type": "object",
        "properties": {"x": {"type": "integer"}, "y": {"enum": ["a"]}},
        "required": ["x", "z"],
    }
    made = schema_tool("remote", "", schema, handle)

    with pytest.raises(ToolArgumentsError) as caught:
        made.bind({"x": "1", "y": "b"})
    assert sorted(caught.value.problems) == [
        "'z' is a required property",
        "`x`: '1' is not of type 'integer'",
        "`y`: 'b' is not one of ['a']",
    ]


FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.text() | ANYTHING.map(json.dumps))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(ToolArgumentsError):
        restart.tool.bind(text)


@liteagent.tool
def anything(value: Any, more: dict[str, Any] | None = None) -> None:
    """Take anything."""


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ToolArgumentsError, match="not JSON"):
        anything.tool.bind({"value": [value]})


@given(ANYTHING)
def test_what_was_bound_is_bound_to_itself(value: Any) -> None:
    bound = anything.tool.bind({"value": value})

    assert bound["value"] == value
    assert anything.tool.bind(json.dumps(bound)) == bound
