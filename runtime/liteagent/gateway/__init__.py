"""The gateway: agents over HTTP, natively and as OpenAI-compatible models."""

from liteagent.gateway.app import create_app
from liteagent.gateway.plugin_check import PluginsHealthCheck
from liteagent.gateway.settings import GatewaySettings

__all__ = ["GatewaySettings", "PluginsHealthCheck", "create_app"]
