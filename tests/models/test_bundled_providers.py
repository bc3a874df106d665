import subprocess
import sys

import pytest

from liteagent.models import ModelRegistry
from liteagent.plugins import PluginHost, Selection

BUNDLED = {"openai", "openai_compatible", "anthropic", "ollama", "local", "demo"}


async def test_the_bundled_providers_come_in_by_the_door_of_strangers(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    registry = ModelRegistry()
    for provider, origin in await PluginHost.build(Selection()).collect("register_models"):
        registry.register(provider, origin)
    listed = {entry.name: entry for entry in registry.providers()}
    assert set(listed) >= BUNDLED
    assert listed["openai"].plugin.startswith("liteagent-runtime ")
    assert listed["openai"].missing == "OPENAI_API_KEY is not set"
    assert listed["ollama"].missing is None
    await registry.close()


def test_no_sdk_is_imported_before_a_model_is_asked():
    script = (
        "import sys, liteagent_openai, liteagent_openai_compatible, liteagent_anthropic,"
        " liteagent_ollama, liteagent_local, liteagent.models\n"
        "heavy = {'openai', 'anthropic', 'ollama', 'tiktoken', 'xllamacpp', 'httpx', 'httpx2'}\n"
        "liteagent_openai.OpenAIProvider().missing()\n"
        "print(*sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
