"""Distributions made by hand: folders that `importlib.metadata` takes for installed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def write_distribution(
    folder: Path,
    name: str,
    *,
    version: str = "1.0",
    plugins: Mapping[str, str] | None = None,
    modules: Mapping[str, str] | None = None,
    api: str | None = None,
    requires: Sequence[str] = (),
) -> None:
    """Install a distribution into `folder`, which has to be on `sys.path` to import from it.

    `plugins` are its entry points in the group `liteagent` (name to value), `modules` the source of
    its modules by name, `api` the API level it declares, `requires` its `Requires-Dist` lines.
    """
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    entries = ["[liteagent]", *(f"{key} = {value}" for key, value in (plugins or {}).items())]
    if api is not None:
        entries += ["[liteagent.api]", f"level = {api}"]
    (info / "entry_points.txt").write_text("\n".join(entries) + "\n", encoding="utf-8")
    for module, source in (modules or {}).items():
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
