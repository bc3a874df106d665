"""The names plugins script against, and what importing them must not cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

import liteagent

HEAVY = ("anthropic", "griffe", "jsonschema", "openai", "pluggy", "pydantic", "ray", "tiktoken")


def loaded_after(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `statement`."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_names_are_these() -> None:
    assert liteagent.__all__ == [
        "Effect",
        "LiteAgentException",
        "Principal",
        "Tool",
        "ToolContext",
        "hookimpl",
        "tool",
    ]


def test_every_public_name_is_there_and_an_unknown_one_is_an_attribute_error() -> None:
    assert all(getattr(liteagent, name) is not None for name in liteagent.__all__)
    with pytest.raises(AttributeError, match="no attribute 'tol'"):
        _ = liteagent.tol


def test_importing_liteagent_loads_nothing_but_itself() -> None:
    loaded = loaded_after("import liteagent")

    assert loaded.isdisjoint((*HEAVY, "asyncio", "importlib.metadata"))


def test_making_a_tool_loads_neither_pydantic_nor_the_docstring_parser() -> None:
    loaded = loaded_after("import liteagent\n@liteagent.tool\ndef f(x: int): 'Do.'")

    assert loaded.isdisjoint(set(HEAVY) - {"pluggy"})


def test_a_docstring_without_sections_does_not_load_the_docstring_parser() -> None:
    loaded = loaded_after("import liteagent\n@liteagent.tool\ndef f(x: int): 'Do.'\nf.tool")

    assert "griffe" not in loaded
