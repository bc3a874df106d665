from liteagent.messages import ChatMessage, ModelRequest
from liteagent.models import Provider
from liteagent.testing.ollama_server import OllamaServer
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import ProviderContract
from liteagent_anthropic import AnthropicProvider
from liteagent_ollama import OllamaProvider
from liteagent_openai import OpenAIProvider
from liteagent_openai_compatible import OpenAICompatibleProvider


class TestOpenAI(ProviderContract):
    def server(self) -> OpenAIServer:
        return OpenAIServer()

    def provider(self, url: str, key: str) -> Provider:
        return OpenAIProvider(base_url=f"{url}/v1", api_key=key)


class TestOpenAIResponses(TestOpenAI):
    def asking(self, *messages: ChatMessage | str, **settings: object) -> ModelRequest:
        return super().asking(*messages, api="responses", **settings)


class TestOpenAICompatible(ProviderContract):
    def server(self) -> OpenAIServer:
        return OpenAIServer()

    def provider(self, url: str, key: str) -> Provider:
        return OpenAICompatibleProvider(base_url=f"{url}/v1", api_key=key)


class TestAnthropic(ProviderContract):
    model = "claude-sonnet-4-5"

    def server(self) -> OpenAIServer:
        return OpenAIServer()

    def provider(self, url: str, key: str) -> Provider:
        return AnthropicProvider(base_url=url, api_key=key)


class TestOllama(ProviderContract):
    model = "llama3.2"
    arguments_are_text = False
    calls_have_ids = False

    def server(self) -> OllamaServer:
        return OllamaServer()

    def provider(self, url: str, key: str) -> Provider:
        return OllamaProvider(base_url=url)
