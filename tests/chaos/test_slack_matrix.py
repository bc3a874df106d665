"""Kill the process that serves Slack at every step: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from tests.chaos.nursery import ROOT
from tests.chaos.slack_cells import STEPS, Step, Verdict, run_matrix
from tests.chaos.slack_ray_cells import CELLS, SHORT, RayCell
from tests.chaos.test_random_kills import ROUNDS

FEW = 5
"""Rounds up to which each step is met once on the cluster, instead of by every victim."""


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Mapping[Step, Verdict]:
    """Those of the steps that were asked for, two of which run at a time."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    asked = [spec.params["step"] for spec in specs if spec and "step" in spec.params]
    return asyncio.run(run_matrix([step for step in STEPS if step in asked]))


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_conversation_in_slack_comes_to_its_end_whenever_its_process_is_killed(
    step: Step, verdicts: Mapping[Step, Verdict]
) -> None:
    verdict = verdicts[step]
    assert (verdict.faults, verdict.lost, verdict.doubled) == ((), 0, 0)


@pytest.fixture(scope="module")
def on_ray() -> Mapping[str, Sequence[str]]:
    """What is wrong in each cell; all of them run over one command, which takes minutes."""
    asked = ["--short"] if ROUNDS <= FEW else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.slack_matrix", "--ray", "--json", *asked],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.ray
@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cell", SHORT if ROUNDS <= FEW else CELLS, ids=lambda cell: cell.name)
def test_a_conversation_in_slack_on_a_cluster_comes_to_its_end_whoever_is_killed(
    cell: RayCell, on_ray: Mapping[str, Sequence[str]]
) -> None:
    assert on_ray[cell.name] == []
