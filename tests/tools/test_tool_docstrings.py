"""The forms a docstring may have."""

from __future__ import annotations

import pytest

import liteagent
from liteagent.tools import Tool


@liteagent.tool
def google(query: str, k: int) -> None:
    """Search.

    Args:
        query: What to look for.
        k (int): How many.

    Raises:
        ValueError: When k is silly.
    """


@liteagent.tool
def numpy(query: str, k: int) -> None:
    """Search.

    Parameters
    ----------
    query : str
        What to look for.
    k : int
        How many.

    Raises
    ------
    ValueError
        When k is silly.
    """


@liteagent.tool
def sphinx(query: str, k: int) -> None:
    """Search.

    :param query: What to look for.
    :param int k: How many.
    :raises ValueError: When k is silly.
    """


@pytest.mark.parametrize("tool", [google.tool, numpy.tool, sphinx.tool], ids=lambda t: t.name)
def test_google_numpy_and_sphinx_say_the_same(tool: Tool) -> None:
    properties = tool.parameters["properties"]

    assert properties["query"]["description"] == "What to look for."
    assert properties["k"]["description"] == "How many."
    assert tool.description == "Search.\n\nRaises:\n- ValueError: When k is silly."
    assert tool.warnings == ()


def test_prose_is_kept_as_it_is() -> None:
    @liteagent.tool
    def prose() -> None:
        """First line.

        Second: with a colon, and
            an indented line.
        """

    assert prose.tool.description == (
        "First line.\n\nSecond: with a colon, and\n    an indented line."
    )


def test_examples_and_admonitions_stay_in_the_description() -> None:
    @liteagent.tool
    def shown() -> None:
        """Show.

        Warning:
            Loud.

        Examples:
            >>> shown()
        """

    assert shown.tool.description == "Show.\n\nWarning: Loud.\n\nExamples:\n>>> shown()"
