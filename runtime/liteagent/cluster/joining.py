"""A Ray cluster that somebody else started: whether it is there, and whom it lets in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from liteagent.cluster.environment import ALONE, LOOPBACK, QUIET
from liteagent.errors import ConfigurationError

AUTO = "auto"
"""The cluster that Ray finds by itself."""
ANSWER_SECONDS = 5.0
_HARMLESS = "/ray.rpc.NodeInfoGcsService/GetClusterId"
"""A call that every Ray cluster answers, or refuses to whoever shows no token."""
_TOKEN = {"RAY_AUTH_MODE": "token"}


def settings_to_join(address: str) -> Mapping[str, str]:
    """The environment in which the cluster at `auto` or `host:port` is joined. Blocks.

    Raises `ConfigurationError` when none is there.
    """
    host, _, _ = address.rpartition(":")
    settings = ALONE if host == LOOPBACK else QUIET
    if address == AUTO or os.environ.get("RAY_USE_TLS") == "1":
        return settings
    # `ray start` asks for a token as soon as there is one; who joins has to know.
    return {**settings, **_TOKEN} if _wants_token(address) else settings


def no_cluster(address: str | None) -> ConfigurationError:
    """The error for an address at which there is no Ray."""
    return ConfigurationError(
        f"No Ray cluster answers at {address!r}: start one with `ray start --head`,"
        " or leave out --address to have one started here.",
        field="address",
    )


def _wants_token(address: str) -> bool:
    grpc: Any = import_module("grpc")  # of Ray's own requirements; without types
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            channel.unary_unary(_HARMLESS)(b"", timeout=ANSWER_SECONDS)
        except grpc.RpcError as error:
            refusal: Any = error
            if refusal.code() in (
                grpc.StatusCode.UNAVAILABLE,
                grpc.StatusCode.DEADLINE_EXCEEDED,
            ):
                raise no_cluster(address) from error
            return refusal.code() is grpc.StatusCode.UNAUTHENTICATED
    return False
