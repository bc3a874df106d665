"""Hosts of a cluster killed from outside, wherever they happen to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.chaos.nursery import ROOT

ROUNDS = os.environ.get("LITEAGENT_CHAOS_ROUNDS", "5")


@pytest.mark.ray
@pytest.mark.chaos
def test_sessions_whose_host_is_killed_again_and_again_lose_and_repeat_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.ray_crowd", ROUNDS],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
