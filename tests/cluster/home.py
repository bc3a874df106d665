"""A data directory with agents and a journal, and a plugin that is installed beside it."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from liteagent.testing.distributions import write_distribution

AGENTS = {
    "held": "model: held/held\ntools: [whereabouts, here]",
    "caller": "model: demo/demo\ntools: [whereabouts, here, current_time]",
    "keeper": ("model: demo/demo\ntools: [here]\napproval: {here: {expires: 1s, on_expiry: deny}}"),
}
ROOT = Path(__file__).parents[2]


@contextmanager
def furnished(folder: Path, agents: Mapping[str, str] = AGENTS) -> Generator[Path]:
    """The directory; this process and its children find it, and the plugin, while this lasts."""
    home, installed = folder / "home", folder / "installed"
    (home / "agents").mkdir(parents=True)
    for name, lines in agents.items():
        write_agent(home, name, lines)
    write_distribution(installed, "cluster-plugin", plugins={"cluster": "cluster_plugin"})
    shutil.copy(Path(__file__).parent / "plugin" / "cluster_plugin.py", installed)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        patch.setenv("PYTHONPATH", f"{installed}:{ROOT}")
        patch.setenv("LITEAGENT_HOME", str(home))
        patch.setenv("CLUSTER_TOKEN", "s3cret")
        yield home


def write_agent(home: Path, name: str, lines: str) -> None:
    (home / "agents" / f"{name}.yaml").write_text(f"name: {name}\n{lines}\n")
