"""Kill host actors and adapters at any moment: the rest of the cluster carries on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from tests.chaos.cells import CELLS, Cell
from tests.chaos.nursery import ROOT


@pytest.fixture(scope="module")
def faults() -> Mapping[str, Sequence[str]]:
    """What is wrong in each cell; all of them run on one cluster, which takes a minute."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.matrix", "--ray", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.ray
@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_conversation_on_a_cluster_comes_to_its_end_whoever_is_killed(
    cell: Cell, faults: Mapping[str, Sequence[str]]
) -> None:
    assert faults[cell.name] == []
