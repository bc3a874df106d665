"""`liteagent doctor`: what keeps LiteAgent from working here, and what mends it."""

from liteagent.cli.doctor.command import doctor

__all__ = ["doctor"]
