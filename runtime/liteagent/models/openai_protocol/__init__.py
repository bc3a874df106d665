"""The OpenAI protocol, for every provider that speaks it. Importing it does not import the SDK."""

from liteagent.models.openai_protocol.endpoint import Endpoint
from liteagent.models.openai_protocol.protocol import OpenAIProtocol

__all__ = ["Endpoint", "OpenAIProtocol"]
