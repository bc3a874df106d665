from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from liteagent.errors import ConfigurationError
from liteagent.journal import NO_CRASH, POINTS, KillAt, Moment, Subject, from_environment

REACH = """
import os
from liteagent.journal import from_environment
points = from_environment(os.environ)
for name in ("model.before-intent", "tool.after-effect", "tool.after-outcome") * 3:
    os.write(1, name.encode() + b" ")
    points.reach(name)
"""


def run(crash_at: str) -> tuple[int, list[str]]:
    environ = {**os.environ, "LITEAGENT_CRASH_AT": crash_at}
    done = subprocess.run(
        [sys.executable, "-c", REACH], env=environ, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split()


def test_points_are_subjects_and_moments() -> None:
    assert len(POINTS) == len(Subject) * len(Moment)
    assert {"model.before-intent", "outbound.after-reply", "approval.after-outcome"} < set(POINTS)


def test_a_process_dies_by_sigkill_at_the_point_named() -> None:
    code, reached = run("tool.after-effect")
    assert (code, len(reached)) == (-signal.SIGKILL, 2)


def test_a_process_dies_at_the_nth_time() -> None:
    code, reached = run("tool.after-effect:3")
    assert (code, len(reached)) == (-signal.SIGKILL, 8)


def test_without_a_setting_every_point_is_passed() -> None:
    assert from_environment({}) is NO_CRASH
    assert run("") == (0, ["model.before-intent", "tool.after-effect", "tool.after-outcome"] * 3)


@pytest.mark.parametrize("setting", ["tool.after-efect", "tool", "tool.after-effect:0", "x:y"])
def test_a_setting_that_names_no_point_is_refused(setting: str) -> None:
    with pytest.raises(ConfigurationError):
        from_environment({"LITEAGENT_CRASH_AT": setting})


def test_near_misses_are_named() -> None:
    with pytest.raises(ConfigurationError, match=r"tool\.after-effect"):
        KillAt("tool.after-efect")
