"""What is on disk is what is shipped: a folder that the wheel leaves out would vanish silently."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def folders() -> list[Path]:
    return sorted(
        path.parent
        for kind in ("plugins", "adapters")
        for path in ROOT.glob(f"{kind}/*/__init__.py")
    )


def test_every_folder_on_disk_is_in_the_wheel_and_nothing_else(pyproject: dict[str, Any]) -> None:
    packages = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    on_disk = ["runtime/liteagent", *(str(path.relative_to(ROOT)) for path in folders())]
    assert sorted(packages) == sorted(on_disk)


def test_every_plugin_on_disk_comes_in_by_an_entry_point(pyproject: dict[str, Any]) -> None:
    declared = pyproject["project"]["entry-points"]["liteagent"]
    assert sorted(declared.values()) == [
        path.name for path in sorted(folders(), key=lambda p: p.name)
    ]
    assert all(module == f"liteagent_{name}" for name, module in declared.items())


def test_what_is_installed_knows_the_declared_entry_points(pyproject: dict[str, Any]) -> None:
    declared = pyproject["project"]["entry-points"]["liteagent"]
    installed = {
        point.name: point.value
        for point in entry_points(group="liteagent")
        if point.dist is not None and point.dist.name == "liteagent-runtime"
    }
    assert installed == declared, 'run `pip install -e ".[test]"` again: the entry points changed'


def test_every_package_of_the_runtime_can_be_type_checked_by_its_users() -> None:
    assert (ROOT / "runtime" / "liteagent" / "py.typed").exists()
