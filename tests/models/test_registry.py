import pytest

from liteagent.errors import ProviderConfigurationError, ProviderNotFoundError
from liteagent.models import ModelRegistry
from liteagent.plugins import Provenance
from liteagent.testing import ScriptedModel


class Renamed(ScriptedModel):
    name = "openai"

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def missing(self) -> str | None:
        return "OPENAI_API_KEY is not set"

    async def close(self) -> None:
        self.closed = True


class Stubborn(Renamed):
    name = "stubborn"

    async def close(self) -> None:
        raise OSError("still busy")


def test_a_model_name_is_the_providers_and_whatever_comes_after_the_first_slash():
    registry, model = ModelRegistry(), ScriptedModel()
    registry.register(model)
    assert registry.resolve("scripted/meta-llama/Llama-3") == (model, "meta-llama/Llama-3")
    assert registry.resolve("scripted//a/path.gguf") == (model, "/a/path.gguf")


def test_an_unknown_provider_is_answered_with_near_misses():
    registry = ModelRegistry()
    registry.register(Renamed())
    with pytest.raises(ProviderNotFoundError, match="did you mean openai"):
        registry.resolve("opnai/gpt-4o")


@pytest.mark.parametrize("name", ["gpt-4o", "openai/", "/gpt-4o", ""])
def test_a_name_without_a_provider_is_answered_with_how_to_write_it(name: str):
    with pytest.raises(ProviderConfigurationError, match="Write a model as provider/model"):
        ModelRegistry().resolve(name)


def test_two_plugins_with_one_provider_are_both_named():
    registry = ModelRegistry()
    registry.register(Renamed(), Provenance(plugin="openai", distribution="one", version="1"))
    with pytest.raises(ProviderConfigurationError, match="Both one 1 and two provide"):
        registry.register(Renamed(), "two")


def test_a_listing_says_who_brought_what_and_what_it_lacks():
    registry = ModelRegistry()
    registry.register(ScriptedModel(), "tests")
    registry.register(Renamed(), "tests")
    assert [(one.name, one.plugin, one.missing) for one in registry.providers()] == [
        ("openai", "tests", "OPENAI_API_KEY is not set"),
        ("scripted", "tests", None),
    ]


async def test_closing_closes_every_provider_even_after_one_that_cannot():
    registry, first = ModelRegistry(), Renamed()
    registry.register(first)
    registry.register(Stubborn())
    with pytest.raises(OSError, match="still busy"):
        await registry.close()
    assert first.closed
