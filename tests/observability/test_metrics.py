"""Metrics say what the journal says, and never who it was about."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from liteagent.events import Event
from liteagent.observability import Metrics

ENTITY = "session/s-secret-1"


class Story:
    """Tells metrics of events, a second after each other unless said otherwise."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._seq = 0
        self._ts = 1000.0

    def tell(self, event_type: str, after: float = 1.0, **data: Any) -> None:
        self._seq += 1
        self._ts += after
        event = Event(seq=self._seq, type=event_type, ts=self._ts, data=data, epoch=1)
        self._metrics.on_event(ENTITY, event)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry)


@pytest.fixture
def story(metrics: Metrics) -> Story:
    return Story(metrics)


def test_a_turn_is_counted_by_agent_and_outcome_and_timed(
    story: Story, registry: CollectorRegistry
) -> None:
    story.tell("session.created", agent="ops")
    for turn, outcome in (("t1", "completed"), ("t2", "failed"), ("t3", "cancelled")):
        story.tell("turn.started", turn_id=turn)
        story.tell(f"turn.{outcome}", 4, turn_id=turn)

    for outcome in ("completed", "failed", "cancelled"):
        labels = {"agent": "ops", "outcome": outcome}
        assert registry.get_sample_value("liteagent_turns_total", labels) == 1
    assert registry.get_sample_value("liteagent_turn_seconds_sum", {"agent": "ops"}) == 12


def test_a_turn_that_began_in_another_process_is_counted_and_not_timed(
    story: Story, registry: CollectorRegistry
) -> None:
    story.tell("turn.completed", turn_id="t1")
    labels = {"agent": "", "outcome": "completed"}
    assert registry.get_sample_value("liteagent_turns_total", labels) == 1
    assert registry.get_sample_value("liteagent_turn_seconds_count", {"agent": ""}) is None


def test_model_calls_are_counted_under_the_configured_name_with_tokens_and_cost(
    story: Story, registry: CollectorRegistry
) -> None:
    story.tell("model.requested", turn_id="t1", model="openai/gpt-4o")
    story.tell("model.failed", turn_id="t1", model="openai/gpt-4o", fault="timeout")
    story.tell("model.requested", turn_id="t1", model="openai/gpt-4o")
    story.tell(
        "model.responded",
        turn_id="t1",
        model="gpt-4o-2024-08-06",
        usage={"input_tokens": 100, "output_tokens": 20, "cached_tokens": 60, "estimated": False},
        cost_usd=0.25,
    )

    gpt = {"provider": "openai", "model": "gpt-4o"}
    for outcome in ("timeout", "succeeded"):
        labels = {**gpt, "outcome": outcome}
        assert registry.get_sample_value("liteagent_model_calls_total", labels) == 1
    for kind, count in (("input", 100), ("output", 20), ("cached", 60)):
        assert registry.get_sample_value("liteagent_tokens_total", {**gpt, "type": kind}) == count
    assert registry.get_sample_value("liteagent_cost_usd_total", gpt) == 0.25


def test_a_model_without_a_list_price_costs_nothing(
    story: Story, registry: CollectorRegistry
) -> None:
    story.tell("model.requested", turn_id="t1", model="demo")
    story.tell("model.responded", turn_id="t1", model="demo", usage=None, cost_usd=None)
    labels = {"provider": "", "model": "demo"}
    assert registry.get_sample_value("liteagent_cost_usd_total", labels) == 0


def test_tool_calls_are_counted_by_outcome_and_timed(
    story: Story, registry: CollectorRegistry
) -> None:
    for number, outcome in enumerate(("succeeded", "failed", "unknown")):
        story.tell("tool.started", call_id=f"c{number}", tool="restart")
        story.tell(f"tool.{outcome}", 2, call_id=f"c{number}", tool="restart")
        labels = {"tool": "restart", "outcome": outcome}
        assert registry.get_sample_value("liteagent_tool_calls_total", labels) == 1
    assert registry.get_sample_value("liteagent_tool_seconds_sum", {"tool": "restart"}) == 6


def test_a_tool_that_only_the_model_believes_in_gets_no_label_of_its_own(
    story: Story, registry: CollectorRegistry
) -> None:
    story.tell("tool.failed", call_id="c1", tool="invented_42", error={"kind": "unknown_tool"})
    labels = {"tool": "", "outcome": "failed"}
    assert registry.get_sample_value("liteagent_tool_calls_total", labels) == 1


def test_an_approval_is_pending_until_it_is_settled_once(
    story: Story, registry: CollectorRegistry, metrics: Metrics
) -> None:
    metrics.approvals_pending(1)
    for name in ("a1", "a2"):
        story.tell("approval.requested", approval_id=name)
    assert registry.get_sample_value("liteagent_approvals_pending") == 3

    story.tell("approval.decided", 10, approval_id="a1")
    story.tell("approval.expired", 20, approval_id="a1")
    story.tell("approval.expired", 30, approval_id="a2")
    assert registry.get_sample_value("liteagent_approvals_pending") == 1
    assert registry.get_sample_value("liteagent_approval_wait_seconds_count") == 2

    story.tell("approval.decided", approval_id="asked before this process began")
    assert registry.get_sample_value("liteagent_approvals_pending") == 0


def test_an_event_that_no_metric_is_about_or_that_says_little_stops_nothing(story: Story) -> None:
    story.tell("node.started", node="a")
    story.tell("never.heard.of")
    for event_type in ("turn.started", "turn.failed", "tool.started", "tool.failed"):
        story.tell(event_type)
    for event_type in ("model.requested", "model.responded", "approval.decided"):
        story.tell(event_type)


def test_what_has_no_event_is_told_directly(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.appended(0.002)
    metrics.http_request("/api/sessions/{id}", "GET", 404, 0.01)
    metrics.plugin_failed("weather")
    metrics.sessions_active(7)

    value = registry.get_sample_value
    assert value("liteagent_appends_total") == 1
    assert value("liteagent_append_seconds_sum") == 0.002
    request = {"route": "/api/sessions/{id}", "method": "GET", "status": "404"}
    assert value("liteagent_http_requests_total", request) == 1
    assert value("liteagent_plugin_load_failures_total", {"plugin": "weather"}) == 1
    assert value("liteagent_sessions_active") == 7


def test_what_is_rendered_is_prometheus_text_under_our_names_only(
    metrics: Metrics, story: Story
) -> None:
    story.tell("session.created", agent="ops", principal={"id": "ann"})
    story.tell("turn.started", turn_id="t-secret")
    story.tell("turn.completed", turn_id="t-secret")

    text = metrics.render().decode()

    families = [family.name for family in text_string_to_metric_families(text)]
    assert families
    assert all(name.startswith("liteagent_") for name in families)
    assert "secret" not in text
    assert "ann" not in text
    assert metrics.content_type.startswith("text/plain")


def test_two_sets_of_metrics_share_nothing() -> None:
    first, second = Metrics(), Metrics()
    first.appended(1.0)
    assert b"liteagent_appends_total 1.0" in first.render()
    assert b"liteagent_appends_total 0.0" in second.render()


def test_who_does_not_use_them_does_not_pay_for_them() -> None:
    script = (
        "import sys, liteagent.observability, liteagent.security, liteagent.resilience\n"
        "print([m for m in ('prometheus_client', 'structlog', 'psutil', 'httpx', 'jwt',"
        " 'cryptography', 'tenacity', 'pydantic') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
