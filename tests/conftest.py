"""Fixtures that more than one suite uses."""

pytest_plugins = ["tests.fixtures.smollm"]
