"""Fixtures and settings that more than one suite uses."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.smollm"]

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
