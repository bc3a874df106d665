"""Serve on a machine on which its proxies take long to start."""

from __future__ import annotations

from typing import Any

import pytest

from liteagent.cluster import actors, serve
from liteagent.cluster.environment import OURS

SERVE_WAITS, SERVE_LOOKS = 60, 3
"""Seconds that Serve waits for its proxies when it starts, and times that it looks at one of them
before it kills it; not to be set.
"""


class SlowServe:
    """Serve, whose proxies are not ready when it has waited long enough for them."""

    def __init__(self) -> None:
        self.targets: list[Any] = []

    def start(self, **how: Any) -> None:
        raise TimeoutError("HTTP proxies not available after 60s.")

    def RunTarget(self, **target: Any) -> Any:
        return target

    def run_many(self, targets: list[Any], **how: Any) -> None:
        self.targets += targets


def test_serve_gives_up_waiting_for_a_proxy_before_it_kills_it() -> None:
    ready_seconds = float(OURS["RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S"])
    assert ready_seconds * SERVE_LOOKS > SERVE_WAITS


def test_the_application_is_handed_over_though_no_proxy_is_ready_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = SlowServe()
    monkeypatch.setattr(actors, "serve_library", lambda: slow)
    monkeypatch.setattr(actors, "find", lambda name, namespace: None)
    serve.deploy("the gateway", host="127.0.0.1", port=8000)
    assert [target["target"] for target in slow.targets] == ["the gateway"]
