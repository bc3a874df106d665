"""A lock carries the plugins from one process to another, or says how they differ."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from liteagent.plugins import PluginDriftError, PluginHost, PluginLock, PluginState, Selection
from liteagent.testing.distributions import write_distribution


def lock_of(folder: Path, node: str, **versions: str) -> PluginLock:
    """The lock of a machine with these distributions, one plugin each."""
    for name, version in versions.items():
        write_distribution(
            folder, f"liteagent-{name}", version=version, plugins={name: f"{name}_module"}
        )
    return PluginHost.build(Selection(), path=[str(folder)], node=node).lock


def test_a_lock_survives_json() -> None:
    lock = PluginHost.build(Selection(), node="head").lock

    assert PluginLock.from_json(json.loads(json.dumps(lock.to_json()))) == lock


def test_nodes_with_the_same_plugins_have_the_same_digest_and_no_drift(tmp_path: Path) -> None:
    here = lock_of(tmp_path / "here", "head", search="1.0", mail="2.0")
    there = lock_of(tmp_path / "there", "worker", mail="2.0", search="1.0")

    assert here.digest == there.digest
    assert here.drift(there) == []


def test_drift_names_the_plugin_and_both_nodes(tmp_path: Path) -> None:
    here = lock_of(tmp_path / "here", "head", search="1.0", mail="2.0")
    there = lock_of(tmp_path / "there", "worker", search="1.1")

    assert here.digest != there.digest
    assert here.drift(there) == [
        "Plugin liteagent-mail:mail is version 2.0 (mail_module) on head"
        " and not installed on worker.",
        "Plugin liteagent-search:search is version 1.0 (search_module) on head"
        " and version 1.1 (search_module) on worker.",
    ]


def test_plugins_that_neither_node_uses_are_no_drift(tmp_path: Path, install: Any) -> None:
    here = lock_of(tmp_path / "here", "head")
    write_distribution(tmp_path / "there", "liteagent-x", plugins={"x": "x_module"})
    there = PluginHost.build(
        Selection.of(disabled=["x"]), path=[str(tmp_path / "there")], node="worker"
    ).lock

    assert here.drift(there) == []


def test_following_a_lock_loads_what_it_has_enabled_and_nothing_else(
    site: Path, install: Any
) -> None:
    install("wanted")
    install("unwanted", "raise AssertionError('it was imported')")
    head = PluginHost.build(Selection.of(disabled=["unwanted"]), path=[str(site)])

    worker = PluginHost.follow(head.lock, path=[str(site)], node="worker")

    assert [(s.name, s.state) for s in worker.statuses] == [("wanted", PluginState.LOADED)]
    assert "unwanted_module" not in sys.modules


def test_following_a_lock_that_this_machine_cannot_keep_is_refused_before_any_import(
    site: Path, tmp_path: Path, install: Any
) -> None:
    install("wanted", "raise AssertionError('it was imported')", version="1.0")
    head = lock_of(tmp_path / "head", "head", wanted="1.1")

    with pytest.raises(
        PluginDriftError, match=r"version 1\.1 .* on head and version 1\.0"
    ) as caught:
        PluginHost.follow(head, path=[str(site)], node="worker")

    assert "on worker." in str(caught.value)
    assert "wanted_module" not in sys.modules
