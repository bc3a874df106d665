"""Naming a function so that another process finds it: `module:qualname`, never a pickle."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any


def entry_of(function: Callable[..., Any]) -> str | None:
    """The entry of a function at the top level of an imported module; None for any other."""
    if not inspect.isfunction(function) or function.__module__ == "__main__":
        return None
    module = sys.modules.get(function.__module__)
    try:
        found = _walk(module, function.__qualname__)
    except AttributeError:
        return None
    return f"{function.__module__}:{function.__qualname__}" if found is function else None


def load_entry(entry: str) -> Callable[..., Any]:
    """The inverse; raises what the import raises, or `AttributeError`."""
    module, _, qualname = entry.partition(":")
    return _walk(importlib.import_module(module), qualname)


def _walk(module: object, qualname: str) -> Any:
    """The plain function of that name, out of the tool that `@tool` put in its place."""
    found = functools.reduce(getattr, qualname.split("."), module)
    return getattr(found, "function", found)
