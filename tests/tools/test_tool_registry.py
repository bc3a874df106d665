"""Tools by name."""

from __future__ import annotations

import pytest

import liteagent
from liteagent.errors import ToolNotFoundError
from liteagent.plugins import Provenance
from liteagent.tools import DuplicateToolError, ToolDefinitionError, ToolRegistry

ONE = Provenance(plugin="one", distribution="liteagent-one", version="1.0")
TWO = Provenance(plugin="two", distribution="liteagent-two", version="2.0")


@liteagent.tool
def search(query: str) -> None:
    """Search."""


@liteagent.tool("search")
def another() -> None:
    """Search differently."""


def test_a_tool_knows_who_brought_it() -> None:
    registry = ToolRegistry()
    registry.register(search, ONE)

    assert registry.get("search").plugin == ONE
    assert registry.get("search").origin == "liteagent-one 1.0"


def test_a_name_that_is_taken_is_refused_and_both_are_named() -> None:
    registry = ToolRegistry()
    registry.register(search, ONE)

    with pytest.raises(DuplicateToolError) as caught:
        registry.register(another, TWO)
    assert "liteagent-one 1.0 and liteagent-two 2.0 both bring a tool named 'search'" in str(
        caught.value
    )


def test_an_unknown_name_is_answered_with_what_comes_near() -> None:
    registry = ToolRegistry()
    registry.register(search)

    assert registry.find("serch") is None
    with pytest.raises(ToolNotFoundError, match="did you mean search"):
        registry.get("serch")


def test_of_what_plugins_offer_the_good_is_kept_and_the_rest_told() -> None:
    registry = ToolRegistry()

    errors = registry.register_all([(search, ONE), (another, TWO), (len, TWO)])

    assert [tool.name for tool in registry] == ["search"]
    assert [type(error) for error in errors] == [DuplicateToolError, ToolDefinitionError]
    assert str(errors[1]) == (
        "liteagent-two 2.0 registered <built-in function len> as a tool;"
        " decorate the function with @liteagent.tool."
    )


def test_a_plain_function_can_be_registered_too() -> None:
    def add(a: int, b: int) -> int:
        """Add."""
        return a + b

    registry = ToolRegistry()
    registry.register_function(add, "plus")

    assert "plus" in registry
    assert len(registry) == 1


def test_the_openai_form_lists_every_tool_by_name() -> None:
    registry = ToolRegistry()
    registry.register(search)

    assert registry.to_openai_format() == [
        {
            "type": "function",
            "function": {
                "name": "search",
                "description": "Search.",
                "parameters": search.tool.parameters,
            },
        }
    ]
