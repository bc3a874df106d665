"""What all tests that start Ray have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

RAYS_OWN = (
    # ray.serve's configuration models are written for an older pydantic.
    "ignore:Using extra keyword arguments on `Field`:DeprecationWarning",
)
"""Warnings that Ray causes and we cannot mend; everything else is still an error."""
HERE = Path(__file__).parent
STARTING = (HERE / "test_up.py", HERE / "test_join.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE / "running") or item.path in STARTING:
            item.add_marker(pytest.mark.ray)
            for warning in RAYS_OWN:
                item.add_marker(pytest.mark.filterwarnings(warning))
