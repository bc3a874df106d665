"""The manifest that people paste into Slack asks for what the adapter uses and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import liteagent_slack
from liteagent_slack.doctor import NEEDED, WISHED


@pytest.fixture
def manifest() -> dict[str, Any]:
    return yaml.safe_load((Path(liteagent_slack.__file__).parent / "manifest.yaml").read_text())


def test_its_scopes_are_those_that_doctor_looks_for(manifest: dict[str, Any]) -> None:
    assert manifest["oauth_config"]["scopes"]["bot"] == sorted({*NEEDED, *WISHED})


def test_it_can_be_served_over_socket_mode_with_buttons_and_forms(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["settings"]["interactivity"]["is_enabled"]


def test_it_hears_mentions_threads_and_direct_messages(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {"app_mention", "message.channels", "message.groups", "message.im"} <= set(events)


def test_it_has_the_slash_command(manifest: dict[str, Any]) -> None:
    assert [each["command"] for each in manifest["features"]["slash_commands"]] == ["/agent"]
