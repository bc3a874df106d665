"""`liteagent adapter`: a chat platform served from a process of its own, or from the cluster's."""

from liteagent.cli.adapter.command import adapter

__all__ = ["adapter"]
