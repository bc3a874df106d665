"""Distributions that a test installs into a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from liteagent.testing.distributions import write_distribution

Install = Callable[..., None]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on `sys.path`; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Install a plugin `name` that is one module: `install(name, source, …)`."""

    def write(name: str, source: str = "", **more: Any) -> None:
        module = f"{name}_module"
        more.setdefault("plugins", {name: module})
        write_distribution(site, f"liteagent-{name}", modules={module: source}, **more)

    return write
