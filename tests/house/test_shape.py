"""Modules and functions stay small enough to be read at a sitting."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[2]


@cache
def modules() -> dict[str, str]:
    paths = [
        path for part in ("runtime", "plugins", "adapters") for path in (ROOT / part).rglob("*.py")
    ]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


@cache
def lengths_of_modules() -> dict[str, int]:
    return {name: text.count("\n") for name, text in modules().items() if text.count("\n") > 5}


@cache
def lengths_of_functions() -> dict[str, int]:
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, text in modules().items()
        for node in ast.walk(ast.parse(text, name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_module_is_longer_than_400_lines() -> None:
    assert {name: n for name, n in lengths_of_modules().items() if n > 400} == {}


def test_half_of_the_modules_are_shorter_than_120_lines() -> None:
    assert median(lengths_of_modules().values()) < 120


def test_no_function_is_longer_than_60_lines() -> None:
    assert {name: n for name, n in lengths_of_functions().items() if n > 60} == {}


def test_nine_functions_in_ten_are_shorter_than_24_lines() -> None:
    assert quantiles(lengths_of_functions().values(), n=10)[-1] < 24
