"""What the wheel ships is what the tree has: a typo in the list drops a plugin silently."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def folders_on_disk() -> set[str]:
    """Every import package under plugins/ and adapters/."""
    return {
        f"{place}/{folder.name}"
        for place in ("plugins", "adapters")
        for folder in (ROOT / place).glob("*/")
        if (folder / "__init__.py").exists()
    }


def test_the_wheel_lists_every_folder_and_no_other() -> None:
    listed = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert set(listed) == folders_on_disk() | {"runtime/liteagent"}


def test_every_bundled_plugin_has_its_entry_point() -> None:
    values = PROJECT["project"]["entry-points"]["liteagent"].values()

    assert {value.partition(":")[0] for value in values} == {
        Path(folder).name for folder in folders_on_disk()
    }
