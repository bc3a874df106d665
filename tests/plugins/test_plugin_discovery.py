"""What is settled from metadata alone: lists, API levels, duplicates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from liteagent.plugins import PluginHost, PluginState, PluginStatus, Selection, discover
from liteagent.testing.distributions import write_distribution

EXPLODES = "raise AssertionError('it was imported')"


def build(site: Path, selection: Selection | None = None) -> dict[str, PluginStatus]:
    host = PluginHost.build(selection or Selection(), path=[str(site)])
    return {status.name: status for status in host.statuses}


def test_a_plugin_is_found_with_its_distribution_and_version(site: Path, install: Any) -> None:
    install("alpha", version="2.5")

    (found,) = discover([str(site)])

    assert (found.name, found.distribution, found.version) == ("alpha", "liteagent-alpha", "2.5")


def test_discovery_imports_nothing(site: Path, install: Any) -> None:
    install("alpha", EXPLODES)

    discover([str(site)])

    assert "alpha_module" not in sys.modules


@pytest.mark.parametrize("name", ["alpha", "liteagent-alpha", "LiteAgent_Alpha:alpha"])
def test_a_denied_plugin_is_never_imported_whatever_name_denies_it(
    site: Path, install: Any, name: str
) -> None:
    install("alpha", EXPLODES)

    status = build(site, Selection.of(disabled=[name]))["alpha"]

    assert status.state is PluginState.DISABLED
    assert status.remedy == "liteagent plugins enable alpha"
    assert "alpha_module" not in sys.modules


def test_an_allow_list_leaves_out_everything_else(site: Path, install: Any) -> None:
    install("alpha")
    install("beta", EXPLODES)

    statuses = build(site, Selection.of(enabled=["alpha"]))

    assert statuses["alpha"].state is PluginState.LOADED
    assert statuses["beta"].state is PluginState.DISABLED


def test_deny_wins_over_allow(site: Path, install: Any) -> None:
    install("alpha", EXPLODES)

    statuses = build(site, Selection.of(enabled=["alpha"], disabled=["alpha"]))

    assert statuses["alpha"].state is PluginState.DISABLED


def test_a_name_on_the_allow_list_that_nobody_has_is_reported_with_what_comes_near(
    site: Path, install: Any
) -> None:
    install("alpha")

    status = build(site, Selection.of(enabled=["alpah", "alpha"]))["alpah"]

    assert status.state is PluginState.FAILED
    assert "did you mean alpha?" in status.cause


def test_two_distributions_with_one_plugin_name_are_both_refused_and_named(
    site: Path, install: Any
) -> None:
    install("first", EXPLODES, version="1.1", plugins={"search": "first_module"})
    install("second", EXPLODES, version="2.2", plugins={"search": "second_module"})

    statuses = PluginHost.build(Selection(), path=[str(site)]).statuses

    assert [status.state for status in statuses] == [PluginState.DUPLICATE] * 2
    for status in statuses:
        assert "liteagent-first 1.1 and liteagent-second 2.2" in status.cause
        assert status.remedy == f"liteagent plugins disable {status.distribution}:search"
    assert not {"first_module", "second_module"} & set(sys.modules)


def test_denying_one_of_two_duplicates_lets_the_other_load(site: Path, install: Any) -> None:
    install("first", EXPLODES, plugins={"search": "first_module"})
    install("second", plugins={"search": "second_module"})

    host = PluginHost.build(Selection.of(disabled=["liteagent-first:search"]), path=[str(site)])

    states = {status.distribution: status.state for status in host.statuses}
    assert states == {
        "liteagent-first": PluginState.DISABLED,
        "liteagent-second": PluginState.LOADED,
    }


@pytest.mark.parametrize(
    ("level", "cause", "remedy"),
    [
        (
            "v2",
            "It is written for plugin API level 2, and this LiteAgent has 1.",
            "pip install --upgrade liteagent-runtime",
        ),
        (
            "v0",
            "It is written for plugin API level 0, and this LiteAgent has 1.",
            "pip install --upgrade liteagent-alpha",
        ),
        (
            "newest",
            "It declares the API level 'newest', which is not of the form v1.",
            "pip install --upgrade liteagent-alpha",
        ),
    ],
)
def test_another_api_level_is_refused_before_the_import(
    site: Path, install: Any, level: str, cause: str, remedy: str
) -> None:
    install("alpha", EXPLODES, api=level)

    status = build(site)["alpha"]

    assert (status.state, status.cause, status.remedy) == (
        PluginState.INCOMPATIBLE,
        cause,
        remedy,
    )
    assert "alpha_module" not in sys.modules


def test_the_current_api_level_loads(site: Path, install: Any) -> None:
    install("alpha", api="v1")

    assert build(site)["alpha"].state is PluginState.LOADED


def test_of_two_versions_on_the_path_the_first_counts(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    write_distribution(new, "liteagent-x", version="2.0")
    write_distribution(old, "liteagent-x", version="1.0", plugins={"x": "x_module"})

    assert discover([str(new), str(old)]) == []
    assert [found.version for found in discover([str(old), str(new)])] == ["1.0"]
