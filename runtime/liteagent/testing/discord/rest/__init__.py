"""Discord's REST API: routes by family, each a plain function from a call to its answer."""

from liteagent.testing.discord.rest.call import Call, Route
from liteagent.testing.discord.rest.table import ROUTES

__all__ = ["ROUTES", "Call", "Route"]
